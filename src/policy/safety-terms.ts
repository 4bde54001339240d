// What happens to answers for one reader and one kind of data, all of it: for the matrix and for explanations.

import type { Sensitivity } from "../core/sensitivity.ts";
import { compileSafety } from "./compiled-safety.ts";
import type { RuleView } from "./explanation.ts";
import type { SafetyAction, SafetyRegime } from "./policy.ts";
import { ruleView } from "./rule-view.ts";
import type { PolicyRows } from "./rows.ts";
import { categoriesOf, unnamedCategory } from "./safety-points.ts";

export interface SafetyTerms extends Omit<SafetyRegime, "rules"> {
  readonly decidedBy: readonly RuleView[];
  /** What is done about each category that rows, groups or our own classifier name. */
  readonly findings: readonly SafetyTerm[];
}

export interface SafetyTerm {
  readonly category: string;
  readonly action: SafetyAction;
  /** Undefined where no row names it, and it is blocked for that. */
  readonly decidedBy: RuleView | undefined;
}

/** Terms by data, for the reader whose ids, joined by one blank, are `subjects`. */
export function safetyTerms(rows: PolicyRows, subjects: string): (data: Sensitivity) => SafetyTerms {
  const compiled = compileSafety(rows, subjects);
  const categories = categoriesOf(rows).filter((category) => category !== unnamedCategory);
  return (data) => {
    const { rows: behind, rules: _ids, ...regime } = compiled.regime(data);
    return {
      ...regime,
      decidedBy: behind.map(ruleView),
      findings: categories.map((category) => {
        const { action, row } = compiled.finding(category, data);
        return { category, action, decidedBy: row && ruleView(row) };
      }),
    };
  };
}
