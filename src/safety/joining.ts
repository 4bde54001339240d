// Which words belong together because a number or a date may run through them: `4111 1111`, `5 March 1980`.
// `segments.ts` asks it. Too little joined lets a hit out in halves; too much makes readers wait.

const code = /^(?:[-./()+]{1,2}|(?=[^\d]{0,16}\d)[\w().:/+-]{1,18}|[A-Z]{1,5}[.)]?)$/;
const dateWord =
  /^(?:jan|f[eé][bv]|m[aä]r|mrt|apr|avr|abr|ma[iy]|mei|mag|jun|juin|giu|jul|juil|lug|aug|ao[uû]|ago|sep|set|o[ckt]t|out|nov|de[czs]|d[eé]c|dic|de[l]?$|of$)[a-zéû]{0,8}\.?$/i;
/**
 * Half of all English answers begin with one of them, and would begin later. A number that does is found without it,
 * since detectors look back; what has left of it says nothing.
 */
const everydayLetter = /^[AI]$/;
const day = /^\(?\d{1,2}(?:st|nd|rd|th|\.|º)?$/;
const accountStart = /^[A-Za-z]{2}\d\d/;
const shortWord = /^[A-Za-z0-9]{1,4}$/;
const lowerCase = /[a-z\u00df-\u00ff]/;
const opensNumber = /[\d(+]/;

/** What is known of a segment that may go on behind a space. */
export interface OpenSegment {
  readonly text: string;
  readonly lastWord: string;
}

/** True where the word may be followed by more of the same number. */
export const mayContinue = ({ text, lastWord }: OpenSegment): boolean =>
  !everydayLetter.test(text) &&
  (code.test(lastWord) || dateWord.test(lastWord) || isAccountPart(text, lastWord));

/** From the first character of the next word alone. */
export function mayContinueWith(first: string, { text, lastWord }: OpenSegment): boolean {
  if (opensNumber.test(first)) return true;
  if (!/\d/.test(text)) return false;
  if (lowerCase.test(first))
    return isAccountPart(text, lastWord) || day.test(lastWord) || dateWord.test(lastWord);
  return /[A-Z./-]/.test(first);
}

/** From the whole next word. */
export function continuesWith(word: string, { text, lastWord }: OpenSegment): boolean {
  if (code.test(word)) return true;
  if (dateWord.test(word)) return day.test(lastWord) || dateWord.test(lastWord);
  return isAccountPart(text, lastWord) && shortWord.test(word);
}

/** An account number in small letters goes on in groups of four. */
const isAccountPart = (text: string, lastWord: string): boolean =>
  accountStart.test(text) && lastWord.length === 4 && shortWord.test(lastWord);
