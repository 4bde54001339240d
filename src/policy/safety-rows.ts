// What becomes of an answer in which a category was found: the `p2` rows, asked for each action in turn.
// The screen asks through `Policy`. Whatever no row grants is blocked.

import { formatSensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { CasbinEngine } from "./casbin-engine.ts";
import { coversData } from "./cells/data.ts";
import type { SafetyDecision, Subjects } from "./policy.ts";
import type { SafetyRow } from "./rows.ts";
import { isMinted } from "./subjects.ts";
import { safetyActions } from "./vocabulary.ts";

const answersKept = 5_000;

const blocked: SafetyDecision = { action: "block", rule: undefined };

export function makeSafetyDecision(
  rows: readonly SafetyRow[],
  engine: CasbinEngine,
): (subjects: Subjects, data: Sensitivity, category: string) => SafetyDecision {
  const answers = new Map<string, SafetyDecision>();

  return (who, data, category) => {
    if (!isMinted(who)) return blocked;
    const { key, team, roles } = who;
    const subjects = [key, team, ...roles].join(" ");
    const question = `${subjects}|${formatSensitivity(data)}|${category}`;
    let answer = answers.get(question);
    if (answer === undefined) {
      answer = ask(subjects, data, category);
      if (answers.size >= answersKept) answers.clear();
      answers.set(question, answer);
    }
    return answer;
  };

  function ask(subjects: string, data: Sensitivity, category: string): SafetyDecision {
    // Categories can come from a model's words; one that could be mistaken for several names is none.
    if (category === "" || /[\s,|]/.test(category)) return blocked;
    for (const action of safetyActions) {
      if (!engine.grantsSafety(subjects, data, category, action)) continue;
      return {
        action,
        rule: rows.find((row) => row.action === action && means(row, subjects, data, category))?.id,
      };
    }
    return blocked;
  }

  function means(row: SafetyRow, subjects: string, data: Sensitivity, category: string): boolean {
    return (
      (row.who === "anyone" || engine.teams.syncedHasLink(subjects, row.who)) &&
      coversData(row.data, data) &&
      (row.category === "anything" || engine.categories.syncedHasLink(category, row.category))
    );
  }
}
