// Puts wrong values into right JSON, one place at a time, by chance.
// Robustness tests use it: whatever comes in, only the typed error of that door may come out.

import { randomOf } from "./recut.ts";

const wrong: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  "",
  "x",
  [],
  [null],
  [[]],
  {},
  { type: "x" },
  { "": 1 },
];

/** A copy of the value with one node, at any depth, replaced or taken away. */
export function mangled(value: unknown, seed: number): unknown {
  const random = randomOf(seed);
  const copy = structuredClone({ root: value }) as Record<string, unknown>;
  const places: [Record<string, unknown>, string][] = [];
  collect(copy, places);
  const [holder, name] = places[Math.floor(random() * places.length)] ?? [copy, "root"];
  const pick = Math.floor(random() * (wrong.length + 1));
  if (pick === wrong.length) delete holder[name];
  else holder[name] = structuredClone(wrong[pick]);
  return copy["root"];
}

function collect(holder: Record<string, unknown>, places: [Record<string, unknown>, string][]): void {
  for (const [name, value] of Object.entries(holder)) {
    places.push([holder, name]);
    if (typeof value === "object" && value !== null) collect(value as Record<string, unknown>, places);
  }
}
