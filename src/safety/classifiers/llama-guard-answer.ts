// Reads `safe`, or `unsafe` and a line of codes: what Llama Guard answers, and nothing else.
// Blank lines before it occur; a sentence, a code without `unsafe` or half an answer is an error.

import type { ModerationAnswer } from "../../core/moderation.ts";
import { textOf, unreadable, type Reading } from "./format.ts";
import { unknownCategory } from "./taxonomy.ts";

const safe = /^\s*safe\s*$/;
const unsafe = /^\s*unsafe[^\S\n]*\n[^\S\n]*([A-Z]\d{1,3}(?:[^\S\n]*,[^\S\n]*[A-Z]\d{1,3})*)\s*$/;

/** `known` names the category of a code; a code that is missing there counts as unknown. */
export function readLlamaGuard(
  answers: readonly ModerationAnswer[],
  known: ReadonlyMap<string, string>,
): Reading {
  const text = textOf(answers);
  if (text === undefined) return unreadable("it did not answer with text");
  if (safe.test(text)) return { outcome: "pass" };
  const codes = unsafe.exec(text)?.[1];
  if (codes === undefined) return unreadable("it answered neither safe nor unsafe with its codes");
  const categories = codes.split(",").map((code) => known.get(code.trim()) ?? unknownCategory);
  return { outcome: "hit", hits: [...new Set(categories)].map((category) => ({ category })) };
}
