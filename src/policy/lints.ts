// Rows that are right but surely not meant: grants and safety rows that can never decide anything, and
// labels that leave the house without a rail. `portcullis policy check` shows them; they stop nothing.

import { formatSensitivity, isWithin } from "../core/sensitivity.ts";
import type { DataCell } from "./cells/data.ts";
import type { ProviderCell } from "./cells/provider.ts";
import { graphFile, type EntityType } from "./graph-file.ts";
import { Links } from "./links.ts";
import { policyFile } from "./parse-policy.ts";
import type { PolicyProblem } from "./problems.ts";
import type { GrantRow, PolicyRows } from "./rows.ts";
import { silentSafetyRows } from "./safety-lints.ts";

/** Fields of graph.yaml that can only ever answer with a denial. */
export function lintGraph(rows: PolicyRows, types: readonly EntityType[]): readonly PolicyProblem[] {
  const ceilings = rows.grants.flatMap(({ effect, does, data }) =>
    effect === "allow" && data.kind === "ceiling" && does.actions.includes("complete") ? [data.ceiling] : [],
  );
  return types
    .flatMap(({ fields }) => fields)
    .filter(({ data }) => !ceilings.some((ceiling) => isWithin(data, ceiling)))
    .map(({ path, line, data }) => ({
      file: graphFile,
      line,
      column: 0,
      message: `${path} can never be answered: no row allows ${formatSensitivity(data)} to complete`,
    }));
}

/** Everyday labels, for which a rail would be no news. */
const withoutRail = ["contact", "unscanned"];

export function lintPolicy(rows: PolicyRows): readonly PolicyProblem[] {
  const guarantees = new Links(rows.links.filter((link) => link.type === "g2"));
  return [
    ...shadowedGrants(rows.grants, guarantees),
    ...silentSafetyRows(rows).map(({ line, message }) => lint(line, message)),
    ...labelsWithoutRail(rows.grants, guarantees),
  ].toSorted((a, b) => a.line - b.line);
}

function shadowedGrants(rows: readonly GrantRow[], guarantees: Links): readonly PolicyProblem[] {
  const allows = rows.filter((row) => row.effect === "allow");
  return allows.flatMap((row) => {
    const wider = allows.find(
      (other) =>
        other !== row &&
        isWider(other, row, guarantees) &&
        !(row.line < other.line && isWider(row, other, guarantees)),
    );
    return wider
      ? [lint(row.line, `${row.id} never decides: ${wider.id} in line ${wider.line} allows all of it`)]
      : [];
  });
}

function isWider(wide: GrantRow, narrow: GrantRow, guarantees: Links): boolean {
  return (
    (wide.who === "anyone" || wide.who === narrow.who) &&
    narrow.does.actions.every((action) => wide.does.actions.includes(action)) &&
    isWiderCeiling(wide.data, narrow.data) &&
    asksLess(wide.provider, narrow.provider, guarantees) &&
    (wide.when.conditions.length === 0 || wide.cells[6] === narrow.cells[6])
  );
}

const isWiderCeiling = (wide: DataCell, narrow: DataCell): boolean =>
  wide.kind === "ceiling" && narrow.kind === "ceiling" && isWithin(narrow.ceiling, wide.ceiling);

function asksLess(wide: ProviderCell, narrow: ProviderCell, guarantees: Links): boolean {
  if (wide.kind === "anywhere") return true;
  if (wide.kind !== "with" || narrow.kind !== "with") return false;
  return wide.words.every((word) => narrow.words.some((other) => guarantees.reach(other).has(word)));
}

function labelsWithoutRail(rows: readonly GrantRow[], guarantees: Links): readonly PolicyProblem[] {
  const railed = new Set(
    rows.flatMap((row) => (row.effect === "deny" && row.data.kind === "label" ? [row.data.label] : [])),
  );
  return rows.flatMap((row) => {
    const inHouse =
      row.provider.kind === "with" &&
      row.provider.words.some((word) => guarantees.reach(word).has("self-hosted"));
    if (row.data.kind !== "ceiling" || inHouse) return [];
    return row.data.ceiling.labels
      .filter((label) => !railed.has(label) && !withoutRail.includes(label))
      .map((label) =>
        lint(
          row.line,
          `${row.id} lets ${label} data out of the house, and no deny row about ${label} guards it`,
        ),
      );
  });
}

const lint = (line: number, message: string): PolicyProblem => ({
  file: policyFile,
  line,
  column: 0,
  message,
});
