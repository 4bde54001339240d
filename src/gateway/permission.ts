// Asks the policy about every deployment that the caller's `model` can mean, and says no clearly.
// `gateway.ts` and `enquiries.ts` use it; it is the only way from a weighed request to a permitted one.

import type { Deployment } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import { Failure, placeOf } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import { formatSensitivity, isWithin, publicData } from "../core/sensitivity.ts";
import type { Permitted, Plan, Weighed } from "../core/stages.ts";
import type { BreakGlassGrant } from "../policy/break-glass.ts";
import { resolveFor } from "../routing/resolve.ts";
import { deterministicClassifier } from "../safety/deterministic.ts";
import { toldConsiderations, wouldDo } from "./disclosure.ts";
import type { Grants } from "./grants.ts";
import { routeFacts } from "./route-facts.ts";
import type { Snapshot } from "./snapshots.ts";

export function permit<R extends ModelRequest>(
  weighed: Weighed<R>,
  snapshot: Snapshot,
  grant: BreakGlassGrant | undefined,
): Permitted<R> {
  const { request } = weighed;
  if (request.action === "moderate" && builtIn.includes(request.model))
    return { ...weighed, permit: snapshot.policy.permit(weighed, []) };
  const { catalog, routes } = snapshot;
  const { deployments: named, way } = resolveFor(request, catalog, routes, () =>
    routeFacts(weighed, snapshot),
  );
  if (named.length === 0) throw notFound(weighed.request.model, snapshot);
  // Of models that the catalog does not list nothing is known, so they are asked.
  const fitting = named.filter(({ model, unlisted }) => unlisted || isMadeFor(model, weighed.request.action));
  if (fitting.length === 0) throw unfit(weighed.request);
  const byRows = snapshot.policy.permit(weighed, fitting);
  if (grant === undefined) return { ...weighed, way, permit: byRows };
  const lifted = snapshot.policy.permit(weighed, fitting, grant);
  // Used is what opened something: a request that the rows permit anyway leaves no trace of it.
  const opens = lifted.allowed.length > byRows.allowed.length;
  return opens
    ? { ...weighed, way, permit: lifted, breakGlass: grant.id }
    : { ...weighed, way, permit: byRows };
}

/** What judges texts inside the gateway: they go nowhere, so there is nothing to permit. */
const builtIn: readonly string[] = ["", deterministicClassifier.id];

/** Asked again after the decision: by its own version for an attempt, by the newest for a running answer. */
export function stillPermits(
  permitted: Permitted,
  deployment: Deployment,
  { policy }: Snapshot,
  grants: Pick<Grants, "activeFor">,
): boolean {
  const grant = permitted.breakGlass === undefined ? undefined : grants.activeFor(permitted.caller);
  return policy.permit(permitted, [deployment], grant).allowed.length > 0;
}

const unable: Readonly<Record<ModelRequest["action"], string>> = {
  complete: "makes no text",
  embed: "makes no embeddings",
  image: "makes no images",
  moderate: "judges no texts",
};

function unfit({ action, model }: ModelRequest): Failure {
  return new Failure("INVALID_REQUEST", `The model ${model} ${unable[action]}.`, { path: "model" });
}

/** Throws where nothing may serve: because all of it is off, or because the policy says so. */
export function requireCandidate<R extends ModelRequest>(plan: Plan<R>, snapshot: Snapshot): Plan<R> {
  if (plan.candidates.length > 0) return plan;
  if (plan.passedOver.size > 0) throw nonePasses(plan);
  const off = allOff(plan, snapshot);
  throw off ? unavailable(off) : denied(plan, snapshot);
}

/** Those that were named, where none of them is on. */
export function allOff(plan: Plan, { catalog }: Snapshot): readonly Deployment[] | undefined {
  const named = plan.considered.flatMap((one) => catalog.deployment(one.deploymentId) ?? []);
  return named.length > 0 && named.every(({ provider }) => !provider.enabled) ? named : undefined;
}

function notFound(model: string, snapshot: Snapshot): Failure {
  const off = snapshot.catalog.provider(model.split("/")[0] ?? "");
  if (off && !off.enabled && model.includes("/")) {
    return new Failure("MODEL_UNAVAILABLE", `${off.name} is off: ${off.disabledReason ?? "not configured"}`);
  }
  if (snapshot.routes.some((route) => route.name === model)) {
    return new Failure("MODEL_UNAVAILABLE", `No deployment of the route ${model} can serve such a request.`);
  }
  return new Failure("MODEL_NOT_FOUND", undefined, { path: "model" });
}

function unavailable(off: readonly Deployment[]): Failure {
  const reasons = new Set(off.map(({ provider }) => `${provider.name}: ${provider.disabledReason ?? "off"}`));
  return new Failure("MODEL_UNAVAILABLE", `Every deployment of this model is off. ${[...reasons].join(" ")}`);
}

/** Something is permitted, but nothing that the route would try. */
function nonePasses({ passedOver, request }: Plan): Failure {
  const reasons = [...passedOver].slice(0, 3).map(([id, because]) => `${id}: ${because}`);
  return new Failure(
    "MODEL_UNAVAILABLE",
    `No permitted deployment is what the route ${request.model} asks for. ${reasons.join(" ")}`,
  );
}

function denied(plan: Plan, snapshot: Snapshot): Failure {
  const considered = toldConsiderations(plan, plan.considered, snapshot);
  const instead = wouldDo(plan, snapshot);
  const effective = formatSensitivity(plan.sensitivity.effective);
  const found = plan.sensitivity.detected.map(
    (one) => `${one.label} (${one.kind}) ${placeOf(one.messageIndex)}`,
  );
  const because = [...new Set(considered.filter((one) => !one.allowed).map((one) => one.because))].slice(
    0,
    3,
  );
  const { session } = plan.sensitivity;
  const sessionText =
    session && !isWithin(session, publicData)
      ? ` Its session was told ${formatSensitivity(session)} before, and that counts.`
      : "";
  const foundText = found.length > 0 ? ` Found: ${[...new Set(found)].join(", ")}.` : "";
  return new Failure(
    "POLICY_DENIED",
    `The policy permits no deployment for data that counts as ${effective}.${foundText}${sessionText} ${because.join(" ")}`.trim(),
    {
      sensitivity: plan.sensitivity,
      considered,
      fix:
        instead === undefined
          ? "No deployment that is switched on may see such data for this key."
          : `Ask for ${instead.id}, which may see this data.`,
    },
  );
}
