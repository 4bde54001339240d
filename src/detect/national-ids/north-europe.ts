// Identity numbers of the United Kingdom, Finland, Sweden, Norway, Denmark, Poland and Türkiye.
// Rules: NHS Data Dictionary, HMRC NIM39110, DVV, Skatteverket, Skatteetaten, CPR-kontoret, gov.pl, NVI.

import { isDay, isTrivial, luhn, number, weightedSum } from "../checksums.ts";
import { idPattern, type IdRow } from "./id-row.ts";

const swedishWords = /\b(?:personnummer|pnr|samordningsnummer|personal identity|swedish)\b/i;
const nhsWords = /\b(?:nhs|national health|health service|patient)\b/i;

export const northEurope: readonly IdRow[] = [
  {
    kind: "uk-nhs",
    leads: [3, 6, 10],
    pattern: idPattern(String.raw`\d{3}([ -]?)\d{3}\1\d{4}`),
    valid: isNhs,
    words: nhsWords,
    needs: "words",
    certain: true,
  },
  {
    kind: "uk-nhs",
    leads: [3],
    // Formatted as a North American number that cannot exist there.
    pattern: idPattern(
      String.raw`(?:[01]\d\d([ -])\d{3}|[2-9]\d\d([ -])[01]\d\d|(?:22[1-367]|37\d|96\d)([ -])\d{3})(?:\1|\2|\3)\d{4}`,
    ),
    valid: isNhs,
    words: nhsWords,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "uk-nino",
    leads: [2],
    opens: "letter",
    pattern: idPattern(
      String.raw`(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ -]?\d{2}([ -]?)\d{2}\1\d{2}\1[A-D]`,
      "gi",
    ),
    words: /\b(?:nino|national insurance|ni (?:number|no))\b/i,
    needs: "accept",
    certain: false,
  },
  {
    kind: "fi-hetu",
    leads: [6],
    pattern: idPattern(String.raw`\d{6}[-+ABCDEFUVWXY]\d{3}[0-9A-FHJ-NPR-Y]`, "gi"),
    valid: isHetu,
    words: /\b(?:hetu|henkilötunnus|personbeteckning)\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "se-personnummer",
    leads: [8, 12],
    pattern: idPattern(String.raw`(?:1[89]|20)\d{6}-?\d{4}`),
    valid: isPersonnummer,
    words: swedishWords,
    needs: "accept",
    certain: true,
  },
  {
    kind: "se-personnummer",
    leads: [6, 10],
    pattern: idPattern(String.raw`\d{6}[-+]?\d{4}`),
    valid: isPersonnummer,
    words: swedishWords,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "no-fodselsnummer",
    leads: [6, 11],
    pattern: idPattern(String.raw`\d{6} ?\d{5}`),
    valid: isFodselsnummer,
    words: /(?:fødselsnummer|fodselsnummer|personnummer|\bfnr\b|norwegian)/i,
    needs: "formatted",
    certain: true,
  },
  {
    kind: "dk-cpr",
    leads: [6, 10],
    pattern: idPattern(String.raw`\d{6}-?\d{4}`),
    valid: (digits) => isDay(number(digits, 2, 4), number(digits, 0, 2)),
    words: /\b(?:cpr|personnummer|danish)\b/i,
    needs: "words",
    certain: false,
  },
  {
    kind: "pl-pesel",
    leads: [11],
    pattern: idPattern(String.raw`\d{11}`),
    valid: isPesel,
    words: /\bpesel\b/i,
    needs: "accept",
    certain: true,
  },
  {
    kind: "tr-tckn",
    leads: [11],
    pattern: idPattern(String.raw`[1-9]\d{10}`),
    valid: isTckn,
    words: /\b(?:tckn|t\.?c\.? ?kimlik|kimlik|turkish)\b/i,
    needs: "accept",
    certain: true,
  },
];

function isNhs(digits: string): boolean {
  const check = 11 - (weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return !isTrivial(digits) && check !== 10 && check % 11 === number(digits, 9, 10);
}

function isHetu(compact: string, raw: string): boolean {
  const digits = raw.slice(0, 6) + raw.slice(7, 10);
  const check = "0123456789ABCDEFHJKLMNPRSTUVWXY".charAt(Number(digits) % 31);
  return isDay(number(digits, 2, 4), number(digits, 0, 2)) && compact.endsWith(check);
}

/** Coordination numbers add 60 to the day. */
function isPersonnummer(compact: string): boolean {
  const digits = compact.slice(-10);
  const day = number(digits, 4, 6);
  return (
    isDay(number(digits, 2, 4), day > 60 ? day - 60 : day) && luhn(digits) && !/0000$|^(\d)\1+$/.test(digits)
  );
}

function isFodselsnummer(digits: string): boolean {
  const day = number(digits, 0, 2);
  if (!isDay(number(digits, 2, 4) % 40, day > 40 ? day - 40 : day)) return false;
  const first = (11 - (weightedSum(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11;
  const second = (11 - (weightedSum(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return first === number(digits, 9, 10) && second === number(digits, 10, 11);
}

/** The century is added to the month: 80, 0, 20, 40 or 60. */
function isPesel(digits: string): boolean {
  const check = (10 - (weightedSum(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10;
  return (
    isDay(number(digits, 2, 4) % 20, number(digits, 4, 6)) &&
    check === number(digits, 10, 11) &&
    !isTrivial(digits)
  );
}

function isTckn(digits: string): boolean {
  const odd = weightedSum(digits, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weightedSum(digits, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  const eleventh = (odd + even + tenth) % 10;
  return tenth === number(digits, 9, 10) && eleventh === number(digits, 10, 11);
}
