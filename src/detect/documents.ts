// Finds numbers of passports, driving licences and accounts beside the word that names them, and passport machine lines.
// `families.ts` calls it. Such numbers have no check of their own, so the word is what makes them one.

import { eachMatch, type Detector, type DetectionLabel } from "./span.ts";

interface NamedNumber {
  readonly kind: string;
  readonly label: DetectionLabel;
  /** The first group is the number. */
  readonly pattern: RegExp;
}

const link = String.raw`[^\w\n]{0,4}(?:(?:number|no|nr|num|n°|nº|card|id|code|is|was|of|the|holder|nummer|número|numéro|numero)\b[^\w\n]{0,4}){0,4}`;
const named = (words: string, number: string): RegExp =>
  new RegExp(String.raw`(?<![A-Za-z])(?:${words})${link}(?<![A-Za-z0-9])(${number})(?![\w]|-\w)`, "gi");

const numbers: readonly NamedNumber[] = [
  {
    kind: "passport",
    label: "pii",
    pattern: named(
      "passports?|travel documents?|passeport|reisepass|pasaporte|passaporto|passaporte|paspoort|paszport|pas nr|パスポート|护照",
      String.raw`(?=[A-Z0-9]{0,8}\d{4})[A-Z0-9]{6,12}`,
    ),
  },
  {
    kind: "driving-licence",
    label: "pii",
    pattern: named(
      String.raw`driver'?s'? licen[cs]es?|driving licen[cs]es?|driver licen[cs]es?|dl|führerschein|permis de conduire|patente di guida|rijbewijs|carnet de conducir`,
      String.raw`(?=[A-Z0-9-]{0,12}\d{3})[A-Z0-9][A-Z0-9-]{4,18}[A-Z0-9]`,
    ),
  },
  {
    kind: "id-card",
    label: "pii",
    pattern: named(
      "personalausweis(?:nummer)?|ausweis(?:nummer)?|carta d.identità|carte d.identité|identity card|national id(?:entity)?(?: card)?|dowód osobisty",
      String.raw`(?=[A-Z0-9]{0,8}\d{3})[A-Z0-9]{7,13}`,
    ),
  },
  {
    kind: "medical-record-number",
    label: "phi",
    pattern: named(
      String.raw`mrn|medical record|patient id|patient number|health plan|member id|chart number`,
      String.raw`(?=[A-Z0-9-]{0,8}\d{3})[A-Z0-9][A-Z0-9-]{3,14}[A-Z0-9]`,
    ),
  },
  {
    kind: "bank-account",
    label: "pii",
    pattern: named(
      String.raw`(?:bank(?:ing)?|checking|savings?|chequing) account|account (?:number|no)|acct|kontonummer|routing(?: number)?|sort code`,
      String.raw`\d{2}-\d{2}-\d{2}|\d{8,17}`,
    ),
  },
];

const machineLine =
  /(?<![A-Z0-9<])[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MF<X]\d{7}[A-Z0-9<]{14}[0-9<]\d(?![A-Z0-9<])/g;

/** Spares most regions the five expressions. */
const anyWord =
  /pass(?:p|a)|travel doc|pas nr|reisep|paspo|paszp|パスポート|护照|licen[cs]e|\bdl\b|führer|permis|patente|rijbew|carnet|ausweis|identit|national id|dowód|mrn|medical|patient|health p|member|chart|account|acct|konto|routing|sort c/i;

export const findDocuments: Detector = (region, found) => {
  if (region.text.includes("<")) findMachineLines(region, found);
  if (!anyWord.test(region.text)) return;
  for (const { kind, label, pattern } of numbers) {
    eachMatch(pattern, region, (match, start) => {
      const end = start + match[0].length;
      const number = match[1] ?? "";
      found.push({ label, kind, start: end - number.length, end, certain: false });
    });
  }
};

const findMachineLines: Detector = (region, found) => {
  eachMatch(machineLine, region, (match, start) => {
    const line = match[0];
    if (!checks(line.slice(0, 9), line.charAt(9)) || !checks(line.slice(13, 19), line.charAt(19))) return;
    found.push({ label: "pii", kind: "passport", start, end: start + line.length, certain: true });
  });
};

/** ICAO 9303 part 3, 4.9: weights 7, 3, 1; letters count from 10, fillers 0. */
function checks(field: string, digit: string): boolean {
  let sum = 0;
  for (let index = 0; index < field.length; index++) {
    const value = field.charAt(index) === "<" ? 0 : Number.parseInt(field.charAt(index), 36);
    sum += value * ([7, 3, 1][index % 3] ?? 0);
  }
  return String(sum % 10) === digit;
}
