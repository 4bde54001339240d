// The rows that can matter to one caller, one action and one data point, narrowed once for all candidates.
// `permit.ts`, the self-check and the test runner make them before they decide.

import type { Sensitivity } from "../core/sensitivity.ts";
import { rowsAbout, rowsFor } from "./compiled.ts";
import type { Links } from "./links.ts";
import type { GrantRow } from "./rows.ts";

export interface OwnRows {
  /** Rows that name the caller, or anyone. */
  readonly all: readonly GrantRow[];
  /** Of those, the ones about the action and the data. */
  readonly about: readonly GrantRow[];
}

export function ownRows(
  rows: readonly GrantRow[],
  question: { readonly subjects: string; readonly action: string; readonly data: Sensitivity },
  teams: Links,
): OwnRows {
  const all = rowsFor(rows, question.subjects, teams);
  return { all, about: rowsAbout(all, question.action, question.data) };
}
