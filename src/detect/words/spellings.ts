// The words of a phrase as texts may spell them, with case and disguise taken off as it is from texts.
// `lexicon.ts` looks for all spellings; the reader of word lists tells by them what is the same twice.

import { NormalForm } from "../normal-form.ts";
import { between, learnUnit, signOf, units, unseen } from "./units.ts";

export interface Spelling {
  readonly words: readonly string[];
  /** Its accents are left out, as where a text writes them as signs of their own. */
  readonly isBare: boolean;
}

const ascii = /^[\x20-\x7e]*$/;

/**
 * Look-alikes of capitals are not those of small letters (`Ν` is N, `ν` is v), so both are kept where letters
 * are not Latin.
 */
export function spellingsOf(phrase: string): readonly Spelling[] {
  const text = phrase.normalize("NFC");
  if (ascii.test(text)) return [{ words: wordsOf(text), isBare: false }];
  const lower = text.toLowerCase();
  const spelled = [text, lower, text.toUpperCase(), capitalised(lower)].map((one) => ({
    words: wordsOf(one),
    isBare: false,
  }));
  const bare = { words: wordsOf(text.normalize("NFD")), isBare: true };
  return [...new Map([bare, ...spelled].map((one) => [one.words.join(" "), one])).values()];
}

const capitalised = (text: string): string =>
  text.replaceAll(/(?<![\p{L}\p{M}])\p{L}/gu, (letter) => letter.toUpperCase());

/** What the phrase is looked for by: words, and signs that stand by themselves. */
export function wordsOf(phrase: string): readonly string[] {
  const form = new NormalForm();
  form.push(phrase, true);
  const words: string[] = [];
  let word = "";
  const close = (): void => {
    if (word !== "") words.push(word);
    word = "";
  };
  for (let index = 0; index < form.text.length; index++) {
    const code = form.text.charCodeAt(index);
    const unit = units[code] || learnUnit(code);
    if (unit > 0) word += String.fromCharCode(unit);
    if (unit > 0 || unit === unseen) continue;
    close();
    if (unit !== between) words.push(String.fromCharCode(signOf(unit, code)));
  }
  close();
  return words;
}
