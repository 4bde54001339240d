// Writes random policies that are valid, for tests that try many.
// Every form that the sentence syntax has can occur; the same lottery gives the same policy.

import type { Lottery } from "../../src/policy/self-check.ts";

const guarantees = ["no-training", "zero-retention", "baa", "dpa", "soc2", "self-hosted", "region:eu"];
const ceilings = [
  "public",
  "internal+contact",
  "internal+contact+unscanned",
  "confidential+pii",
  "confidential+eu+pii",
  "restricted+phi+pii",
  "restricted+contact+eu+minors+pci+phi+pii+secret+unscanned",
];
const floors = [
  "any phi",
  "any eu",
  "any pii",
  "any contact",
  "any secret",
  "internal or above",
  "confidential or above",
  "restricted or above",
];
const conditions = [
  "purpose:care",
  "purpose:support",
  "env:development",
  "hours:22-06@Europe/Berlin",
  "before:2028-01-01",
];
const subjects = ["role:a", "role:b", "role:c", "team:t", "key:k9"];
const identities = ["vendor:acme", "family:m", "model:m1", "provider:acme"];
const deeds = ["anything", "complete", "complete and embed", "embed", "moderate"];

export function randomPolicy(random: Lottery): string {
  const pick = (from: readonly string[]): string => from[random(from.length)] ?? "";
  const some = (from: readonly string[], joint: string): string =>
    [...new Set([pick(from), ...from.filter(() => random(5) === 0)])].join(` ${joint} `);
  const when = (deny: boolean): string => {
    const words =
      random(3) === 0 ? some(conditions.slice(0, 3), "and") : pick(["always", "always", ...conditions]);
    return deny && random(4) === 0 ? `${words === "always" ? "" : `${words} and `}unless break-glass` : words;
  };
  const allow = (id: string): string =>
    `p, ${id}, allow, ${pick(["anyone", ...subjects])}, ${pick(deeds)}, up to ${pick(ceilings)}, ${pick(["anywhere", `with ${some(guarantees, "and")}`])}, ${when(false)}, R`;
  const deny = (id: string): string =>
    `p, ${id}, deny, ${pick(["anyone", ...subjects])}, ${pick(deeds)}, ${pick(floors)}, ${pick([`unless ${some(guarantees, "or")}`, `unless ${some(guarantees, "or")}`, `if ${some(identities, "or")}`, "anywhere"])}, ${when(true)}, R`;
  const allowed = Array.from({ length: 1 + random(12) }, (_, index) => allow(`allow-${index}`));
  const denied = Array.from({ length: random(5) }, (_, index) => deny(`deny-${index}`));
  const links = ["g, team:t, role:a", "g, team:u, role:b", "g2, self-hosted, zero-retention"];
  return [...allowed, ...denied, ...links].join("\n");
}
