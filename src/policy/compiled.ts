// The rows in a form that answers in microseconds: which rows apply, and where the others fail.
// It prepares what Casbin is asked, explains what Casbin decided, and serves the publish gate, which
// asks too often for Casbin. It must agree with Casbin always; loading a policy proves a sample.

import type { Sensitivity } from "../core/sensitivity.ts";
import { coversAction } from "./cells/does.ts";
import { coversData } from "./cells/data.ts";
import { coversProvider } from "./cells/provider.ts";
import { holdsWhen } from "./cells/when.ts";
import type { GrantQuestion } from "./casbin-engine.ts";
import type { Links } from "./links.ts";
import type { GrantRow } from "./rows.ts";

/** In the order in which an explanation looks for the first column that fails. */
const tests = {
  does: (row: GrantRow, question: GrantQuestion) => coversAction(row.does, question.action),
  data: (row: GrantRow, question: GrantQuestion) => coversData(row.data, question.data),
  provider: (row: GrantRow, question: GrantQuestion) => coversProvider(row.provider, question.deployment),
  when: (row: GrantRow, question: GrantQuestion) => holdsWhen(row.when, question.circumstances),
} as const;

export type FailingColumn = keyof typeof tests;
const order = Object.keys(tests) as readonly FailingColumn[];

/** Rows that name the caller, or anyone. Everything else cannot matter to this caller. */
export function rowsFor(rows: readonly GrantRow[], subjects: string, teams: Links): readonly GrantRow[] {
  const reached = new Set(["anyone"]);
  for (const subject of subjects.split(" ")) for (const name of teams.reach(subject)) reached.add(name);
  return rows.filter((row) => reached.has(row.who));
}

/** Of those, the rows that this action and this data do not rule out, whatever the provider. */
export const rowsAbout = (
  rows: readonly GrantRow[],
  action: string,
  data: Sensitivity,
): readonly GrantRow[] => rows.filter((row) => coversAction(row.does, action) && coversData(row.data, data));

export const applies = (row: GrantRow, question: GrantQuestion): boolean =>
  order.every((column) => tests[column](row, question));

/** `rows` are those for the caller. Deny wins; nothing granted means no. */
export function evaluate(rows: readonly GrantRow[], question: GrantQuestion): boolean {
  let granted = false;
  for (const row of rows) {
    if (!applies(row, question)) continue;
    if (row.effect === "deny") return false;
    granted = true;
  }
  return granted;
}

export const failingColumns = (row: GrantRow, question: GrantQuestion): readonly FailingColumn[] =>
  order.filter((column) => !tests[column](row, question));
