// All that can be said about one decision: the row that decided, the permission that came nearest with
// a tick for each of its columns, and what is needed. `explain-decision.ts` makes it; doors show it.

export interface RuleView {
  readonly id: string;
  readonly sentence: string;
  readonly because: string;
  readonly line: number;
  readonly csv: string;
}

export type TickedColumn = "who" | "does" | "data" | "provider" | "when";

export interface Tick {
  readonly column: TickedColumn;
  readonly ok: boolean;
  /** What the rule asks for there, as it is written. */
  readonly asks: string;
}

export interface TickedGrant extends RuleView {
  readonly ticks: readonly Tick[];
}

export interface Explanation {
  readonly allowed: boolean;
  /** The row that allows, or the first that denies; undefined where none grants. */
  readonly decidedBy: RuleView | undefined;
  readonly nearest: TickedGrant | undefined;
  /** The first column in which the nearest grant fails. */
  readonly failed: TickedColumn | undefined;
  readonly because: string;
  /** The same without a word of any rule: for callers who may not read the policy. */
  readonly needs: string;
  readonly missing: readonly string[];
}
