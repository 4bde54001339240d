// What a route's conditions may know of a request: counts, tags and names, never a word of the prompt.
// `permission.ts` asks for it where the caller named a route; the webhook is told the same.

import type { RouteFacts } from "../core/route.ts";
import type { Weighed } from "../core/stages.ts";
import { estimateInputTokens } from "../metering/estimate.ts";
import type { Snapshot } from "./snapshots.ts";

export function routeFacts(weighed: Weighed, { policy }: Pick<Snapshot, "policy">): RouteFacts {
  const { request, caller, sensitivity } = weighed;
  const { level, labels } = sensitivity.effective;
  return {
    promptTokens: estimateInputTokens(request),
    messageCount: request.action === "complete" ? request.messages.length : request.inputs.length,
    streamed: request.action === "complete" && request.stream,
    task: weighed.task,
    purpose: weighed.purpose,
    key: caller.key,
    team: caller.team,
    user: caller.user,
    roles: [...new Set([...caller.roles, ...policy.rolesOf(caller.team)])],
    level,
    labels,
    sessionId: weighed.sessionId,
    at: weighed.at,
  };
}
