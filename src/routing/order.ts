// The orders in which candidates can be tried, as one table of comparisons.
// `plan.ts` sorts by them; all are total, so that the same facts always give the same plan.

import type { Order, Way } from "../core/route.ts";
import type { PlannedCandidate } from "../core/stages.ts";
import type { Vitals } from "../core/vitals.ts";
import { turnOf } from "./draw.ts";

export interface OrderFacts {
  /** Repeats the draws of weighted and balanced orders. */
  readonly seed: string;
  vitals(deploymentId: string): Vitals | undefined;
  /** From the evaluation table: of the task, or overall. */
  score(modelId: string, task: string | undefined): number | undefined;
}

/** Orders that draw: a plan under them is repeated only with its seed. */
export const drawn: ReadonlySet<Order> = new Set(["weighted", "balanced"]);

type Rank = (candidate: PlannedCandidate, way: Way | undefined, facts: OrderFacts) => number;

const last = Number.MAX_SAFE_INTEGER;

const demo: Rank = ({ target }) => Number(target.deployment.provider.dialect === "demo");
const cost: Rank = ({ worstCase }) => worstCase ?? last;
const place: Rank = ({ target }, way) => way?.places.get(target.deployment.id) ?? last;
const unpriced: Rank = ({ worstCase }) => Number(worstCase === undefined);

/** What was not measured yet comes first, or it would never be measured. */
const firstToken: Rank = ({ target }, _way, facts) =>
  facts.vitals(target.deployment.id)?.firstToken?.average ?? 0;

const score: Rank = ({ target }, way, facts) =>
  -(facts.score(target.deployment.model.id, way?.task) ?? -last);

const weighted: Rank = ({ target: { deployment } }, way, { seed }) =>
  turnOf(seed, deployment.id, way?.settings.get(deployment.id)?.weight ?? 1);

/** Half the price draws four times as often. */
const balanced: Rank = ({ target, worstCase }, _way, { seed }) =>
  turnOf(seed, target.deployment.id, 1 / Math.max(worstCase ?? 1, 1) ** 2);

const ranks: Readonly<Record<Order, readonly Rank[]>> = {
  cheapest: [demo, cost],
  fastest: [demo, firstToken, cost],
  best: [score, place, demo, cost],
  "in-order": [place, cost],
  weighted: [weighted],
  balanced: [demo, unpriced, balanced],
};

export function sorted(
  candidates: readonly PlannedCandidate[],
  order: Order,
  way: Way | undefined,
  facts: OrderFacts,
): PlannedCandidate[] {
  const keyed = candidates.map((candidate) => ({
    candidate,
    keys: [Number(!candidate.healthy), ...ranks[order].map((rank) => rank(candidate, way, facts))],
  }));
  keyed.sort((a, b) => {
    for (const [index, key] of a.keys.entries()) {
      const difference = key - (b.keys[index] ?? 0);
      if (difference !== 0 && !Number.isNaN(difference)) return difference;
    }
    return a.candidate.target.deployment.id < b.candidate.target.deployment.id ? -1 : 1;
  });
  return keyed.map(({ candidate }) => candidate);
}
