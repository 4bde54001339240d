// Binds a request to the plan that its caller saw: another plan is an error, never a surprise.

import { Failure } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Plan } from "../core/stages.ts";

export function planUnchanged<R extends ModelRequest>(plan: Plan<R>): Plan<R> {
  if (plan.planHash === undefined || plan.planHash === plan.hash()) return plan;
  throw new Failure("PLAN_STALE");
}
