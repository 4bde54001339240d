// What the built-in classifier sees in a text that is there as a whole: identities and secrets by their form, and the
// phrases that the policy lists. Names, ids, citations and the like are judged by it; streams are held by `held-text.ts`.

import { scan } from "../detect/scan.ts";
import { findTerms } from "../detect/words/find-terms.ts";
import type { Lexicon } from "../detect/words/lexicon.ts";
import { categoryOf } from "./verdicts.ts";

/** The policy's own phrases, as one request is to be judged by them. */
export interface Terms {
  readonly lexicon: Lexicon;
  /** Bits of the lists of which no part may leave before it is decided. */
  readonly held: number;
}

export function categoriesIn(text: string, terms: Terms | undefined): readonly string[] {
  const found = scan(text).map(categoryOf);
  if (terms) for (const { kind } of findTerms(text, terms.lexicon)) found.push(kind.category);
  return found.length < 2 ? found : [...new Set(found)];
}

/** True where `text` is, holds or completes something behind what stands before it. */
export function completesHit(before: string, text: string, terms: Terms | undefined): boolean {
  const isNew = ({ end }: { end: number }): boolean => end > before.length;
  if (scan(before + text).some(isNew)) return true;
  if (terms === undefined) return false;
  // Tokens need not stand for whole words where they are put together.
  return [before, ""].some((one) => findTerms(one + text, terms.lexicon).some(({ end }) => end > one.length));
}
