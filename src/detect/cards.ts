// Finds payment card numbers: an issuer's range, a length it issues, and the Luhn digit.
// `families.ts` calls it where digits crowd. Ranges: ISO/IEC 7812 and the networks' public tables, 2026-11.

import { isTrivial, luhn } from "./checksums.ts";
import { eachMatch, hasContext, hasContextBefore, type Detector } from "./span.ts";

const candidate = /\b\d(?<!(?:\+|\w[-.,/]|[^\s\w]\.)\d)(?:[ .-]{0,2}\d){11,18}(?![\w]|[-./,]\d)/g;

interface Issuer {
  readonly prefixes: RegExp;
  readonly lengths: readonly number[];
}

const issuers: readonly Issuer[] = [
  { prefixes: /^4/, lengths: [13, 16, 19] },
  { prefixes: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefixes: /^3[47]/, lengths: [15] },
  { prefixes: /^(?:6011|64[4-9]|65|622)/, lengths: [16, 19] },
  { prefixes: /^(?:30[0-59]|3[689])/, lengths: [14, 16] },
  { prefixes: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { prefixes: /^62/, lengths: [16, 17, 18, 19] },
  {
    prefixes: /^(?:501[89]|5020|5038|5610|5893|6304|633[13]|6759|676[1-37])/,
    lengths: [12, 13, 14, 15, 16, 18, 19],
  },
  { prefixes: /^(?:1220|192)/, lengths: [15] },
  { prefixes: /^(?:60|81|82|508)/, lengths: [16] },
  { prefixes: /^220[0-4]/, lengths: [16] },
  { prefixes: /^9792/, lengths: [16] },
];

const cardWords =
  /\b(?:cards?|credit|debit|visa|master ?card|amex|american express|discover|diners|jcb|maestro|pan|cc|payment|carte|karte|kreditkarte|tarjeta|carta|cart[aã]o|kaart|cvv|cvc|expir\w*)\b/i;

/** Words of numbers that only look like one. */
const otherWords =
  /\b(?:order|invoice|tracking|ticket|serial|imei|isbn|ean|sku|reference|ref|shipment|parcel|transaction id|timestamp|build|hash|uuid|trace|span)\b[^\n]{0,24}$/i;

const groupings = new Set([
  "4-4-4-4",
  "4-6-5",
  "4-6-4",
  "4-4-4-4-3",
  "6-13",
  "4-4-4-6",
  "8-8",
  "4-5-6",
  "4-4-5",
]);

function isGrouped(text: string): boolean {
  const groups = text.split(/[ .-]+/);
  if (groups.length === 1) return true;
  const separators = new Set(text.match(/[ .-]+/g));
  if (separators.size > 1 && groups.length > 5) return false;
  return (
    groupings.has(groups.map((group) => group.length).join("-")) ||
    groups.every((group) => group.length === 1)
  );
}

function isCardNumber(digits: string): boolean {
  if (isTrivial(digits) || !luhn(digits)) return false;
  return issuers.some((issuer) => issuer.lengths.includes(digits.length) && issuer.prefixes.test(digits));
}

export const findCards: Detector = (region, found) => {
  eachMatch(candidate, region, (match, start) => {
    const text = match[0];
    const digits = text.replace(/\D/g, "");
    if (!isGrouped(text) || !isCardNumber(digits)) return;
    const end = start + text.length;
    const usual = digits.length >= 14 && digits.length <= 16;
    const supported = hasContext(region.whole, start, end, cardWords);
    if (!supported && (!usual || hasContextBefore(region.whole, start, otherWords))) return;
    found.push({ label: "pci", kind: "credit-card", start, end, certain: true });
  });
};
