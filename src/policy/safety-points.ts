// Every corner at which a safety row can change its answer: whom rows name, which data, which categories.
// The lints and the diff ask the compiled rows at each; what holds at all corners holds everywhere between.

import { formatSensitivity, levels, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import { Links } from "./links.ts";
import type { PolicyRows, RegimeRow, SafetyRow } from "./rows.ts";
import { categoryChain, categoryRoots, listCategories } from "./vocabulary.ts";

export interface SafetyLinks {
  readonly teams: Links;
  readonly categories: Links;
}

export const safetyLinks = ({ links }: Pick<PolicyRows, "links">): SafetyLinks => ({
  teams: new Links(links.filter((link) => link.type === "g")),
  categories: new Links(
    links.filter((link) => link.type === "g3"),
    categoryChain,
  ),
});

type Speaking = Pick<PolicyRows, "safety" | "regime" | "links" | "vocabulary">;

/** `""` is anybody whom no row names. */
export function readersOf({ safety, regime, links }: Speaking): readonly string[] {
  const named = [...safety, ...regime].map((row) => row.who).filter((who) => who !== "anyone");
  const teams = links.filter((link) => link.type === "g").map((link) => link.from);
  return [...new Set(["", ...named, ...teams])];
}

/** Those that rows and groups name, ours, and one that nobody names. */
export function categoriesOf({ safety, links, vocabulary }: Speaking): readonly string[] {
  const named = safety.map((row) => row.category).filter((category) => category !== "anything");
  const grouped = links.filter((link) => link.type === "g3").map((link) => link.from);
  const listed = listCategories(vocabulary);
  return [...new Set([...categoryRoots, ...listed, ...grouped, ...named, unnamedCategory])];
}

export const unnamedCategory = "anything-else";

export function dataOf(rows: readonly (SafetyRow | RegimeRow)[]): readonly Sensitivity[] {
  const ceilings = rows.flatMap(({ data }) => (data.kind === "ceiling" ? [data.ceiling] : []));
  const labels = new Set([
    ...ceilings.flatMap((ceiling) => ceiling.labels),
    ...rows.flatMap(({ data }) => (data.kind === "label" ? [data.label] : [])),
  ]);
  const alone = levels.flatMap((level) => [
    sensitivity(level),
    ...[...labels].map((label) => sensitivity(level, [label])),
  ]);
  return [...new Map([...alone, ...ceilings].map((data) => [formatSensitivity(data), data])).values()];
}
