// Says why a permitted candidate is not tried: below a floor of its route, or above a ceiling.
// `plan.ts` asks for each; what is not known yet of a candidate's speed or errors counts for it.

import type { Deployment } from "../core/deployment.ts";
import { formatUsd } from "../core/money.ts";
import type { Floors, Way } from "../core/route.ts";
import type { PlannedCandidate } from "../core/stages.ts";
import type { OrderFacts } from "./order.ts";

/** In a sentence; undefined where it may be tried. */
export function passedOverBecause(
  { target, worstCase }: PlannedCandidate,
  way: Way,
  facts: OrderFacts,
): string | undefined {
  const { deployment } = target;
  const ceilings = [way.route.maxCost, way.settings.get(deployment.id)?.maxCost];
  for (const ceiling of ceilings) {
    if (ceiling === undefined) continue;
    if (worstCase === undefined) return "Its price is unknown, and the route has a cost ceiling.";
    if (worstCase > ceiling)
      return `It may cost ${formatUsd(worstCase)} USD, above the route's ${formatUsd(ceiling)}.`;
  }
  const { floors } = way.route;
  return floors && (belowStaticFloor(floors, deployment) ?? belowLiveFloor(floors, deployment, way, facts));
}

/** What only another catalog could change; nothing is held against a model that nobody lists. */
export function belowStaticFloor(floors: Floors, { model, price, unlisted }: Deployment): string | undefined {
  const missing = unlisted
    ? []
    : (floors.capabilities ?? []).filter((one) => !model.capabilities.includes(one));
  if (missing.length > 0) return `It lacks ${missing.join(", ")}, which the route asks for.`;
  return failing([
    [
      floors.context,
      (least) => !unlisted && (model.contextTokens ?? 0) < least,
      "Its context is shorter than the route asks for.",
    ],
    [
      floors.inputUsd,
      (most) => (price?.inputUsdPerMillion ?? Infinity) > most,
      "Its input is dearer than the route allows.",
    ],
    [
      floors.outputUsd,
      (most) => (price?.outputUsdPerMillion ?? Infinity) > most,
      "Its output is dearer than the route allows.",
    ],
  ]);
}

function belowLiveFloor(
  floors: Floors,
  { id, model }: Deployment,
  way: Way,
  facts: OrderFacts,
): string | undefined {
  const vitals = facts.vitals(id);
  const score = facts.score(model.id, way.task);
  return failing([
    [
      floors.score,
      (least) => score === undefined || score < least,
      "Its score is below the route's floor, or unknown.",
    ],
    [
      floors.firstTokenP50,
      (most) => (vitals?.firstToken?.p50 ?? 0) > most,
      "Its first token now takes longer than the route allows.",
    ],
    [
      floors.firstTokenP95,
      (most) => (vitals?.firstToken?.p95 ?? 0) > most,
      "Its first token now takes longer, at the 95th percentile, than the route allows.",
    ],
    [
      floors.tokensPerSecond,
      (least) => (vitals?.tokensPerSecond ?? Infinity) < least,
      "It now writes more slowly than the route asks for.",
    ],
    [
      floors.errors,
      (most) => (vitals?.errorRate ?? 0) > most,
      "It now fails more often than the route allows.",
    ],
  ]);
}

type Check = readonly [bound: number | undefined, fails: (bound: number) => boolean, because: string];

const failing = (checks: readonly Check[]): string | undefined =>
  checks.find(([bound, fails]) => bound !== undefined && fails(bound))?.[2];
