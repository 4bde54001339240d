// Finds identity numbers of people, by running the regional tables.
// `families.ts` calls it. Plain digits with a weak check count only beside a word that speaks of them.

import { eachMatch, hasContext, hasContextBefore, type Detector, type Span } from "../span.ts";
import { americas } from "./americas.ts";
import { asiaPacific } from "./asia-pacific.ts";
import { europe } from "./europe.ts";
import type { IdRow } from "./id-row.ts";
import { northEurope } from "./north-europe.ts";

const rows = [...americas, ...europe, ...northEurope, ...asiaPacific];

export const kindsOfIds = (label: "pii" | "phi"): readonly string[] =>
  rows.filter((row) => (row.label ?? "pii") === label).map((row) => row.kind);

/** A number so introduced is a reference of some business, unless a word of the id stands there too. */
const businessWords =
  /\b(?:order|invoice|tracking|ticket|serial|imei|isbn|issn|ean|upc|sku|shipment|parcel|timestamp|build|commit|version|part|model|article|case|issue|ref(?:erence)?|trace|transaction|port|pid|offset|size|bytes|total|price|amount|population|distance)\b[^\n]{0,20}$/i;

/** Where a number may begin: not inside a longer token, an amount or a decimal. */
const beginning =
  /\b(?=([A-Za-z]{0,6}|[A-Za-z]{2}[ -])\d(?:[ ./:+-]?[0-9A-Za-z]){4})(?<!\w[-./,=]|[.,]\d|[+$€£])/g;

type RowsByLead = ReadonlyMap<number, readonly IdRow[]>;

function byLead(members: readonly IdRow[]): RowsByLead {
  const map = new Map<number, IdRow[]>();
  for (const row of members) {
    for (const lead of row.leads) map.set(lead, [...(map.get(lead) ?? []), row]);
  }
  return map;
}

const letterRows = byLead(rows.filter((row) => row.opens === "letter"));
const digitRows = byLead(rows.filter((row) => row.opens !== "letter"));

/** The rows that may begin as the text does at `index`. */
function candidatesAt(text: string, index: number, isDigit: boolean): readonly IdRow[] {
  let end = index;
  while (isDigit ? isDigitCode(text.charCodeAt(end)) : isLetterCode(text.charCodeAt(end))) end += 1;
  return (isDigit ? digitRows : letterRows).get(end - index) ?? none;
}

/** A group in the middle of groups, as in a table or a long account number. */
function isInnerGroup(whole: string, start: number): boolean {
  if (whole.charAt(start - 1) !== " " || !isDigitCode(whole.charCodeAt(start - 2))) return false;
  group.lastIndex = start;
  return group.test(whole);
}

const group = /\d+ \d/y;
const letter = /\p{L}/u;
const none: readonly IdRow[] = [];
const isDigitCode = (code: number): boolean => code >= 48 && code <= 57;
const isLetterCode = (code: number): boolean => (code | 32) >= 97 && (code | 32) <= 122;

export const findNationalIds: Detector = (region, found) => {
  eachMatch(beginning, region, (match, start) => {
    const candidates = candidatesAt(region.text, match.index, match[1] === "");
    if (candidates.length === 0) return;
    if (isInnerGroup(region.whole, start) && !isAmongWords(region.whole, start)) return;
    // A number can pass the checks of several countries: the one that a word speaks of is meant.
    let named = false;
    const spans: Span[] = [];
    for (const row of candidates) {
      row.pattern.lastIndex = match.index;
      if (!row.pattern.test(region.text)) continue;
      const raw = region.text.slice(match.index, row.pattern.lastIndex);
      const support = supportOf(row, raw, region.whole, start);
      if (support === "none" || (named && support === "form")) continue;
      if (support === "word" && !named) spans.length = 0;
      named ||= support === "word";
      const { label = "pii", kind, certain } = row;
      spans.push({ label, kind, start, end: start + raw.length, certain });
    }
    found.push(...spans);
  });
};

/** Digits among digits have no words to look for. */
const isAmongWords = (whole: string, start: number): boolean =>
  letter.test(whole.slice(Math.max(0, start - 64), start + 64));

function supportOf(row: IdRow, raw: string, whole: string, start: number): "word" | "form" | "none" {
  const compact = raw.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
  if (row.valid && !row.valid(compact, raw)) return "none";
  if (hasContext(whole, start, start + raw.length, row.words)) return "word";
  if (row.needs === "words") return "none";
  const isFormatted = /[A-Za-z0-9][ .:/-]+[A-Za-z0-9]/.test(raw);
  if (row.needs === "formatted" && !isFormatted) return "none";
  if (raw.includes(" ") && isAmongGroups(whole, start, start + raw.length)) return "none";
  return hasContextBefore(whole, start, businessWords) ? "none" : "form";
}

/** One of more groups, as in an account number, or an amount of something. */
const isAmongGroups = (whole: string, start: number, end: number): boolean =>
  /[A-Z0-9]\d $/i.test(whole.slice(Math.max(0, start - 3), start)) ||
  /^ ?(?:\d|[A-Z]\d|[€$£¥%]|(?:eur|usd|gbp|chf|kr|people|users|votes|km|miles|bytes|tons|inhabitants|habitants|einwohner|euros?|dollars?)\b)/i.test(
    whole.slice(end, end + 16),
  );
