// Finds bank accounts by IBAN (country length and ISO 7064 mod 97), and BICs where the text speaks of one.
// `families.ts` calls it. Lengths: SWIFT IBAN registry, release 99.

import { mod97 } from "./checksums.ts";
import { eachMatch, hasContext, type Detector } from "./span.ts";

const lengthsByCountry: Readonly<Record<string, number>> = {
  AD: 24, AE: 23, AL: 28, AT: 20, AZ: 28, BA: 20, BE: 16, BG: 22, BH: 22, BI: 27, BR: 29, BY: 28, CH: 21, CR: 22,
  CY: 28, CZ: 24, DE: 22, DJ: 27, DK: 18, DO: 28, EE: 20, EG: 29, ES: 24, FI: 18, FK: 18, FO: 18, FR: 27, GB: 22,
  GE: 22, GI: 23, GL: 18, GR: 27, GT: 28, HN: 28, HR: 21, HU: 28, IE: 22, IL: 23, IQ: 23, IS: 26, IT: 27, JO: 30,
  KW: 30, KZ: 20, LB: 28, LC: 32, LI: 21, LT: 20, LU: 20, LV: 21, LY: 25, MC: 27, MD: 24, ME: 22, MK: 19, MN: 20,
  MR: 27, MT: 31, MU: 30, NI: 28, NL: 18, NO: 15, OM: 23, PK: 24, PL: 28, PS: 29, PT: 25, QA: 29, RO: 24, RS: 22,
  RU: 33, SA: 24, SC: 31, SD: 18, SE: 24, SI: 19, SK: 24, SM: 27, SO: 23, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26,
  UA: 29, VA: 22, VG: 24, XK: 20, YE: 30,
}; // prettier-ignore

const beginning = /(?<![A-Za-z0-9])([A-Za-z]{2})\d{2}[ -]?[A-Za-z0-9]/g;
const alphanumeric = /[A-Za-z0-9]/;

export const findIbans: Detector = (region, found) => {
  eachMatch(beginning, region, (match, start) => {
    const length = lengthsByCountry[(match[1] ?? "").toUpperCase()];
    if (length === undefined) return;
    const taken = take(region.whole, start, length);
    if (!taken) return;
    const compact = taken.compact.toUpperCase();
    if (mod97(compact.slice(4) + compact.slice(0, 4)) !== 1) return;
    found.push({ label: "pii", kind: "iban", start, end: taken.end, certain: true });
  });
};

/** The next `count` letters and digits, single spaces and hyphens left out; undefined where there are not as many. */
function take(text: string, start: number, count: number): { compact: string; end: number } | undefined {
  let compact = "";
  let index = start;
  for (let separators = 0; compact.length < count; index++) {
    const character = text.charAt(index);
    if (alphanumeric.test(character)) {
      compact += character;
      separators = 0;
    } else if ((character !== " " && character !== "-") || ++separators > 1) return undefined;
  }
  return alphanumeric.test(text.charAt(index)) ? undefined : { compact, end: index };
}

const bic = /(?<![\w-])[A-Z]{4}([A-Z]{2})[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![\w-])/g;
const bicWords = /\b(?:swift|bic)\b/i;
const countryCodes = new Set([
  ...Object.keys(lengthsByCountry),
  ..."AR AU BD BO BW CA CI CL CM CN CO DZ EC ET GH HK ID IN JM JP KE KH KR LK MA MM MO MX MY MZ NA NG NP NZ PA PE PG PH PR PY SG SN SY TH TT TW TZ UG US UY UZ VE VN ZA ZM ZW BM BS KY PF NC AM KG".split(
    " ",
  ),
]);

export const findBics: Detector = (region, found) => {
  if (!bicWords.test(region.text)) return;
  eachMatch(bic, region, (match, start) => {
    const end = start + match[0].length;
    if (!countryCodes.has(match[1] ?? "") || !hasContext(region.whole, start, end, bicWords)) return;
    found.push({ label: "pii", kind: "bic", start, end, certain: false });
  });
};
