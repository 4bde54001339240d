// Finds identity numbers of people, by running the regional tables.
// `families.ts` calls it. Plain digits with a weak check count only beside a word that speaks of them.

import { eachMatch, hasContext, hasContextBefore, type Detector } from "../span.ts";
import { americas } from "./americas.ts";
import { asiaPacific } from "./asia-pacific.ts";
import { europe } from "./europe.ts";
import type { IdRow } from "./id-row.ts";
import { northEurope } from "./north-europe.ts";

const rows = [...americas, ...europe, ...northEurope, ...asiaPacific];

/** A number so introduced is a reference of some business, unless a word of the id stands there too. */
const businessWords =
  /\b(?:order|invoice|tracking|ticket|serial|imei|isbn|issn|ean|upc|sku|shipment|parcel|timestamp|build|commit|version|part|model|article|case|issue|ref(?:erence)?|trace|transaction|port|pid|offset|size|bytes|total|price|amount|population|distance)\b[^\n]{0,20}$/i;

/** Where a number may begin: not inside a longer token, an amount or a decimal. */
const beginning =
  /\b(?=([A-Za-z]{0,6}|[A-Za-z]{2}[ -])\d(?:[ ./:+-]?[0-9A-Za-z]){4})(?<!\w[-./,=]|[.,]\d|[+$€£])/g;

interface Group {
  readonly rows: readonly IdRow[];
  /** Matches wherever a row does, and seldom elsewhere: one try in place of thirty. */
  readonly any: RegExp;
}

function group(members: readonly IdRow[]): Group {
  const forms = members.map((row) => row.pattern.source.replace(/\\[1-9]/g, "[ ./:-]?"));
  return { rows: members, any: new RegExp(forms.join("|"), "iy") };
}

const byLetter = group(rows.filter((row) => row.opens === "letter"));
const byDigit = group(rows.filter((row) => row.opens !== "letter"));

export const findNationalIds: Detector = (region, found) => {
  eachMatch(beginning, region, (match, start) => {
    const { rows: candidates, any } = match[1] === "" ? byDigit : byLetter;
    any.lastIndex = match.index;
    if (!any.test(region.text)) return;
    for (const row of candidates) {
      row.pattern.lastIndex = match.index;
      const raw = row.pattern.exec(region.text)?.[0];
      if (raw !== undefined && isId(row, raw, region.whole, start)) {
        const end = start + raw.length;
        found.push({ label: row.label ?? "pii", kind: row.kind, start, end, certain: row.certain });
      }
    }
  });
};

function isId(row: IdRow, raw: string, whole: string, start: number): boolean {
  const compact = raw.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  if (row.valid && !row.valid(compact, raw)) return false;
  if (hasContext(whole, start, start + raw.length, row.words)) return true;
  if (row.needs === "words") return false;
  const isFormatted = /[A-Za-z0-9][ ./-]+[A-Za-z0-9]/.test(raw);
  if (row.needs === "formatted" && !isFormatted) return false;
  return !hasContextBefore(whole, start, businessWords);
}
