// Orders what the policy permitted, as the route says; a model's own deployments are balanced by price.
// Pure: the same input gives the same plan and hash, draws included, since their seed is part of it.

import { createHmac } from "node:crypto";
import { identityOf } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import type { Picodollars } from "../core/money.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Order, Way } from "../core/route.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import type { Permitted, Plan, PlannedCandidate } from "../core/stages.ts";
import { passedOverBecause } from "./floors.ts";
import { drawn, sorted, type OrderFacts } from "./order.ts";

export interface PlanParts extends OrderFacts {
  worstCase(request: ModelRequest, deployment: Deployment): Picodollars | undefined;
  isHealthy(deploymentId: string): boolean;
  /** Nothing of the request would have to be left out there. Asked only for callers who want to be rerouted. */
  takesWhole(target: PermittedDeployment, request: ModelRequest): boolean;
  /** Where the request's session was served last. */
  readonly kept?: string | undefined;
  /** What escalation has learned not to begin with. */
  readonly skipped?: string | undefined;
  /** What the route's webhook said, best first. */
  readonly advised?: readonly string[] | undefined;
  /** Keys the hash, so that a plan cannot be made up. */
  readonly secret: string;
}

/** The seed stands at the front of a hash, so that a plan can be drawn again as it was shown. */
export const seedLength = 8;

/** Takes only what the policy has permitted; an empty permit gives a plan without candidates. */
export function plan<R extends ModelRequest>(permitted: Permitted<R>, parts: PlanParts): Plan<R> {
  const { way } = permitted;
  const order = way?.order ?? "balanced";
  const fitting: PlannedCandidate[] = [];
  let passedOver: Map<string, string> | undefined;
  for (const target of reroute(permitted, parts)) {
    const { id } = target.deployment;
    const worstCase = parts.worstCase(permitted.request, target.deployment);
    const candidate = { target, worstCase, healthy: parts.isHealthy(id) };
    const because = way && passedOverBecause(candidate, way, parts);
    if (because === undefined) fitting.push(candidate);
    else (passedOver ??= new Map()).set(id, because);
  }
  const candidates = fitting.length > 1 ? inOrder(fitting, order, way, parts) : fitting;
  const isDrawn = (drawn.has(order) || way?.route.escalate?.learn === true) && candidates.length > 1;
  return {
    ...permitted,
    candidates,
    straight: parts.skipped !== undefined,
    passedOver: passedOver ?? nothingPassedOver,
    considered: permitted.permit.considered,
    hash: () => hashOf(permitted, candidates, parts, isDrawn),
  };
}

const nothingPassedOver: ReadonlyMap<string, string> = new Map();

function inOrder(
  fitting: readonly PlannedCandidate[],
  order: Order,
  way: Way | undefined,
  parts: PlanParts,
): readonly PlannedCandidate[] {
  const first = [...(keptBy(parts, way?.route) ?? []), ...(parts.advised ?? [])];
  return behind(moved(sorted(fitting, order, way, parts), first), parts.skipped);
}

/** Where the caller would rather be rerouted, those that take all of it; where none does, all: each says what it lacks. */
function reroute(permitted: Permitted, parts: PlanParts): readonly PermittedDeployment[] {
  const { allowed } = permitted.permit;
  if (permitted.onUnsupported !== "reroute") return allowed;
  const able = allowed.filter((target) => parts.takesWhole(target, permitted.request));
  return able.length > 0 ? able : allowed;
}

const keptBy = (
  { kept }: PlanParts,
  route: { readonly affinity?: boolean | undefined } | undefined,
): readonly string[] | undefined => (kept === undefined || route?.affinity === false ? undefined : [kept]);

/** Those named come first, in that order, where they are healthy; the others stay as they were. */
function moved(ordered: readonly PlannedCandidate[], first: readonly string[]): readonly PlannedCandidate[] {
  if (first.length === 0) return ordered;
  const preferred = [...new Set(first)].flatMap(
    (id) => ordered.find(({ target, healthy }) => healthy && target.deployment.id === id) ?? [],
  );
  return [...preferred, ...ordered.filter((candidate) => !preferred.includes(candidate))];
}

function behind(
  candidates: readonly PlannedCandidate[],
  skipped: string | undefined,
): readonly PlannedCandidate[] {
  if (skipped === undefined) return candidates;
  const isSkipped = ({ target }: PlannedCandidate): boolean => target.deployment.id === skipped;
  return [...candidates.filter((one) => !isSkipped(one)), ...candidates.filter(isSkipped)];
}

/** Everything that made the plan what it is: the same caller, policy, data, way, order, promises and prices. */
function hashOf(
  permitted: Permitted,
  candidates: readonly PlannedCandidate[],
  parts: PlanParts,
  isDrawn: boolean,
): string {
  const { way } = permitted;
  // Asked for only where it counts: mostly it is chance, and chance costs more than all else here.
  const seed = isDrawn ? parts.seed : "";
  const facts = [
    identityOf(permitted.caller),
    permitted.request.model,
    permitted.permit.policyHash,
    formatSensitivity(permitted.sensitivity.effective),
    ...(way ? [way.route.name, way.arm ?? "", way.task ?? ""] : []),
    ...(isDrawn ? [seed] : []),
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
  const mac = createHmac("sha256", parts.secret)
    .update(JSON.stringify(facts))
    .digest("base64url")
    .slice(0, 32);
  return isDrawn ? `${seed}${mac.slice(seedLength)}` : mac;
}
