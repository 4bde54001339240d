// What a route asks of each attempt: its time limits, the latency budget of the whole, and when a second
// deployment is called beside a slow one. `stages.ts` hands it to failover; without a route there is none.

import type { PermittedDeployment } from "../core/permit.ts";
import type { RouteTimeouts } from "../core/route.ts";
import type { Plan } from "../core/stages.ts";
import type { FailoverParts } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { worstOf } from "./reserve.ts";

export interface AttemptSettings extends Pick<FailoverParts, "remaining" | "hedgeAfter"> {
  limitsOf(target: PermittedDeployment): { readonly timeouts: RouteTimeouts; readonly alone: boolean };
}

const noLimits = { timeouts: {}, alone: false };
const without: AttemptSettings = {
  remaining: () => Number.POSITIVE_INFINITY,
  hedgeAfter: () => undefined,
  limitsOf: () => noLimits,
};

export function attemptOf(
  plan: Plan,
  { health, now }: Pick<GatewayParts, "health" | "now">,
): AttemptSettings {
  const { way } = plan;
  if (way === undefined) return without;
  const { failover, hedge } = way.route;
  const within = failover?.within;
  const remaining = (): number => (within === undefined ? Infinity : plan.at + within - now());
  return {
    remaining,
    hedgeAfter({ deployment }) {
      // Two answers must not cost more than the caller would pay for one.
      if (hedge === undefined || worstOf(plan) > (plan.maxCost ?? Infinity)) return undefined;
      return hedge.after === "p95" ? health.vitals(deployment.id)?.firstToken?.p95 : hedge.after;
    },
    limitsOf({ deployment }) {
      const own = { ...failover?.timeouts, ...way.settings.get(deployment.id)?.timeouts };
      const left = remaining();
      // A budget that is not endless limits the wait for the first word as well.
      const firstToken = Number.isFinite(left)
        ? Math.max(1, Math.min(own.firstToken ?? left, left))
        : own.firstToken;
      return { timeouts: { ...own, firstToken }, alone: hedge !== undefined };
    },
  };
}
