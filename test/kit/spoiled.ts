// Spoils JSON at random: a value becomes one of another kind, or goes, or gets a name that means something else.
// Decoder tests feed it in; the same seed spoils the same way.

import { hostileNames } from "./every-parameter.ts";

const strangers: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  "",
  "constructor",
  "x",
  [],
  [null],
  {},
  { a: [] },
];

/** About one value in `rarity` is spoiled. */
export function spoiled(value: unknown, random: () => number, rarity = 12): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  if (random() * rarity < 1) return pick(strangers);
  if (Array.isArray(value)) return value.map((item) => spoiled(item, random, rarity));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => random() * rarity * 2 >= 1)
    .map(([name, inner]) => [
      random() * rarity * 4 < 1 ? pick(hostileNames) : name,
      spoiled(inner, random, rarity),
    ]);
  return Object.fromEntries(entries);
}
