// The stages that completions and embeddings share, each one step of the flow.
// `gateway.ts` and `embed.ts` call them in order.

import type { Deployment } from "../core/deployment.ts";
import { asFailure } from "../core/errors.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Asked, Permitted, Plan } from "../core/stages.ts";
import { normalise } from "../intake/normalise.ts";
import { weigh } from "../intake/weigh.ts";
import { takesWhole } from "../providers/capabilities.ts";
import { plan } from "../routing/plan.ts";
import type { Account } from "./account.ts";
import { beginAttempt } from "./attempts.ts";
import type { FailoverParts } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { permit, requireCandidate, stillPermits } from "./permission.ts";
import { planUnchanged } from "./plan-hash.ts";
import { recallSession } from "./session.ts";
import type { Snapshot } from "./snapshots.ts";
import { worstCaseOf } from "./worst-case.ts";

export interface Admitted<R extends ModelRequest> {
  readonly permitted: Permitted<R>;
  /** Pinned: the whole request is judged under it. */
  readonly snapshot: Snapshot;
}

/** Until the policy has answered there is no account, so what is refused before is only counted. */
export async function admit<R extends ModelRequest>(
  asked: Asked<R>,
  parts: GatewayParts,
  signal: AbortSignal,
): Promise<Admitted<R>> {
  try {
    const snapshot = parts.snapshots.current();
    const normalised = normalise(asked, snapshot.policy.labels, parts.now());
    const session = await recallSession(normalised, parts);
    const weighed = await weigh(normalised, snapshot.policy, session?.point, signal);
    const permitted = permit(weighed, snapshot, parts.grants.activeFor(asked.caller));
    // What is refused everywhere was told to nobody, and must not weigh on the rest of the session.
    if (permitted.permit.allowed.length > 0) await session?.join(weighed.sensitivity.effective);
    return { permitted, snapshot };
  } catch (error) {
    const code = signal.aborted ? "cancelled" : asFailure(error).code;
    parts.telemetry.requestRefused(asked.door ?? "inner", code);
    throw error;
  }
}

/** Throws where nothing may serve, or where the caller is bound to another plan. */
export function planFor<R extends ModelRequest>(
  permitted: Permitted<R>,
  snapshot: Snapshot,
  { health, secret }: GatewayParts,
): Plan<R> {
  const planned = plan(permitted, {
    worstCase: worstCaseOf,
    isHealthy: health.isHealthy,
    takesWhole,
    secret,
  });
  return planUnchanged(requireCandidate(planned, snapshot));
}

/** Every attempt must still be permitted when its turn comes, and not denied by what is newest then. */
export function attemptsUnder(
  permitted: Permitted,
  pinned: Snapshot,
  account: Pick<Account, "attempts">,
  parts: GatewayParts,
  signal: AbortSignal,
): FailoverParts {
  return {
    begin: (target) => beginAttempt(target, permitted.requestId, account.attempts, parts, signal),
    stillPermitted({ deployment }) {
      const newest = parts.snapshots.current();
      // The pinned version too: evidence that it rests on may expire while another deployment is tried.
      if (!permits(pinned, deployment)) return false;
      const again = newest.catalog.deployment(deployment.id);
      return newest === pinned || (again !== undefined && permits(newest, again));
    },
  };

  function permits(snapshot: Snapshot, deployment: Deployment): boolean {
    return stillPermits(permitted, deployment, snapshot, parts.grants);
  }
}
