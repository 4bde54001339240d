// Finds listed phrases in a text that is there as a whole, slice by slice, so that others may run in between.
// What weighs requests, moderates texts and judges names calls it; streams are followed by `TermRun` itself.

import { readTags } from "../normal-form.ts";
import type { Lexicon } from "./lexicon.ts";
import { TermRun, type TermHit } from "./term-run.ts";

const sliceLength = 16 * 1024;

/** All hits, in raw offsets, in the order in which they end. */
export const findTerms = (text: string, lexicon: Lexicon): readonly TermHit[] =>
  [...termSlices(text, lexicon)].flat();

/** The hits that end in one slice after the other. */
export function* termSlices(text: string, lexicon: Lexicon): Generator<readonly TermHit[]> {
  const run = new TermRun(lexicon, false);
  while (run.position < text.length) {
    const hits: TermHit[] = [];
    run.read(text, run.position, Math.min(text.length, run.position + sliceLength), hits);
    if (run.position === text.length) run.end(text, text.length, hits);
    yield hits.filter(({ isBare, start, end }) => !isBare || hasAccent.test(text.slice(start, end)));
  }
  yield* inTags(text, lexicon);
}

const hasAccent = /\p{M}|\\u/u;

/** What is spelled in tags, and seen by nobody. */
function* inTags(text: string, lexicon: Lexicon): Generator<readonly TermHit[]> {
  const tags = readTags(text);
  if (!tags) return;
  const hits: TermHit[] = [];
  new TermRun(lexicon, true).read(tags.text, 0, tags.text.length, hits);
  yield hits.map((hit) => ({
    ...hit,
    start: tags.startOf(hit.start) ?? 0,
    end: tags.endOf(hit.end - 1) ?? text.length,
  }));
}
