// Plans a request without beginning it, by the very stages of the flow: nothing is held, remembered or recorded.
// `enquiries.ts` and `price-together.ts` answer from such plans.

import type { ModelRequest } from "../core/request.ts";
import type { Asked, Plan } from "../core/stages.ts";
import { normalise } from "../intake/normalise.ts";
import { weigh } from "../intake/weigh.ts";
import type { GatewayParts } from "./parts.ts";
import { permit } from "./permission.ts";
import { makePlan } from "./planning.ts";
import { recallSession } from "./session.ts";
import type { Snapshot } from "./snapshots.ts";

/** An enquiry is over in a moment, whether or not anyone still listens. */
const neverAborted = new AbortController().signal;

export async function foresee<R extends ModelRequest>(
  asked: Asked<R>,
  snapshot: Snapshot,
  parts: GatewayParts,
): Promise<Plan<R>> {
  const normalised = normalise(asked, snapshot.policy.labels, parts.now());
  const session = await recallSession(normalised, parts);
  const weighed = await weigh(normalised, snapshot.policy, session?.point);
  const permitted = permit(weighed, snapshot, parts.grants.activeFor(asked.caller));
  return await makePlan(permitted, snapshot, parts, neverAborted, session?.deployment);
}
