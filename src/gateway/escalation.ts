// Cheap first: the first answer is held until it is found good enough; else a later candidate answers.
// Within the route's budgets of money and time, and only where the plan goes on. What was learned of such
// requests decides whether it begins cheap at all. `gateway.ts` asks; without such a route it costs nothing.

import type { Attempt } from "../core/errors.ts";
import type { ModelEvent } from "../core/events.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Escalation } from "../core/route.ts";
import type { Plan } from "../core/stages.ts";
import { attemptFailureFrom } from "../providers/upstream-failure.ts";
import type { Engaged } from "./engage.ts";
import { escalationOf, memoryKeyOf, wantsLogprobs } from "./escalation-plan.ts";
import { readFirst, visibleFault, type FirstAnswer } from "./first-answer.ts";
import { judged } from "./judge.ts";
import type { GatewayParts } from "./parts.ts";
import type { Snapshot } from "./snapshots.ts";

interface EscalationParts {
  readonly plan: Plan<CompletionRequest>;
  readonly snapshot: Snapshot;
  readonly attempts: Attempt[];
  readonly parts: GatewayParts;
  readonly signal: AbortSignal;
  /** Opens an answer of these candidates. */
  open(plan: Plan<CompletionRequest>): Promise<Engaged>;
}

/** The answer that the caller gets: the first, or that of a later candidate. */
export async function escalated(first: Engaged, own: EscalationParts): Promise<Engaged> {
  const { plan, attempts, parts } = own;
  const escalation = escalationOf(plan);
  const rest = later(plan, first, own);
  if (escalation === undefined || rest === undefined) return first;
  let answer: FirstAnswer;
  try {
    answer = await readFirst(first.events);
  } catch (error) {
    own.signal.throwIfAborted();
    // Nothing of it has left, so it is like one that never began.
    const failure = attemptFailureFrom(error, first.target.deployment.provider.name);
    if (failure.failure.kind.retryable) return await own.open(rest);
    throw error;
  }
  const why = await faultOf(answer, escalation, own);
  const { route, category } = memoryKeyOf(plan);
  if (escalation.learn) parts.escalations.note(route, category, why !== undefined);
  const played = { ...first, events: playedAgain(answer.events, wantsLogprobs(plan)), close: nothing };
  if (why === undefined) return played;
  try {
    const better = await own.open(rest);
    markLast(attempts, first, `Its answer was not kept: ${why}.`);
    return better;
  } catch {
    own.signal.throwIfAborted();
    // A plain answer is better than none.
    return played;
  }
}

/** The candidates behind the one that answered, as far as money and time allow; undefined where none is left. */
function later(
  plan: Plan<CompletionRequest>,
  { target }: Engaged,
  { parts }: EscalationParts,
): Plan<CompletionRequest> | undefined {
  const escalation = plan.way?.route.escalate;
  const { within = Infinity, maxCost = Infinity } = escalation ?? {};
  if (parts.now() - plan.at >= within) return undefined;
  const at = plan.candidates.findIndex((candidate) => candidate.target === target);
  const spent = plan.candidates[at]?.worstCase ?? 0;
  const most = Math.min(maxCost, plan.maxCost ?? Infinity);
  const candidates = plan.candidates
    .slice(at + 1)
    .filter(({ worstCase }) => most === Infinity || spent + (worstCase ?? Infinity) <= most);
  return candidates.length === 0 ? undefined : { ...plan, candidates };
}

async function faultOf(
  answer: FirstAnswer,
  escalation: Escalation,
  { plan, snapshot, parts, signal }: EscalationParts,
): Promise<string | undefined> {
  const visible = visibleFault(answer, escalation, plan.request);
  const { judge } = escalation.when;
  if (visible !== undefined || judge === undefined || answer.callsTools) return visible;
  const grade = await judged(judge.model, answer.text, plan, snapshot, parts, signal);
  return grade !== undefined && grade < judge.below ? `it was graded ${grade} of 10` : undefined;
}

function markLast(attempts: Attempt[], { target }: Engaged, because: string): void {
  const index = attempts.findIndex(
    ({ deploymentId, outcome }) => deploymentId === target.deployment.id && outcome === "ok",
  );
  const attempt = attempts[index];
  if (attempt) attempts[index] = { ...attempt, because };
}

async function* playedAgain(
  events: readonly ModelEvent[],
  withoutLogprobs: boolean,
): AsyncGenerator<readonly ModelEvent[], void, undefined> {
  yield withoutLogprobs ? events.map(withoutItsLogprobs) : events;
}

const withoutItsLogprobs = (event: ModelEvent): ModelEvent =>
  event.type === "text-delta" ? { ...event, logprobs: undefined } : event;

const nothing = (): void => undefined;
