// Identity numbers of India, Singapore, Australia, South Korea, Thailand, South Africa and China.
// Rules: UIDAI, Income Tax Department, ICA, ATO, Services Australia, MOIS, DOPA, DHA, GB 11643.

import { isDay, isTrivial, luhn, number, verhoeff, weightedSum } from "../checksums.ts";
import { idPattern, type IdRow } from "./id-row.ts";

export const asiaPacific: readonly IdRow[] = [
  {
    kind: "in-aadhaar",
    pattern: idPattern(String.raw`[2-9]\d{3}([ :-]?)\d{4}\1\d{4}`),
    valid: (digits) =>
      verhoeff(digits) && !isTrivial(digits) && digits !== Array.from(digits).toReversed().join(""),
    words: /\b(?:aadhaar|aadhar|uidai?|adhaar)\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "in-pan",
    opens: "letter",
    pattern: idPattern("[A-Z]{3}[ABCFGHJLPT][A-Z]\\d{4}[A-Z]"),
    words: /\b(?:pan|permanent account|income tax)\b/i,
    needs: "accept",
    certain: false,
  },
  {
    kind: "sg-nric",
    opens: "letter",
    pattern: idPattern("[STFGM]\\d{7}[A-Z]", "gi"),
    valid: isNric,
    words: /\b(?:nric|fin|singapore)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "au-tfn",
    pattern: idPattern(String.raw`\d{3}([ -]?)\d{3}\1\d{3}`),
    valid: (digits) => !isTrivial(digits) && weightedSum(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0,
    words: /\b(?:tfn|tax file)\b/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "au-medicare",
    pattern: idPattern(String.raw`[2-6]\d{3}([ -]?)\d{5}\1\d(?:[ /-]?\d)?`),
    valid: (digits) => weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === number(digits, 8, 9),
    words: /\bmedicare\b/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "kr-rrn",
    pattern: idPattern(String.raw`\d{6}-?[1-8]\d{6}`),
    valid: isKorean,
    words: /(?:\brrn\b|resident registration|주민)/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "th-national-id",
    pattern: idPattern(String.raw`[1-8]([- ]?)\d{4}\1\d{5}\1\d{2}\1\d`),
    valid: (digits) =>
      !isTrivial(digits) &&
      (11 - (weightedSum(digits, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 ===
        number(digits, 12, 13),
    words: /(?:\bthai\b|\btnin\b|บัตรประชาชน|ประชาชน|thailand|citizen|national id)/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "za-id",
    pattern: idPattern(String.raw`\d{6} ?\d{4} ?[012][89]\d`),
    valid: (digits) => isDay(number(digits, 2, 4), number(digits, 4, 6)) && luhn(digits),
    words: /\b(?:south african?|id (?:number|no)|rsa|sa id|identity)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "cn-resident-id",
    pattern: idPattern(String.raw`[1-6]\d{5}(?:19|20)\d{9}[0-9X]`, "gi"),
    valid: isChinese,
    words: /(?:身份证|resident identity|chinese id)/i,
    needs: "accept",
    certain: true,
  },
];

const nricWeights = [2, 7, 6, 5, 4, 3, 2];
const nricLetters: Readonly<Record<string, readonly [offset: number, letters: string]>> = {
  S: [0, "JZIHGFEDCBA"],
  T: [4, "JZIHGFEDCBA"],
  F: [0, "XWUTRQPNMLK"],
  G: [4, "XWUTRQPNMLK"],
  M: [3, "XWUTRQPNJLK"],
};

function isNric(text: string): boolean {
  const [offset, letters] = nricLetters[text.charAt(0)] ?? [0, ""];
  const rest = (weightedSum(text.slice(1, 8), nricWeights) + offset) % 11;
  return letters.charAt(rest) === text.charAt(8);
}

/** Numbers given since October 2020 have no check digit; their form and date must do, beside the hyphen. */
function isKorean(digits: string): boolean {
  if (!isDay(number(digits, 2, 4), number(digits, 4, 6))) return false;
  const check = (11 - (weightedSum(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return (
    check === number(digits, 12, 13) || (number(digits, 0, 2) >= 20 && "3478".includes(digits.charAt(6)))
  );
}

function isChinese(text: string): boolean {
  if (!isDay(number(text, 10, 12), number(text, 12, 14))) return false;
  const sum = weightedSum(text.slice(0, 17), [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
  return "10X98765432".charAt(sum % 11) === text.charAt(17);
}
