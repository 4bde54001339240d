// Judges one text that is there as a whole, by the built-in classifier and by those handed in: the union of
// what they find, each with its place. `gateway/moderate.ts` calls it. What it gives holds no text.

import { scanSliced } from "../detect/sliced.ts";
import { termSlices } from "../detect/words/find-terms.ts";
import type { Lexicon } from "../detect/words/lexicon.ts";
import { askClassifiers, hitsOf } from "./ask-classifiers.ts";
import type { Classifier } from "./classifier.ts";
import { deterministicClassifier } from "./deterministic.ts";
import type { ActionOf } from "./judgement.ts";
import { readable } from "./readable.ts";
import type { VerdictTally } from "./verdict-tally.ts";
import { categoryOf, strictest, type VerdictAction } from "./verdicts.ts";
import { contextLength, wholeWindows } from "./windows.ts";

export interface Found {
  readonly category: string;
  /** UTF-16 offsets; undefined where the classifier only says that it is there. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly score?: number | undefined;
  /** `deterministic`, or the deployment that found it. */
  readonly classifier: string;
  readonly action: VerdictAction;
}

export interface JudgeParts {
  readonly classifiers: readonly Classifier[];
  readonly actionOf: ActionOf;
  readonly tally: VerdictTally;
  /** The policy's own phrases; undefined where it lists none. */
  readonly lexicon: Lexicon | undefined;
  /** What the text is called in the record. */
  readonly channel: string;
  readonly signal: AbortSignal;
  /** Lets others run between two slices. */
  turn(): Promise<void>;
}

export interface Judged {
  readonly found: readonly Found[];
  /** Classifiers that failed, where nobody else looked for all that they would have looked for. */
  readonly missing: readonly string[];
}

export async function judgeText(text: string, parts: JudgeParts): Promise<Judged> {
  const found = [...(await scanned(text, parts))];
  const missing: string[] = [];
  if (parts.classifiers.length === 0 || text.trim() === "") return { found, missing };
  for (let from = 0; from < text.length; from += wholeWindows.most) {
    const judged = await judgeWindow(text, from, parts);
    found.push(...judged.found);
    missing.push(...judged.missing);
  }
  return { found, missing };
}

async function scanned(
  text: string,
  { actionOf, tally, lexicon, channel, turn }: JudgeParts,
): Promise<readonly Found[]> {
  const { id, kind } = deterministicClassifier;
  const began = performance.now();
  const found: Found[] = [];
  const note = (category: string, { start, end }: { start: number; end: number }): void =>
    void found.push({ category, start, end, score: 1, classifier: id, action: actionOf(category) });
  for (const span of await scanSliced(text, turn)) note(categoryOf(span), span);
  for (const hits of lexicon ? termSlices(text, lexicon) : []) {
    for (const hit of hits) note(hit.kind.category, hit);
    await turn();
  }
  const categories = [...new Set(found.map(({ category }) => category))].sort();
  tally.put({
    classifier: id,
    kind,
    phase: "input",
    channel,
    outcome: found.length > 0 ? "hit" : "pass",
    categories,
    action: found.length > 0 ? strictest(categories.map(actionOf)) : undefined,
    checkedFrom: 0,
    checkedTo: text.length,
    windows: 0,
    milliseconds: Math.round(performance.now() - began),
    retroactive: false,
  });
  return found;
}

async function judgeWindow(
  text: string,
  from: number,
  { classifiers, actionOf, tally, channel, signal }: JudgeParts,
): Promise<Judged> {
  const to = Math.min(text.length, from + wholeWindows.most);
  const seen = readable(text.slice(from, to), false);
  const context = readable(text.slice(Math.max(0, from - contextLength), from), false).text;
  const input = {
    phase: "input",
    prompt: "",
    context,
    window: seen.text,
    final: to === text.length,
  } as const;
  const { opinions, missing } = await askClassifiers(classifiers, input, signal);
  for (const opinion of opinions) tally.add(opinion, { phase: "input", channel, from, to }, actionOf);
  const found = opinions.flatMap(({ classifier, verdict }) =>
    hitsOf(verdict).map(({ category, score, start, end }): Found => {
      const range = start === undefined || end === undefined ? undefined : seen.rawRange(start, end);
      return {
        category,
        score,
        start: range && from + range.start,
        end: range && from + range.end,
        classifier: classifier.id,
        action: actionOf(category),
      };
    }),
  );
  return { found, missing: missing.map(({ classifier }) => classifier.id) };
}
