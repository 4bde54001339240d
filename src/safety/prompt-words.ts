// Words as numbers, whatever their case: prompts are read into rows of them, and answers compared with those rows.
// `prompt-leak.ts` reads with it. Two words with one number do no harm: a leak is a dozen of them in a row.

/** Scripts written without spaces count by character; escapes of JSON are seen, and are no words. */
export const word =
  /\\[nrtbf"\\/]|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{N}_](?:[\p{L}\p{N}\p{M}_]|['’](?=\p{L}))*/gu;

export const isWord = (text: string): boolean => !text.startsWith("\\");

const seed = 0x811c9dc5;
const prime = 0x01000193;
const begun = (sum: number, unit: number): number => Math.imul(sum ^ unit, prime);
/** 0 is no word's. */
const ended = (sum: number): number => sum | 0 || 1;

export function numberOf(text: string): number {
  const folded = text.toLowerCase();
  let sum = seed;
  for (let index = 0; index < folded.length; index++) sum = begun(sum, folded.charCodeAt(index));
  return ended(sum);
}

/** Of all words of a text, in order. */
export function numbersIn(text: string): readonly number[] {
  return isAscii.test(text) ? numbersInAscii(text) : (text.match(word) ?? []).filter(isWord).map(numberOf);
}

const isAscii = /^[\0-\x7f]*$/;
const apostrophe = 39;
const backslash = 92;
const escaped = /[nrtbf"\\/]/;

/** What a unit counts as: itself, small; 0 where it is in no word. */
const units = Array.from({ length: 128 }, (_, unit) => {
  const sign = String.fromCharCode(unit);
  return /\w/.test(sign) ? sign.toLowerCase().charCodeAt(0) : 0;
});
const isLetter = (unit: number): boolean => unit >= 97 && unit <= 122;

/** As `word` reads them, without the search: prompts are long. */
function numbersInAscii(text: string): readonly number[] {
  const numbers: number[] = [];
  let sum = seed;
  let isOpen = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const unit = units[code] ?? 0;
    const joins = isOpen && code === apostrophe && isLetter(units[text.charCodeAt(index + 1)] ?? 0);
    if (unit > 0 || joins) {
      sum = begun(sum, joins ? apostrophe : unit);
      isOpen = true;
      continue;
    }
    if (isOpen) numbers.push(ended(sum));
    sum = seed;
    isOpen = false;
    if (code === backslash && escaped.test(text.charAt(index + 1))) index += 1;
  }
  if (isOpen) numbers.push(ended(sum));
  return numbers;
}
