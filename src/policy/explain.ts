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
  /** The same need without a word of any rule: for callers who may not read the policy. */
  readonly needs: string;
  readonly missing: readonly string[];
}

interface NearestGrant {
  readonly row: GrantRow;
  /** In the order in which an explanation looks; empty where a rail alone stands in the way. */
  readonly fails: readonly FailingColumn[];
}

/** `denial` is the first deny row that applies; without one it was for want of a grant. */
export function explainRefusal(
  rows: OwnRows,
  denial: GrantRow | undefined,
  question: GrantQuestion,
): Refusal {
  return denial ? refusedBy(denial, question) : refusedForWantOfGrant(rows, question);
}

function refusedBy(denial: GrantRow, { data }: GrantQuestion): Refusal {
  const reason = `(${denial.id}: ${denial.because})`;
  const { provider } = denial;
  const told = formatSensitivity(data);
  if (provider.kind === "unless") {
    const needed = joinWords(provider.words.map(guaranteeWords), "or");
    return {
      because: `Refused: needs ${needed} ${reason}.`,
      needs: `Needs ${needed} for ${told} data.`,
      missing: provider.words,
    };
  }
  const where = provider.kind === "if" ? ` at ${joinWords(provider.words, "or")}` : "";
  return {
    because: `Refused: ${dataWords(denial.data)} may not be used${where} ${reason}.`,
    needs: `Data that counts as ${told} may not go here.`,
    missing: [],
  };
}

/** Told by the first column in which the grant that came nearest failed. */
function refusedForWantOfGrant(rows: OwnRows, question: GrantQuestion): Refusal {
  const nearest = nearestGrant(rows, question);
  if (nearest === undefined) {
    return {
      because: "Refused: no rule allows this key, its team or its roles anything.",
      needs: "Nothing is permitted to this key, its team or its roles.",
      missing: [],
    };
  }
  const { row, fails } = nearest;
  const [first] = fails;
  if (first === undefined)
    return { because: "Refused by the policy.", needs: "Refused by the policy.", missing: [] };
  const { because, needs } = told[first];
  return {
    because: `Refused: ${because(row, question)}.`,
    needs: `${needs(row, question)}.`,
    missing: missingFor(row, question),
  };
}

/** The permission that came nearest to covering the question; undefined where there is none at all. */
export function nearestGrant({ all, about }: OwnRows, question: GrantQuestion): NearestGrant | undefined {
  const rows = about.some((row) => row.effect === "allow") ? about : all;
  let nearest: (NearestGrant & { distance: number }) | undefined;
  for (const row of rows) {
    if (row.effect !== "allow") continue;
    const fails = failingColumns(row, question);
    const distance =
      fails.reduce((sum, column) => sum + weights[column], 0) + missingFor(row, question).length;
    if (nearest === undefined || distance < nearest.distance) nearest = { row, fails, distance };
  }
  return nearest;
}

/** A caller can change a purpose sooner than a provider, a provider sooner than its data. */
const weights: Readonly<Record<FailingColumn, number>> = {
  when: 10,
  provider: 20,
  data: 1_000,
  does: 10_000,
};

type Say = (row: GrantRow, question: GrantQuestion) => string;

const told: Readonly<Record<FailingColumn, { readonly because: Say; readonly needs: Say }>> = {
  does: {
    because: (_, question) => `no rule allows this caller the action "${question.action}"`,
    needs: (_, question) => `The action "${question.action}" is not permitted to this caller`,
  },
  data: {
    because: (row, question) =>
      `${formatSensitivity(question.data)} data goes further than the nearest rule, ${row.id}, which allows ${dataWords(row.data)}`,
    needs: (row, question) =>
      `${formatSensitivity(question.data)} data goes further than what this caller may send, which is ${dataWords(row.data)}`,
  },
  provider: {
    because: (row, question) =>
      `needs ${joinWords(missingFor(row, question).map(guaranteeWords), "and")} for ${formatSensitivity(question.data)} data (rule ${row.id})`,
    needs: (row, question) =>
      `Needs ${joinWords(missingFor(row, question).map(guaranteeWords), "and")} for ${formatSensitivity(question.data)} data`,
  },
  when: {
    because: (row) =>
      `allowed only ${joinWords(row.when.conditions.map(conditionWords), "and")} (rule ${row.id})`,
    needs: (row) => `Permitted only ${joinWords(row.when.conditions.map(conditionWords), "and")}`,
  },
};

function missingFor(row: GrantRow, question: GrantQuestion): readonly string[] {
  if (row.provider.kind !== "with") return [];
  return row.provider.words.filter((word) => !question.deployment.atoms.has(word));
}
