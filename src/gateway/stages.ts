// The stages that completions and embeddings share, each one step of the flow.
// `gateway.ts` and `embed.ts` call them in order.

import type { Deployment } from "../core/deployment.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Soon } from "../core/soon.ts";
import type { Asked, Normalised, Permitted, Plan, Weighed } from "../core/stages.ts";
import type { RememberedSession } from "../intake/session-memory.ts";
import type { BreakerState } from "../core/vitals.ts";
import { normalise } from "../intake/normalise.ts";
import { weigh } from "../intake/weigh.ts";
import type { Entry } from "../providers/places.ts";
import { AttemptFailure } from "../providers/upstream-failure.ts";
import type { Health } from "../routing/health.ts";
import type { Account } from "./account.ts";
import { attemptOf } from "./attempt-settings.ts";
import { beginAttempt } from "./attempts.ts";
import type { FailoverParts } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { permit, requireCandidate, stillPermits } from "./permission.ts";
import { planUnchanged } from "./plan-hash.ts";
import { makePlan } from "./planning.ts";
import { recallSession } from "./session.ts";
import type { Snapshot } from "./snapshots.ts";

export interface Admitted<R extends ModelRequest> {
  readonly permitted: Permitted<R>;
  /** Absent without a session id. */
  readonly session: RememberedSession | undefined;
  /** Pinned: the whole request is judged under it. */
  readonly snapshot: Snapshot;
}

/**
 * Until the policy has answered there is no account, so what is refused before is only counted. A promise only where a
 * session is asked about or there is much to read.
 */
export function admit<R extends ModelRequest>(
  asked: Asked<R>,
  parts: GatewayParts,
  signal: AbortSignal,
): Soon<Admitted<R>> {
  try {
    const snapshot = parts.snapshots.current();
    const normalised = normalise(asked, snapshot.policy.labels, parts.now());
    const weighing =
      asked.sessionId === undefined ? weigh(normalised, snapshot.policy, undefined, signal) : undefined;
    if (weighing !== undefined && !(weighing instanceof Promise))
      return admitted(weighing, undefined, snapshot, parts);
    return admitLater(normalised, weighing, snapshot, parts, signal).catch((error: unknown) =>
      refuse(error, asked, parts, signal),
    );
  } catch (error) {
    return refuse(error, asked, parts, signal);
  }
}

async function admitLater<R extends ModelRequest>(
  normalised: Normalised<R>,
  weighing: Promise<Weighed<R>> | undefined,
  snapshot: Snapshot,
  parts: GatewayParts,
  signal: AbortSignal,
): Promise<Admitted<R>> {
  const session = await recallSession(normalised, parts);
  const weighed = await (weighing ?? weigh(normalised, snapshot.policy, session?.point, signal));
  const done = admitted(weighed, session, snapshot, parts);
  // What is refused everywhere was told to nobody, and must not weigh on the rest of the session.
  if (done.permitted.permit.allowed.length > 0) await session?.join(weighed.sensitivity.effective);
  return done;
}

function admitted<R extends ModelRequest>(
  weighed: Weighed<R>,
  session: RememberedSession | undefined,
  snapshot: Snapshot,
  parts: GatewayParts,
): Admitted<R> {
  const permitted = permit(weighed, snapshot, parts.grants.activeFor(weighed.caller));
  return { permitted, session, snapshot };
}

function refuse(error: unknown, { door }: Asked, { telemetry }: GatewayParts, signal: AbortSignal): never {
  telemetry.requestRefused(door ?? "inner", signal.aborted ? "cancelled" : asFailure(error).code);
  throw error;
}

/** Throws where nothing may serve, or where the caller is bound to another plan. */
export function planFor<R extends ModelRequest>(
  { permitted, session, snapshot }: Admitted<R>,
  parts: GatewayParts,
  signal: AbortSignal,
): Soon<Plan<R>> {
  const planning = makePlan(permitted, snapshot, parts, signal, session?.deployment);
  return planning instanceof Promise
    ? planning.then((plan) => binding(plan, snapshot))
    : binding(planning, snapshot);
}

const binding = <R extends ModelRequest>(plan: Plan<R>, snapshot: Snapshot): Plan<R> =>
  planUnchanged(requireCandidate(plan, snapshot));

/** Tells the session where it is served now, where it could have been served elsewhere. */
export function keepSession(
  { candidates }: Plan,
  session: RememberedSession | undefined,
  { deployment }: PermittedDeployment,
): void {
  if (session === undefined || candidates.length < 2 || session.deployment === deployment.id) return;
  session.keep(deployment.id).catch(() => undefined);
}

const unwatched = (health: Health): Health => ({
  ...health,
  admit: () => true,
  succeeded: () => undefined,
  failed: () => undefined,
  released: () => undefined,
});

/** Every attempt must still be permitted when its turn comes, and not denied by what is newest then. */
export function attemptsUnder(
  plan: Plan,
  pinned: Snapshot,
  account: Pick<Account, "attempts" | "meterFor">,
  parts: GatewayParts,
  signal: AbortSignal,
): FailoverParts {
  const { retryBudget } = parts;
  // A classifier has a breaker of its own, whose canaries must be able to call it; ours would only add to an outage.
  const health = plan.request.action === "moderate" ? unwatched(parts.health) : parts.health;
  const settings = attemptOf(plan, parts);
  return {
    ...settings,
    // What is only played takes nothing of its provider.
    enter({ deployment }) {
      if (parts.rehearsal?.faultOf(deployment.id) !== undefined) return undefined;
      const entering = parts.places.enter(deployment, plan, { milliseconds: settings.remaining(), signal });
      return entering instanceof Promise
        ? entering.then((entry) => afterWait(entry, stillPermitted(deployment), health.state(deployment.id)))
        : entering;
    },
    enterAtOnce({ deployment }) {
      if (parts.rehearsal?.faultOf(deployment.id) !== undefined) return { entry: undefined };
      const entry = parts.places.enterAtOnce(deployment, plan);
      if (!(entry instanceof AttemptFailure)) return { entry };
      health.released(deployment.id);
      return undefined;
    },
    begin(target, entry) {
      retryBudget.called();
      const { requestId } = plan;
      const meter = account.meterFor(target);
      const rehearsed = parts.rehearsal?.faultOf(target.deployment.id)?.text;
      const limits = settings.limitsOf(target);
      const own = { requestId, attempts: account.attempts, signal, meter, entry, rehearsed, ...limits };
      return beginAttempt(target, own, { ...parts, health });
    },
    admits: ({ deployment }) => health.admit(deployment.id),
    mayAdd: () => retryBudget.take(),
    resting({ deployment }) {
      const change = health.troubled().find(({ deploymentId }) => deploymentId === deployment.id);
      const seconds = ((change?.until ?? 0) - parts.now()) / 1_000;
      return { seconds, rateLimited: change?.cause === "rate-limit" };
    },
    stillPermitted: ({ deployment }) => stillPermitted(deployment),
  };

  function stillPermitted(deployment: Deployment): boolean {
    const newest = parts.snapshots.current();
    // The pinned version too: evidence that it rests on may expire while another deployment is tried.
    if (!permits(pinned, deployment)) return false;
    const again = newest.catalog.deployment(deployment.id);
    return newest === pinned || (again !== undefined && permits(newest, again));
  }

  function permits(snapshot: Snapshot, deployment: Deployment): boolean {
    return stillPermits(plan, deployment, snapshot, parts.grants);
  }
}

/** Much may have happened meanwhile: a policy that denies it, a breaker that opened. */
function afterWait(entry: Entry, permitted: boolean, state: BreakerState): Entry {
  if (entry instanceof AttemptFailure || (permitted && state !== "open")) return entry;
  entry?.end();
  const failure = permitted
    ? new Failure("MODEL_UNAVAILABLE", "It kept failing while this request waited for it.")
    : new Failure("POLICY_REVOKED", "The permission was withdrawn while this request waited.");
  return new AttemptFailure(failure, { mayTryAnother: true });
}
