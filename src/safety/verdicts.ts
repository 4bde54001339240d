// What is asked of the policy and what is told of the answer: categories, actions, the tally of one request.
// `screen.ts` and `held-text.ts` use it; the policy itself is a function handed in, since it lives elsewhere.

import type { SafetyVerdict } from "../core/answer.ts";
import type { Span } from "../detect/span.ts";

export type VerdictAction = "block" | "redact" | "flag";

interface Decision {
  readonly action: VerdictAction;
  /** Undefined where no row granted anything, which means block. */
  readonly rule: string | undefined;
}

/** What the policy says of one category, as `secret.github-token`. */
export type Decide = (category: string) => Decision;

/** Filled while the answer runs; `core/answer.ts` shows it as `SafetySummary`. */
export interface MutableSafetySummary {
  readonly classifiers: string[];
  readonly notRun: string[];
  readonly categories: string[];
  readonly verdicts: SafetyVerdict[];
}

export const newSafetySummary = (): MutableSafetySummary => ({
  categories: [],
  classifiers: [],
  notRun: [],
  verdicts: [],
});

export const categoryOf = (span: Span): string => `${span.label}.${span.kind}`;

/** `[CREDIT_CARD]`: plain ASCII without quotes, so that it fits into JSON and prose alike. */
export const placeholderOf = (kind: string): string => `[${kind.toUpperCase().replace(/-/g, "_")}]`;

const strictness: Readonly<Record<VerdictAction, number>> = { flag: 0, redact: 1, block: 2 };

export const strictest = (actions: readonly VerdictAction[]): VerdictAction =>
  actions.reduce((a, b) => (strictness[b] > strictness[a] ? b : a), "flag");

/** Asks the policy once per category and notes each in the tally. */
export function remembering(
  decide: Decide,
  summary: MutableSafetySummary,
): (category: string) => VerdictAction {
  let actions: Map<string, VerdictAction> | undefined;
  return (category) => {
    const known = actions?.get(category);
    if (known !== undefined) return known;
    const { action } = decide(category);
    actions ??= new Map();
    actions.set(category, action);
    if (!summary.categories.includes(category)) summary.categories.push(category);
    return action;
  };
}
