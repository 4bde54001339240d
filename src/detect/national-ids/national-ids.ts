// Finds identity numbers of people, by running the regional tables.
// `families.ts` calls it. Plain digits with a weak check count only beside a word that speaks of them.

import { eachMatch, hasContext, hasContextBefore, type Detector } from "../span.ts";
import { americas } from "./americas.ts";
import { asiaPacific } from "./asia-pacific.ts";
import { europe } from "./europe.ts";
import { northEurope } from "./north-europe.ts";

const rows = [...americas, ...europe, ...northEurope, ...asiaPacific];

/** A number so introduced is a reference of some business, unless a word of the id stands there too. */
const businessWords =
  /\b(?:order|invoice|tracking|ticket|serial|imei|isbn|issn|ean|upc|sku|shipment|parcel|timestamp|build|commit|version|part|model|article|case|issue|ref(?:erence)?|trace|transaction|port|pid|offset|size|bytes|total|price|amount|population|distance)\b[^\n]{0,20}$/i;

export const findNationalIds: Detector = (region, found) => {
  for (const row of rows) {
    eachMatch(row.pattern, region, (match, start) => {
      const raw = match[0];
      const end = start + raw.length;
      const compact = raw.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
      if (row.valid && !row.valid(compact, raw)) return;
      if (!hasContext(region.whole, start, end, row.words)) {
        if (row.needs === "words") return;
        const formatted = /[A-Za-z0-9][ ./-]+[A-Za-z0-9]/.test(raw);
        if (row.needs === "formatted" && !formatted) return;
        if (hasContextBefore(region.whole, start, businessWords)) return;
      }
      found.push({ label: row.label ?? "pii", kind: row.kind, start, end, certain: row.certain });
    });
  }
};
