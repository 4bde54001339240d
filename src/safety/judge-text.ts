// Judges one text that is there as a whole, by the built-in classifier and by those handed in: the union of
// what they find, each with its place. `gateway/moderate.ts` calls it. What it gives holds no text.

import { scanSliced } from "../detect/sliced.ts";
import type { Classifier } from "./classifier.ts";
import { deterministicClassifier } from "./deterministic.ts";
import { categoryOf } from "./verdicts.ts";

export interface Found {
  readonly category: string;
  /** UTF-16 offsets; undefined where the classifier only says that it is there. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly score?: number | undefined;
  /** `deterministic`, or the deployment that found it. */
  readonly classifier: string;
}

export interface JudgeParts {
  readonly classifiers: readonly Classifier[];
  readonly signal: AbortSignal;
  /** Lets others run between two slices. */
  turn(): Promise<void>;
  /** Called for each classifier that could not judge some of it. */
  onFailed(classifier: string): void;
}

/** Models judge pages better than books; each sees the end of the page before. */
const windowCharacters = 4_000;
const contextCharacters = 400;

export async function judgeText(text: string, parts: JudgeParts): Promise<readonly Found[]> {
  const spans = await scanSliced(text, parts.turn);
  const found = spans.map((span): Found => {
    const { start, end } = span;
    return { category: categoryOf(span), start, end, score: 1, classifier: deterministicClassifier.id };
  });
  if (parts.classifiers.length === 0 || text.trim() === "") return found;
  for (let start = 0; start < text.length; start += windowCharacters) {
    const hits = parts.classifiers.map((classifier) => ask(classifier, text, start, parts));
    found.push(...(await Promise.all(hits)).flat());
  }
  return found;
}

async function ask(
  classifier: Classifier,
  text: string,
  from: number,
  { signal, onFailed }: JudgeParts,
): Promise<readonly Found[]> {
  const { outcome, hits } = await classifier.check({
    phase: "input",
    prompt: "",
    context: text.slice(Math.max(0, from - contextCharacters), from),
    window: text.slice(from, from + windowCharacters),
    final: from + windowCharacters >= text.length,
    signal,
  });
  if (outcome === "error") onFailed(classifier.id);
  return hits.map(({ category, score, start, end }) => ({
    category,
    score,
    start: start === undefined ? undefined : from + start,
    end: end === undefined ? undefined : from + end,
    classifier: classifier.id,
  }));
}
