// What people and tools said to the model, judged before the answer is shown: windows as long as classifiers take,
// from the newest text back. `gateway/` starts it before the provider is called, or beside the call.

import { Failure } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import { judgeWindow, type Bench, type Question } from "./judge-window.ts";
import { strictActionOf } from "./judgement.ts";
import { readable } from "./readable.ts";
import { VerdictTally } from "./verdict-tally.ts";
import { remembering, type Decide, type MutableSafetySummary } from "./verdicts.ts";
import { contextLength, wholeWindows } from "./windows.ts";

interface InputOptions extends Pick<Bench, "classifiers" | "failOpen"> {
  readonly decide: Decide;
  readonly summary: MutableSafetySummary;
  readonly signal: AbortSignal;
}

/** Older text than this is not looked at; the ranges of the verdicts say so. */
const mostJudged = 8 * wholeWindows.most;
/** As much of what was asked is shown beside the answer. */
const longestPrompt = 2_000;

/** Categories that are to be flagged. Throws INPUT_BLOCKED, or SAFETY_UNAVAILABLE where nobody can say. */
export async function checkInput(request: ModelRequest, options: InputOptions): Promise<readonly string[]> {
  const { classifiers, failOpen, decide, summary, signal } = options;
  const actionOf = strictActionOf(remembering(decide, summary));
  const bench: Bench = { classifiers, failOpen, actionOf, tally: new VerdictTally(summary) };
  const text = inputText(request);
  const windows: Promise<readonly string[]>[] = [];
  for (let from = Math.max(0, text.length - mostJudged); from < text.length; from += wholeWindows.most) {
    windows.push(checkWindow(text, from, bench, signal));
  }
  return [...new Set((await Promise.all(windows)).flat())];
}

async function checkWindow(
  text: string,
  from: number,
  bench: Bench,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const to = Math.min(text.length, from + wholeWindows.most);
  const question: Question = {
    prompt: "",
    context: readable(text.slice(Math.max(0, from - contextLength), from), false).text,
    final: to === text.length,
    seen: readable(text.slice(from, to), false),
    offset: from,
    place: { phase: "input", from, to },
  };
  const { blocked, redacted, flagged, isUnjudged } = await judgeWindow(bench, question, signal);
  // A prompt is sent as it was written or not at all.
  const categories = [...blocked, ...redacted];
  if (categories.length > 0) throw new Failure("INPUT_BLOCKED", undefined, { phase: "input", categories });
  if (isUnjudged) throw new Failure("SAFETY_UNAVAILABLE", undefined, { phase: "input" });
  return flagged;
}

/** What people and tools said; the rest is the operator's, or was judged when it was an answer. */
function inputText(request: ModelRequest): string {
  if (request.action !== "complete")
    return request.inputs.filter((input) => typeof input === "string").join("\n\n");
  return request.messages
    .filter(({ role }) => role === "user" || role === "tool")
    .flatMap(({ parts }) => parts.flatMap((part) => (part.type === "text" ? part.text : [])))
    .join("\n\n");
}

/** The last of what people asked. */
export function promptOf(request: ModelRequest): string {
  return request.action !== "complete" ? "" : readable(inputText(request).slice(-longestPrompt), false).text;
}
