// One window before the classifiers, and what is to become of it: asked, put on record, judged by the policy.
// `checked-answer.ts` calls it for windows of an answer, `input-check.ts` for those of a request.

import { askClassifiers, hitsOf } from "./ask-classifiers.ts";
import type { CheckInput, Classifier, Hit } from "./classifier.ts";
import { judge, type ActionOf, type Judgement } from "./judgement.ts";
import type { Readable } from "./readable.ts";
import type { Place, VerdictTally } from "./verdict-tally.ts";

/** Who judges. */
export interface Bench {
  readonly classifiers: readonly Classifier[];
  readonly tally: VerdictTally;
  readonly actionOf: ActionOf;
  /** Lets through what nobody could judge. */
  readonly failOpen: boolean;
}

export interface Question extends Pick<CheckInput, "prompt" | "context" | "final"> {
  readonly seen: Readable;
  /** Where the raw text behind `seen` begins, in offsets that edits are to have. */
  readonly offset: number;
  readonly place: Place;
  /** What is to be replaced from here on is for its own window to find. */
  readonly replacesUpTo?: number;
}

/** `isUnjudged` where nobody could say, and nothing that was found ends it anyway. Rejects when `signal` aborts. */
export async function judgeWindow(
  { classifiers, tally, actionOf, failOpen }: Bench,
  question: Question,
  signal: AbortSignal,
): Promise<Judgement & { readonly isUnjudged: boolean }> {
  const { prompt, context, final, seen, offset, place, replacesUpTo = Infinity } = question;
  const input = { phase: place.phase, prompt, context, final, window: seen.text };
  const { opinions, missing } = await askClassifiers(classifiers, input, signal);
  const isOwn = ({ category, start }: Hit): boolean =>
    start === undefined ||
    offset + seen.rawRange(start, start + 1).start < replacesUpTo ||
    actionOf(category) !== "redact";
  const hits = opinions.map(({ verdict }) => hitsOf(verdict).filter(isOwn));
  for (const [index, { classifier, verdict }] of opinions.entries()) {
    tally.add({ classifier, verdict: { ...verdict, hits: hits[index] ?? [] } }, place, actionOf);
  }
  const judgement = judge(hits.flat(), seen, offset, actionOf);
  const isUnjudged = missing.length > 0 && !failOpen && judgement.blocked.length === 0;
  return { ...judgement, isUnjudged };
}
