// A policy of any size and as many unlike deployments as wanted, to measure what a decision costs.
// Half of the point is that nothing in it is easy: every fifth row denies, and all combine guarantees.

import type { Deployment } from "../../src/core/deployment.ts";
import { deploymentWith } from "./policy-parts.ts";

const guarantees = [
  "no-training",
  "zero-retention",
  "baa",
  "dpa",
  "soc2",
  "region:eu",
  "region:us",
  "self-hosted",
];
const ceilings = ["public", "internal+contact", "confidential+pii", "restricted+pii+phi"];
const floors = ["phi", "eu", "minors", "pci"];

const nth = (words: readonly string[], index: number): string => words[index % words.length] ?? "";

/** Rows for 25 roles, every tenth for anyone; or all of them for anyone, which is the worst case. */
export function manyRows(count: number, spread: "roles" | "anyone"): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const who = spread === "anyone" || index % 10 === 0 ? "anyone" : `role:r${index % 25}`;
    return index % 5 === 4
      ? `p, r${index}, deny, ${who}, anything, any ${nth(floors, index)}, unless ${nth(guarantees, index + 2)}, always, R`
      : `p, r${index}, allow, ${who}, anything, up to ${nth(ceilings, index)}, with ${nth(guarantees, index)} and ${nth(guarantees, index * 3 + 1)}, always, R`;
  });
  return rows.join("\n");
}

export const unlikeDeployments = (count: number): readonly Deployment[] =>
  Array.from({ length: count }, (_, index) =>
    deploymentWith({
      provider: { id: `p${index}` },
      vendor: `v${index}`,
      guarantees: guarantees.filter((_name, bit) => (((index * 37 + 11) >> bit) & 1) === 1),
    }),
  );
