// Orders what the policy permitted: healthy before resting, real before demo, known price before
// unknown, cheap before dear, then by id. Pure: the same input gives the same plan and hash.

import { createHmac } from "node:crypto";
import { identityOf } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import type { Picodollars } from "../core/money.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import type { Permitted, Plan, PlannedCandidate } from "../core/stages.ts";

export interface PlanParts {
  worstCase(request: ModelRequest, deployment: Deployment): Picodollars | undefined;
  isHealthy(deploymentId: string): boolean;
  /** Nothing of the request would have to be left out there. Asked only for callers who want to be rerouted. */
  takesWhole(target: PermittedDeployment, request: ModelRequest): boolean;
  /** Keys the hash, so that a plan cannot be made up. */
  readonly secret: string;
}

/** Takes only what the policy has permitted; an empty permit gives a plan without candidates. */
export function plan<R extends ModelRequest>(permitted: Permitted<R>, parts: PlanParts): Plan<R> {
  const candidates = reroute(permitted, parts)
    .map((target) => ({
      target,
      worstCase: parts.worstCase(permitted.request, target.deployment),
      healthy: parts.isHealthy(target.deployment.id),
    }))
    .sort(inOrder);
  return {
    ...permitted,
    candidates,
    considered: permitted.permit.considered,
    hash: hashOf(permitted, candidates, parts.secret),
  };
}

/** Where the caller would rather be rerouted, those that take all of it; where none does, all: each says what it lacks. */
function reroute(permitted: Permitted, parts: PlanParts): readonly PermittedDeployment[] {
  const { allowed } = permitted.permit;
  if (permitted.onUnsupported !== "reroute") return allowed;
  const able = allowed.filter((target) => parts.takesWhole(target, permitted.request));
  return able.length > 0 ? able : allowed;
}

function inOrder(a: PlannedCandidate, b: PlannedCandidate): number {
  return (
    Number(b.healthy) - Number(a.healthy) ||
    Number(isDemo(a)) - Number(isDemo(b)) ||
    (a.worstCase ?? Number.MAX_SAFE_INTEGER) - (b.worstCase ?? Number.MAX_SAFE_INTEGER) ||
    (a.target.deployment.id < b.target.deployment.id ? -1 : 1)
  );
}

const isDemo = (candidate: PlannedCandidate): boolean =>
  candidate.target.deployment.provider.dialect === "demo";

/** Everything that made the plan what it is: the same caller, policy, data, order, promises and prices. */
function hashOf(permitted: Permitted, candidates: readonly PlannedCandidate[], secret: string): string {
  const facts = [
    identityOf(permitted.caller),
    permitted.request.model,
    permitted.permit.policyHash,
    formatSensitivity(permitted.sensitivity.effective),
    ...candidates.flatMap(({ target, worstCase }) => [
      target.deployment.id,
      target.deployment.price?.version ?? "",
      String(worstCase ?? ""),
      target.rule,
      target.obligations.join(" "),
      ...target.deployment.guarantees
        .filter(({ held }) => held)
        .map(({ name, source, until }) => `${name} ${source ?? ""} ${until?.toISOString() ?? ""}`),
    ]),
  ];
  return createHmac("sha256", secret).update(JSON.stringify(facts)).digest("base64url").slice(0, 32);
}
