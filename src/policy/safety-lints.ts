// Safety rows that can never decide anything, because a stricter row or the same said elsewhere comes first.
// `lints.ts` shows them with the others; they stop nothing.

import { coversData } from "./cells/data.ts";
import type { RegimeRow, SafetyRow, PolicyRows } from "./rows.ts";
import { categoriesOf, dataOf, safetyLinks, type SafetyLinks } from "./safety-points.ts";
import { releaseModes, safetyActions } from "./vocabulary.ts";

type P2Row = SafetyRow | RegimeRow;

/** Words that answer the same question, the strictest first. */
const ranks: readonly (readonly P2Row["action"][])[] = [
  safetyActions,
  releaseModes,
  ["check-first"],
  ["demand", "fail-open"],
];

interface SilentRow {
  readonly line: number;
  readonly message: string;
}

export function silentSafetyRows(rows: PolicyRows): readonly SilentRow[] {
  const links = safetyLinks(rows);
  const categories = categoriesOf(rows);
  const all: readonly P2Row[] = [...rows.safety, ...rows.regime];
  const silent = new Map<P2Row, string>();
  // From the end, so that of two rows that say the same the first stays.
  for (const row of all.toReversed()) {
    const others = all.filter((other) => other !== row && !silent.has(other));
    const why = whySilent(row, others, categories, links);
    if (why !== undefined) silent.set(row, `${row.id} never decides: ${why}`);
  }
  return [...silent].map(([{ line }, message]) => ({ line, message }));
}

/** Undefined where there is a point at which no other row says as much. */
function whySilent(
  row: P2Row,
  others: readonly P2Row[],
  categories: readonly string[],
  links: SafetyLinks,
): string | undefined {
  const rank = ranks.find((words) => words.includes(row.action)) ?? [];
  const rankOf = (one: P2Row): number => rank.indexOf(one.action);
  const readers = row.who === "anyone" ? new Set<string>() : links.teams.reach(row.who);
  const speaking = others.filter(
    (other) => rank.includes(other.action) && (other.who === "anyone" || readers.has(other.who)),
  );
  const points = dataOf([row, ...speaking]).filter((data) => coversData(row.data, data));
  let first: P2Row | undefined;
  let allStricter = true;
  for (const category of categories.filter((one) => isAbout(row, one, links))) {
    const about = speaking.filter((other) => isAbout(other, category, links));
    for (const data of points) {
      const inForce = about
        .filter((other) => coversData(other.data, data))
        .toSorted((a, b) => rankOf(a) - rankOf(b));
      const before = inForce.find((other) => rankOf(other) <= rankOf(row));
      // Parts are held anyway, save where a row would let text out ahead.
      const matters = row.action !== "hold" || inForce.some((other) => other.action === "lookahead");
      if (before === undefined && matters) return undefined;
      if (before === undefined) continue;
      first ??= before;
      allStricter &&= rankOf(before) < rankOf(row);
    }
  }
  if (first === undefined) return "parts are held anyway";
  return `${first.id} in line ${first.line} ${allStricter ? "is stricter" : "says it already"}`;
}

/** What a regime row says holds whatever is found. */
const isAbout = (row: P2Row, category: string, { categories }: SafetyLinks): boolean =>
  !safetyActions.some((action) => action === row.action) ||
  row.category === "anything" ||
  categories.reach(category).has(row.category);
