// What becomes of an answer in which a category was found: the `p2` rows, asked for each action in turn.
// The screen asks through `Policy`. Whatever no row grants is blocked.

import { formatSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { CasbinEngine } from "./casbin-engine.ts";
import { coversData } from "./cells/data.ts";
import type { SafetyDecision, Subjects } from "./policy.ts";
import type { RegimeRow, SafetyRow } from "./rows.ts";
import { makeNames } from "./subjects.ts";
import { safetyActions } from "./vocabulary.ts";

const answersKept = 5_000;

const blocked: SafetyDecision = { action: "block", rule: undefined };

export function makeSafetyDecision(
  rows: readonly SafetyRow[],
  engine: CasbinEngine,
): (subjects: Subjects, data: Sensitivity, category: string) => SafetyDecision {
  const answer = remembered(ask);
  const namesOf = makeNames();
  return (who, data, category) => {
    const subjects = namesOf(who);
    if (subjects === undefined) return blocked;
    return answer(`${subjects}|${formatSensitivity(data)}|${category}`, subjects, data, category);
  };

  function ask(subjects: string, data: Sensitivity, category: string): SafetyDecision {
    // Categories can come from a model's words; one that could be mistaken for several names is none.
    if (category === "" || /[\s,|]/.test(category)) return blocked;
    for (const action of safetyActions) {
      if (!engine.grantsSafety(subjects, data, category, action)) continue;
      const row = rowsInForce(rows, engine, { subjects, data, category }).find(
        (one) => one.action === action,
      );
      return row === undefined ? blocked : { action, rule: row.id };
    }
    return blocked;
  }
}

interface SafetyQuestion {
  /** The caller's ids, joined by one blank. */
  readonly subjects: string;
  readonly data: Sensitivity;
  readonly category: string;
}

/** The rows that speak of it, in the compiled form: it must agree with Casbin always. */
export const rowsInForce = <Row extends SafetyRow | RegimeRow>(
  rows: readonly Row[],
  { teams, categories }: Pick<CasbinEngine, "teams" | "categories">,
  { subjects, data, category }: SafetyQuestion,
): readonly Row[] =>
  rows.filter(
    (row) =>
      (row.who === "anyone" || teams.syncedHasLink(subjects, row.who)) &&
      coversData(row.data, data) &&
      (row.category === "anything" || categories.syncedHasLink(category, row.category)),
  );

/** Answers of one policy version never change, so each is worked out once. */
export function remembered<Asked extends readonly unknown[], Answer>(
  ask: (...asked: Asked) => Answer,
): (question: string, ...asked: Asked) => Answer {
  const answers = new Map<string, Answer>();
  return (question, ...asked) => {
    let answer = answers.get(question);
    if (answer === undefined) {
      answer = ask(...asked);
      if (answers.size >= answersKept) answers.clear();
      answers.set(question, answer);
    }
    return answer;
  };
}
