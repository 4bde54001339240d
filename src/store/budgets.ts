// Budgets in the database, so that the sum over all replicas never passes a limit.
// The meter holds before a call and settles after it; administrators set and list.

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../core/errors.ts";
import { formatUsd } from "../core/money.ts";
import type { Picodollars } from "../core/money.ts";
import type { Budget, Budgets, BudgetScope, Hold } from "../metering/budgets.ts";
import {
  expireStatement,
  forgetStatement,
  holdStatement,
  listStatement,
  setStatement,
  settleStatement,
} from "./budget-statements.ts";
import type { Database } from "./database.ts";
import { periodAfter, periodStart } from "./periods.ts";

export interface BudgetBook extends Budgets {
  /** INVALID_REQUEST where scope or limit make no sense. What this period has cost so far counts. */
  set(scope: BudgetScope, limit: Picodollars, period: "month" | "day"): Promise<Budget>;
  list(): Promise<readonly Budget[]>;
}

export interface OpenedBudgetBook extends BudgetBook {
  /** Whatever changed budgets calls this; the next hold looks again which scopes have one. */
  readonly forgetScopes: () => void;
  /** Gives back what crashed processes held. */
  expireHolds(): Promise<void>;
}

const holdMilliseconds = 15 * 60 * 1_000;
/** How long a request that outlived its hold may still settle. */
const lateMilliseconds = 24 * 60 * 60 * 1_000;
/** Pauses between tries to settle: a database that fails over is back within seconds. */
const settlePauses = [100, 200, 400, 800, 1_500];

export function openBudgetBook(database: Database, now: () => Date): OpenedBudgetBook {
  let scopesWithBudget: Promise<ReadonlySet<string>> | undefined;
  let known: ReadonlySet<string> | undefined;

  async function readScopes(): Promise<ReadonlySet<string>> {
    const reading = (scopesWithBudget ??= database
      .query<{ scope: string }>(`select "scope" from "budget"`)
      .then((rows) => new Set(rows.map(({ scope }) => scope))));
    try {
      const scopes = await reading;
      if (scopesWithBudget === reading) known = scopes;
      return scopes;
    } catch (error) {
      if (scopesWithBudget === reading) scopesWithBudget = undefined;
      throw error;
    }
  }

  function forgetScopes(): void {
    scopesWithBudget = undefined;
    known = undefined;
  }

  const starts = () =>
    [periodStart("month", now()).toISOString(), periodStart("day", now()).toISOString()] as const;

  async function expireHolds(): Promise<boolean> {
    const at = now();
    const freed = await database.query(expireStatement, [at.toISOString(), ...starts()]);
    const late = new Date(at.getTime() - lateMilliseconds);
    await database.query(forgetStatement, [late.toISOString()]);
    return freed.length > 0;
  }

  async function tryHold(requestId: string, scopes: readonly string[], amount: Picodollars): Promise<Hold> {
    const hold = randomUUID();
    const named = JSON.stringify(scopes);
    const expiry = new Date(now().getTime() + holdMilliseconds).toISOString();
    const rows = await database.query<BudgetRow & { fits: boolean }>(holdStatement, [
      named,
      ...starts(),
      formatUsd(amount),
      hold,
      requestId,
      expiry,
    ]);
    const refused = rows.find(({ fits }) => !fits);
    if (refused) return { ok: false, budget: budgetOf(refused) };
    // A budget may be gone since its scope was read: what covers nothing costs nothing to settle.
    if (rows.length === 0) return nothingHeld;
    return { ok: true, settle: once((cost) => settle(hold, named, cost)) };
  }

  async function holdCovered(
    requestId: string,
    scopes: readonly string[],
    amount: Picodollars,
  ): Promise<Hold> {
    const all = known ?? (await readScopes());
    const covered = scopes.filter((scope) => all.has(scope));
    if (covered.length === 0) return nothingHeld;
    const hold = await tryHold(requestId, covered, amount);
    if (hold.ok || !(await expireHolds())) return hold;
    return tryHold(requestId, covered, amount);
  }

  async function settle(hold: string, named: string, cost: Picodollars): Promise<void> {
    const tryOnce = () => database.query(settleStatement, [named, ...starts(), formatUsd(cost), hold]);
    for (const pause of settlePauses) {
      try {
        await tryOnce();
        return;
      } catch {
        await sleep(pause);
      }
    }
    await tryOnce();
  }

  return {
    hold(requestId, scopes, amount) {
      const all = known;
      if (all !== undefined && !scopes.some((scope) => all.has(scope))) return nothingHeld;
      return holdCovered(requestId, scopes, amount);
    },

    async set(scope, limit, period) {
      if (!/^(?:organisation|(?:key|user|team):.+)$/.test(scope)) {
        throw new Failure("INVALID_REQUEST", "A budget is for key:…, user:…, team:… or organisation.", {
          path: "scope",
        });
      }
      if (!Number.isFinite(limit) || limit < 0) {
        throw new Failure("INVALID_REQUEST", "A budget's limit is zero or more dollars.", { path: "limit" });
      }
      const start = periodStart(period, now()).toISOString();
      await database.query(setStatement, [scope, formatUsd(limit), period, start]);
      forgetScopes();
      const budget = (await listBudgets()).find((one) => one.scope === scope);
      if (!budget) throw new Failure("INTERNAL");
      return budget;
    },

    list: listBudgets,
    forgetScopes,
    async expireHolds() {
      await expireHolds();
    },
  };

  async function listBudgets(): Promise<readonly Budget[]> {
    return (await database.query<BudgetRow>(listStatement, starts())).map(budgetOf);
  }
}

interface BudgetRow {
  readonly scope: string;
  readonly limit: string;
  readonly period: "month" | "day";
  readonly spent: string;
  readonly held: string;
  readonly start: string;
}

function budgetOf({ scope, limit, period, spent, held, start }: BudgetRow): Budget {
  return {
    scope,
    limit: picodollars(limit),
    period,
    spent: picodollars(spent),
    held: picodollars(held),
    resetsAt: periodAfter(period, new Date(Number(start))),
  };
}

/** From `numeric(24,12)`, which always has twelve decimals. */
function picodollars(dollars: string): Picodollars {
  return Number(dollars.replace(".", ""));
}

const nothingHeld: Hold = { ok: true, settle: () => undefined };

/** Settling twice is settling once, also when the first time failed half-way. */
function once(settle: (cost: Picodollars) => Promise<void>): (cost: Picodollars) => Promise<void> {
  let settled: Promise<void> | undefined;
  return (cost) => (settled ??= settle(cost));
}
