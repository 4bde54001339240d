// Identity numbers of Germany, France, Spain, Italy, the Netherlands, Belgium, Portugal, Austria and Switzerland.
// Rules: BZSt, INSEE, Ministerio del Interior, Agenzia delle Entrate, Belastingdienst, IBZ, Autoridade Tributária.

import { isDay, isTrivial, iso7064Mod11Mod10, luhn, number, remainder, weightedSum } from "../checksums.ts";
import { idPattern, type IdRow } from "./id-row.ts";

const spanishWords = /\b(?:dni|nif|nie|documento nacional|identidad|extranjero)\b/i;

export const europe: readonly IdRow[] = [
  {
    kind: "de-tax-id",
    leads: [2, 5, 8, 11],
    pattern: idPattern(String.raw`[1-9]\d(?:[ /]?\d{3}){3}`),
    valid: isGermanTaxId,
    words:
      /(?:steuer-?\s?id|steueridentifikation|identifikationsnummer|\bidnr\b|\btax (?:id|number)|\btin\b)/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "fr-nir",
    leads: [1, 3, 5, 6, 7, 10, 13, 15],
    pattern: idPattern(String.raw`[12378] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}`, "gi"),
    valid: isNir,
    words: /\b(?:nir|insee|sécurité sociale|securite sociale|sécu|ssn)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "es-dni",
    leads: [2, 5, 8],
    pattern: idPattern(String.raw`\d{2}\.?\d{3}\.?\d{3}[ -]?[A-HJ-NP-TV-Z]`, "gi"),
    valid: (text) => controlLetter(text.slice(0, -1)) === text.at(-1),
    words: spanishWords,
    needs: "accept",
    certain: true,
  },
  {
    kind: "es-dni",
    leads: [7],
    pattern: idPattern(String.raw`\d{7}-?[A-HJ-NP-TV-Z]`),
    valid: (text) => controlLetter(text.slice(0, -1)) === text.at(-1),
    words: spanishWords,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "es-nie",
    leads: [1],
    opens: "letter",
    pattern: idPattern(String.raw`[XYZ][ -]?\d{7}[ -]?[A-HJ-NP-TV-Z]`, "gi"),
    valid: (text) => controlLetter("XYZ".indexOf(text.charAt(0)) + text.slice(1, -1)) === text.at(-1),
    words: spanishWords,
    needs: "accept",
    certain: true,
  },
  {
    kind: "it-codice-fiscale",
    leads: [6, 7, 8, 9, 10, 11, 12, 13, 14, 16],
    opens: "letter",
    pattern: idPattern(
      String.raw`[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPR-T][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]`,
      "gi",
    ),
    valid: isCodiceFiscale,
    words: /\b(?:codice fiscale|cod\.? ?fisc|c\.?f)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "it-vat-number",
    leads: [11],
    pattern: idPattern(String.raw`\d{11}`),
    valid: (digits) => !isTrivial(digits) && luhn(digits),
    words: /\b(?:p\.? ?iva|partita iva|vat)\b/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "it-driving-licence",
    leads: [1, 2],
    opens: "letter",
    pattern: idPattern(String.raw`[A-Z]{2}\d{7}[A-Z]|U1[A-HJ-NP-Z0-9]{7}[A-Z]`),
    words: /\b(?:licen[cs]e|patente)\b/i,
    needs: "words",
    certain: false,
  },
  {
    kind: "nl-bsn",
    leads: [3, 4, 6, 9],
    pattern: idPattern(String.raw`\d{4}\.?\d{2}\.?\d{3}|\d{3}[ .]\d{3}[ .]\d{3}`),
    valid: (digits) => !isTrivial(digits) && weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    words: /\b(?:bsn|burgerservicenummer|sofi)/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "be-national-number",
    leads: [2, 4, 6, 9, 11],
    pattern: idPattern(String.raw`\d{2}\.?\d{2}\.?\d{2}[- .]?\d{3}[. ]?\d{2}`),
    valid: isBelgian,
    words: /(?:rijksregister|registre national|numéro national|\binsz\b|\bniss\b|\bnrn\b|belgian)/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "pt-nif",
    leads: [3, 6, 9],
    pattern: idPattern(String.raw`[1-35689]\d{2}([ .]?)\d{3}\1\d{3}`),
    valid: isPortuguese,
    words: /\b(?:nif|contribuinte|número fiscal|numero fiscal)\b/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "at-social-insurance",
    leads: [4, 10],
    pattern: idPattern(String.raw`[1-9]\d{3} ?\d{6}`),
    valid: (digits) =>
      isDay(number(digits, 6, 8), number(digits, 4, 6)) &&
      weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === number(digits, 3, 4),
    words: /(?:sozialversicherung|\bsvnr\b|\bsv-nummer)/i,
    needs: "words",
    certain: true,
  },
  {
    kind: "ch-ahv",
    leads: [3, 7, 11, 13],
    pattern: idPattern(String.raw`756\.?\d{4}\.?\d{4}\.?\d{2}`),
    valid: (digits) => weightedSum(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    words: /\b(?:ahv|avs|oasi)\b/i,
    needs: "accept",
    certain: true,
  },
];

/** Of the first ten digits at most one occurs twice or three times, and the last digit checks (ISO 7064). */
function isGermanTaxId(digits: string): boolean {
  const counts = new Map<string, number>();
  for (const digit of digits.slice(0, 10)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  const repeated = [...counts.values()].filter((count) => count > 1);
  return repeated.length <= 1 && (repeated[0] ?? 0) <= 3 && iso7064Mod11Mod10(digits);
}

/** Corsica writes 2A and 2B, which count as 19 and 18. Months above 12 stand for unknown ones. */
function isNir(text: string): boolean {
  const month = number(text, 3, 5);
  if (!((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  const digits = text.replace(/^(.{5})2A/, "$119").replace(/^(.{5})2B/, "$118");
  return 97 - remainder(digits.slice(0, 13), 97) === number(digits, 13, 15);
}

const controlLetter = (digits: string): string => "TRWAGMYFPDXBNJZSQVHLCKE".charAt(Number(digits) % 23);

const oddValues = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];

function isCodiceFiscale(text: string): boolean {
  let sum = 0;
  for (let index = 0; index < 15; index++) {
    const code = text.charCodeAt(index);
    const value = code < 58 ? code - 48 : code - 65;
    sum += index % 2 === 0 ? (oddValues[value] ?? 0) : value;
  }
  return text.charCodeAt(15) - 65 === sum % 26;
}

/** Born in 2000 or later: a 2 goes before the nine digits. */
function isBelgian(digits: string): boolean {
  const month = number(digits, 2, 4) % 20;
  if (month > 12 || number(digits, 4, 6) > 31 || isTrivial(digits)) return false;
  const check = number(digits, 9, 11);
  const base = digits.slice(0, 9);
  return 97 - remainder(base, 97) === check || 97 - remainder(`2${base}`, 97) === check;
}

function isPortuguese(digits: string): boolean {
  const rest = weightedSum(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return !isTrivial(digits) && (rest < 2 ? 0 : 11 - rest) === number(digits, 8, 9);
}
