// The stages that completions and embeddings share, each one step of the flow.
// `gateway.ts` and `embed.ts` call them in order.

import { asFailure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Soon } from "../core/soon.ts";
import type { Asked, Normalised, Permitted, Plan, Weighed } from "../core/stages.ts";
import type { RememberedSession } from "../intake/session-memory.ts";
import { normalise } from "../intake/normalise.ts";
import { weigh } from "../intake/weigh.ts";
import type { GatewayParts } from "./parts.ts";
import { permit, requireCandidate } from "./permission.ts";
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
    parts.records.requireRoom();
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
