// Writes random safety rows that are valid, for tests that try many; the same lottery gives the same rows.
// A redact row that begins above public gets the flag row that it needs.

import type { Lottery } from "../../src/policy/self-check.ts";

const subjects = ["anyone", "anyone", "role:a", "role:b", "team:t", "key:k9"];
const categories = ["S4", "S6", "hazard", "secret", "pii", "pii.us-ssn", "contact", "anything"];
const floors = ["public or above", "internal or above", "confidential or above", "any phi", "any eu"];
const ceilings = ["public", "internal+contact", "confidential+pii+eu", "restricted+phi+pii"];
const harmless = ["public", "internal", "internal+contact", "internal+eu"];

export function randomSafety(random: Lottery): string {
  const pick = (from: readonly string[]): string => from[random(from.length)] ?? "";
  const rows = Array.from({ length: 2 + random(14) }, (_, index): string[] => {
    const row = (action: string, data: string, category: string, who = pick(subjects)): string =>
      `p2, ${action}-${index}, ${action}, ${who}, ${data}, ${category}, R`;
    switch (random(6)) {
      case 0:
        return [row("block", pick(floors), pick(categories))];
      case 1:
        return [
          row("flag", pick(["public or above", ...ceilings.map((one) => `up to ${one}`)]), pick(categories)),
        ];
      case 2: {
        const [category, who] = [pick(categories), pick(subjects)];
        return [row("redact", pick(floors), category, who), row("flag", "public or above", category, who)];
      }
      case 3:
        return [row(pick(["complete", "hold", "check-first"]), pick(floors), "anything")];
      case 4:
        return [row(pick(["lookahead", "fail-open"]), `up to ${pick(harmless)}`, "anything")];
      default:
        return [row("demand", pick(floors), "semantic-classifier")];
    }
  });
  return [
    "p, base, allow, role:a, complete, up to public, anywhere, always, R",
    "g, team:t, role:a",
    "g3, S4, hazard",
    "g3, S6, hazard",
    ...rows.flat(),
  ].join("\n");
}
