// Plans a permitted request: health, scores, the session's deployment, the webhook's word and the seed of
// draws come together here. The flow and the enquiries plan the same way, so that what was shown is done.

import { randomBytes } from "node:crypto";
import type { ModelRequest } from "../core/request.ts";
import type { Permitted, Plan } from "../core/stages.ts";
import { identityOf } from "../core/caller.ts";
import { formatUsd } from "../core/money.ts";
import { takesWhole } from "../providers/capabilities.ts";
import { seedOfSession } from "../routing/draw.ts";
import { goesStraight } from "../routing/thompson.ts";
import { plan, seedLength, type PlanParts } from "../routing/plan.ts";
import { memoryKeyOf } from "./escalation-plan.ts";
import type { GatewayParts } from "./parts.ts";
import { routeFacts } from "./route-facts.ts";
import type { Snapshot } from "./snapshots.ts";
import { worstCaseOf } from "./worst-case.ts";

type Parts = Pick<GatewayParts, "health" | "secret" | "webhooks" | "escalations">;

export async function makePlan<R extends ModelRequest>(
  permitted: Permitted<R>,
  snapshot: Snapshot,
  parts: Parts,
  signal: AbortSignal,
  /** Where the session was served last. */
  kept: string | undefined,
): Promise<Plan<R>> {
  let seed: string | undefined;
  const facts: PlanParts = {
    secret: parts.secret,
    kept,
    worstCase: worstCaseOf,
    isHealthy: parts.health.isHealthy,
    takesWhole,
    vitals: parts.health.vitals,
    score: snapshot.scores ?? unknown,
    get seed() {
      return (seed ??= seedOf(permitted));
    },
  };
  const own = plan(permitted, facts);
  const skipped = cheapToSkip(own, facts, parts.escalations);
  if (skipped !== undefined) return plan(permitted, { ...facts, skipped });
  const webhook = permitted.way?.route.webhook;
  if (webhook === undefined || own.candidates.length < 2) return own;
  const advised = await parts.webhooks.ask(webhook, questionOf(own, snapshot), signal);
  return advised === undefined ? own : plan(permitted, { ...facts, advised });
}

/** The first candidate, where earlier requests of the kind say that the next would be asked anyway. */
function cheapToSkip(
  own: Plan,
  facts: PlanParts,
  escalations: GatewayParts["escalations"],
): string | undefined {
  if (own.way?.route.escalate?.learn !== true || own.request.action !== "complete") return undefined;
  const { route, category } = memoryKeyOf({ ...own, request: own.request });
  const [cheap, dear] = own.candidates;
  if (cheap === undefined || dear === undefined) return undefined;
  const costs = { cheap: cheap.worstCase, dear: dear.worstCase };
  const straight = goesStraight(escalations.recall(route, category), costs, facts.seed);
  return straight ? cheap.target.deployment.id : undefined;
}

const unknown = (): undefined => undefined;

/** A session always draws the same; a plan that was shown is drawn again; else it is chance. */
function seedOf({ sessionId, planHash, caller }: Permitted): string {
  if (sessionId !== undefined) return seedOfSession(identityOf(caller), sessionId).slice(0, seedLength);
  return planHash?.slice(0, seedLength) ?? randomBytes(6).toString("base64url");
}

/** Counts, tags and names. The candidates are those that the policy permits, in the route's own order. */
function questionOf(own: Plan, snapshot: Snapshot): object {
  const { promptTokens, messageCount, streamed, task, purpose, team, roles, level, labels } = routeFacts(
    own,
    snapshot,
  );
  return {
    route: own.request.model,
    requestId: own.requestId,
    request: { promptTokens, messageCount, streamed, task, purpose, team, roles, level, labels },
    candidates: own.candidates.map(({ target: { deployment }, worstCase, healthy }) => ({
      deployment: deployment.id,
      model: deployment.model.id,
      provider: deployment.provider.id,
      region: deployment.region,
      worstCaseUsd: worstCase === undefined ? undefined : formatUsd(worstCase),
      healthy,
    })),
  };
}
