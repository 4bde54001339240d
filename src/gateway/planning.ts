// Plans a permitted request: health, scores, the session's deployment, the webhook's word and the seed of
// draws come together here. The flow and the enquiries plan the same way, so that what was shown is done.

import { randomBytes } from "node:crypto";
import type { ModelRequest } from "../core/request.ts";
import type { Soon } from "../core/soon.ts";
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

/** A promise only where a webhook is asked. */
export function makePlan<R extends ModelRequest>(
  permitted: Permitted<R>,
  snapshot: Snapshot,
  parts: Parts,
  signal: AbortSignal,
  /** Where the session was served last. */
  kept: string | undefined,
): Soon<Plan<R>> {
  const facts = new PlanningFacts(permitted, snapshot, parts, kept);
  const own = plan(permitted, facts);
  const route = permitted.way?.route;
  if (route === undefined) return own;
  facts.skipped = cheapToSkip(own, facts, parts.escalations);
  if (facts.skipped !== undefined) return plan(permitted, facts);
  if (route.webhook === undefined || own.candidates.length < 2) return own;
  return parts.webhooks.ask(route.webhook, questionOf(own, snapshot), signal).then((advised) => {
    if (advised === undefined) return own;
    facts.advised = advised;
    return plan(permitted, facts);
  });
}

class PlanningFacts implements PlanParts {
  readonly secret: string;
  readonly kept: string | undefined;
  readonly worstCase = worstCaseOf;
  readonly takesWhole = takesWhole;
  readonly isHealthy: PlanParts["isHealthy"];
  readonly vitals: PlanParts["vitals"];
  readonly score: PlanParts["score"];
  skipped: string | undefined = undefined;
  advised: readonly string[] | undefined = undefined;
  readonly #permitted: Permitted;
  #seed: string | undefined;

  constructor(
    permitted: Permitted,
    { scores }: Snapshot,
    { health, secret }: Parts,
    kept: string | undefined,
  ) {
    this.#permitted = permitted;
    this.secret = secret;
    this.kept = kept;
    this.isHealthy = health.isHealthy;
    this.vitals = health.vitals;
    this.score = scores ?? unknown;
  }

  get seed(): string {
    return (this.#seed ??= seedOf(this.#permitted));
  }
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
