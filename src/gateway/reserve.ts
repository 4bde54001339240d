// Holds the worst case of a plan before anything is called, and drops candidates that would pass
// the caller's own limit. The hold is settled by the account, however the request ends.

import { Failure } from "../core/errors.ts";
import { formatUsd, type Picodollars } from "../core/money.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Soon } from "../core/soon.ts";
import type { Permitted, Plan } from "../core/stages.ts";
import type { Budgets, Hold } from "../metering/budgets.ts";

type Held = Extract<Hold, { ok: true }>;

/** A promise only where a budget covers the caller. */
export function reserve<R extends ModelRequest>(
  planned: Plan<R>,
  budgets: Budgets,
  account: { holdSettlesWith(hold: Held): void },
): Soon<Plan<R>> {
  const plan = withinOwnLimit(planned);
  const holding = holdFor(plan, worstOf(plan), budgets);
  if (holding instanceof Promise)
    return holding.then((hold) => {
      account.holdSettlesWith(hold);
      return plan;
    });
  account.holdSettlesWith(holding);
  return plan;
}

/** In every budget that covers the caller; throws where one has no room. */
export function holdFor(
  { caller, requestId }: Pick<Permitted, "caller" | "requestId">,
  amount: Picodollars,
  budgets: Budgets,
): Soon<Held> {
  const { key, user, team } = caller;
  const scopes = user === undefined ? [key, team, "organisation"] : [user, key, team, "organisation"];
  const holding = budgets.hold(requestId, scopes, amount);
  return holding instanceof Promise ? holding.then((hold) => held(hold, amount)) : held(holding, amount);
}

function held(hold: Hold, amount: Picodollars): Held {
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
  const [only] = candidates;
  if (candidates.length === 1) return only?.worstCase ?? 0;
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
