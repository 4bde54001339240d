// Holds the worst case of a plan before anything is called, and drops candidates that would pass
// the caller's own limit. The hold is settled by the account, however the request ends.

import { Failure } from "../core/errors.ts";
import { formatUsd, type Picodollars } from "../core/money.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Permitted, Plan } from "../core/stages.ts";
import type { Budgets, Hold } from "../metering/budgets.ts";

export async function reserve<R extends ModelRequest>(
  planned: Plan<R>,
  budgets: Budgets,
  account: { holdSettlesWith(hold: Extract<Hold, { ok: true }>): void },
): Promise<Plan<R>> {
  const plan = withinOwnLimit(planned);
  account.holdSettlesWith(await holdFor(plan, worstOf(plan), budgets));
  return plan;
}

/** In every budget that covers the caller; throws where one has no room. */
export async function holdFor(
  { caller, requestId }: Pick<Permitted, "caller" | "requestId">,
  amount: Picodollars,
  budgets: Budgets,
): Promise<Extract<Hold, { ok: true }>> {
  const own = caller.user === undefined ? [caller.key] : [caller.user, caller.key];
  const hold = await budgets.hold(requestId, [...own, caller.team, "organisation"], amount);
  if (hold.ok) return hold;
  const { budget } = hold;
  throw new Failure("BUDGET_EXCEEDED", undefined, {
    budget: `${budget.scope} ${budget.period} ${formatUsd(budget.limit)} USD`,
    resetsAt: budget.resetsAt,
    fix: `The worst case is ${formatUsd(amount)} USD; lower the most output tokens, or wait until ${budget.resetsAt.toISOString()}.`,
  });
}

/** Of the dearest; of the two dearest where two may answer. */
export function worstOf({ candidates, way }: Plan): Picodollars {
  const { hedge, escalate } = way?.route ?? {};
  const together = hedge === undefined && escalate === undefined ? 1 : 2;
  return candidates
    .map((candidate) => candidate.worstCase ?? 0)
    .sort((a, b) => b - a)
    .slice(0, together)
    .reduce((sum, cost) => sum + cost, 0);
}

/** Where the price is unknown, nobody can promise that a limit holds. */
export function withinOwnLimit<R extends ModelRequest>(plan: Plan<R>): Plan<R> {
  const { maxCost } = plan;
  if (maxCost === undefined) return plan;
  const candidates = plan.candidates.filter((candidate) => (candidate.worstCase ?? Infinity) <= maxCost);
  if (candidates.length > 0) return { ...plan, candidates };
  throw new Failure(
    "BUDGET_EXCEEDED",
    `No permitted deployment is sure to cost at most ${formatUsd(maxCost)} USD.`,
    {
      budget: "request",
      fix: cheapestFix(plan.candidates.flatMap((candidate) => candidate.worstCase ?? [])),
    },
  );
}

const cheapestFix = (worstCases: readonly Picodollars[]): string =>
  worstCases.length === 0
    ? "No permitted deployment has a known price; leave the limit out to use one."
    : `Allow ${formatUsd(Math.min(...worstCases))} USD, or lower the most output tokens.`;
