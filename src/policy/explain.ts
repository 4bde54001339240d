// Why a deployment was refused, in one sentence that a person can act on, and what it lacks.
// Speaks only of rows for the caller itself; what others may do stays untold.

import { formatSensitivity } from "../core/sensitivity.ts";
import type { GrantQuestion } from "./casbin-engine.ts";
import { failingColumns, type FailingColumn } from "./compiled.ts";
import type { GrantRow } from "./rows.ts";
import type { OwnRows } from "./own-rows.ts";
import { conditionWords, dataWords, guaranteeWords, joinWords } from "./sentences.ts";

export interface Refusal {
  readonly because: string;
  readonly missing: readonly string[];
}

/** `denial` is the first deny row that applies; without one it was for want of a grant. */
export function explainRefusal(
  rows: OwnRows,
  denial: GrantRow | undefined,
  question: GrantQuestion,
): Refusal {
  return denial ? refusedBy(denial) : refusedForWantOfGrant(rows, question);
}

function refusedBy(denial: GrantRow): Refusal {
  const reason = `(${denial.id}: ${denial.because})`;
  const { provider } = denial;
  if (provider.kind === "unless") {
    const needed = joinWords(provider.words.map(guaranteeWords), "or");
    return { because: `Refused: needs ${needed} ${reason}.`, missing: provider.words };
  }
  const where = provider.kind === "if" ? ` at ${joinWords(provider.words, "or")}` : "";
  return { because: `Refused: ${dataWords(denial.data)} may not be used${where} ${reason}.`, missing: [] };
}

/** The grant that came nearest, told by the first column in which it failed. */
function refusedForWantOfGrant({ all, about }: OwnRows, question: GrantQuestion): Refusal {
  const rows = about.some((row) => row.effect === "allow") ? about : all;
  let nearest: { row: GrantRow; fails: readonly FailingColumn[]; distance: number } | undefined;
  for (const row of rows) {
    if (row.effect !== "allow") continue;
    const fails = failingColumns(row, question);
    const distance =
      fails.reduce((sum, column) => sum + weights[column], 0) + missingFor(row, question).length;
    if (nearest === undefined || distance < nearest.distance) nearest = { row, fails, distance };
  }
  if (nearest === undefined) {
    return { because: "Refused: no rule allows this key, its team or its roles anything.", missing: [] };
  }
  const { row, fails } = nearest;
  const [first] = fails;
  if (first === undefined) return { because: "Refused by the policy.", missing: [] };
  return { because: `Refused: ${told[first](row, question)}.`, missing: missingFor(row, question) };
}

/** A caller can change a purpose sooner than a provider, a provider sooner than its data. */
const weights: Readonly<Record<FailingColumn, number>> = {
  when: 10,
  provider: 20,
  data: 1_000,
  does: 10_000,
};

const told: Readonly<Record<FailingColumn, (row: GrantRow, question: GrantQuestion) => string>> = {
  does: (_, question) => `no rule allows this caller the action "${question.action}"`,
  data: (row, question) =>
    `${formatSensitivity(question.data)} data goes further than the nearest rule, ${row.id}, which allows ${dataWords(row.data)}`,
  provider: (row, question) =>
    `needs ${joinWords(missingFor(row, question).map(guaranteeWords), "and")} for ${formatSensitivity(question.data)} data (rule ${row.id})`,
  when: (row) => `allowed only ${joinWords(row.when.conditions.map(conditionWords), "and")} (rule ${row.id})`,
};

function missingFor(row: GrantRow, question: GrantQuestion): readonly string[] {
  if (row.provider.kind !== "with") return [];
  return row.provider.words.filter((word) => !question.deployment.atoms.has(word));
}
