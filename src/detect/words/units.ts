// What one UTF-16 unit of text is to a word list: part of a word, a word by itself, a gap between words, or nothing;
// and what it counts as once case and disguise are taken off. Lists and texts are read by the same table.

import { unmask } from "../look-alikes.ts";

/** What a unit is; one of a word has what it counts as instead, which is more than any of these. */
export const between = -1;
export const unseen = -2;
/** Says something else than it is, or only together with what follows: `NormalForm` reads it first. */
export const strange = -3;
/** A word by itself counts as this much less its code. */
const alone = -0x1_0000;

/** 0 where nobody asked yet. */
export const units = new Int32Array(0x1_0000);

/** Looks a unit up for the first time. */
export function learnUnit(code: number): number {
  const unit = work(code);
  units[code] = unit;
  return unit;
}

/** What a sign counts as that is a word by itself: what has no form of its own is what it is. */
export const signOf = (unit: number, code: number): number => (unit <= alone ? alone - unit : code);

/** Quotes and marks of emphasis stand inside phrases without changing them. */
const gap = /[\s\-'"*_~\x60]/;
const wordCharacter = /[\p{L}\p{N}\p{M}]/u;
/** Written without spaces, or, as Korean, with endings that no list could hold: a word by itself. */
const unspaced =
  /[\p{sc=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}\p{sc=Hangul}]/u;
const backslash = 92;

function work(code: number): number {
  if (code === backslash) return strange;
  if (code >= 0xd800 && code <= 0xdfff) return isEveryday(code) ? alone - code : strange;
  const seen = code < 128 ? String.fromCharCode(code) : unmask(code);
  if (seen === "") return unseen;
  if (seen.length > 1) return strange;
  if (gap.test(seen)) return between;
  const compatible = seen.normalize("NFKC");
  const single = compatible.length === 1 ? compatible : seen;
  const lower = single.toLowerCase();
  const folded = lower.length === 1 ? lower : single;
  const counts = folded.charCodeAt(0);
  return wordCharacter.test(folded) && !unspaced.test(folded) ? counts : alone - counts;
}

/** Halves of pictures; other pairs can stand for letters. */
const isEveryday = (code: number): boolean => code === 0xd83d || code === 0xd83e || code >= 0xdc00;
