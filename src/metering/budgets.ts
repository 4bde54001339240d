// Where money is held before a call and settled after it. `store/` keeps it in the database, so
// that the sum over all replicas never passes a limit.

import type { Picodollars } from "../core/money.ts";
import type { Soon } from "../core/soon.ts";

/** `key:…`, `user:…`, `team:…` or `organisation`. */
export type BudgetScope = string;

export interface Budget {
  readonly scope: BudgetScope;
  readonly limit: Picodollars;
  readonly period: "month" | "day";
  readonly spent: Picodollars;
  readonly held: Picodollars;
  readonly resetsAt: Date;
}

export type Hold =
  /** Undefined where no budget covers it: there is nothing to settle. */
  | { readonly ok: true; settle(cost: Picodollars): Promise<void> | undefined }
  | { readonly ok: false; readonly budget: Budget };

export interface Budgets {
  /**
   * Holds `amount` in every budget that covers the scopes, all or none, in one transaction.
   * Answers without asking the database where no scope has a budget (a cached fact, refreshed
   * with the generation).
   */
  hold(requestId: string, scopes: readonly BudgetScope[], amount: Picodollars): Soon<Hold>;
}
