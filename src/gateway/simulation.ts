// What routes would do with traffic: each request goes through the very stages of the flow up to its plan, and
// whoever comes first there is taken to answer. No provider is called and nothing is written. `app/simulate.ts` asks.

import type { Caller } from "../core/caller.ts";
import { asFailure, type FailureCode } from "../core/errors.ts";
import { noUsage } from "../core/events.ts";
import { parseUsd, type Picodollars } from "../core/money.ts";
import type { Asked, Plan, PlannedCandidate } from "../core/stages.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Vitals } from "../core/vitals.ts";
import { normalise } from "../intake/normalise.ts";
import { createPace } from "../intake/pace.ts";
import { weigh } from "../intake/weigh.ts";
import { reckon } from "../metering/reckon.ts";
import { seedLength } from "../routing/plan.ts";
import type { TrafficLine } from "../routing/traffic.ts";
import type { GatewayParts } from "./parts.ts";
import { allOff, permit } from "./permission.ts";
import { makePlan } from "./planning.ts";
import { withinOwnLimit } from "./reserve.ts";
import { requestLike } from "./request-like.ts";
import type { Snapshot } from "./snapshots.ts";

/** What one deployment would answer of what was asked under one name. */
export interface SimulatedShare {
  /** As the traffic names it. */
  readonly asked: string;
  /** The route at the end of it; undefined where a model or deployment was asked for. */
  readonly route: string | undefined;
  readonly arm: string | undefined;
  readonly deploymentId: string;
  requests: number;
  inputTokens: number;
  outputTokens: number;
  cost: Picodollars;
  /** Requests of which nobody knows the price. */
  unpriced: number;
  /** Sums of milliseconds over `timed` requests: those at deployments that were measured lately. */
  firstTokenMilliseconds: number;
  milliseconds: number;
  timed: number;
}

export interface SimulatedRefusal {
  readonly asked: string;
  readonly code: FailureCode;
  readonly because: string;
  requests: number;
  /** Where in the traffic it comes first. */
  readonly line: number;
}

export interface Simulation {
  readonly requests: number;
  readonly policyHash: string;
  readonly shares: readonly SimulatedShare[];
  readonly refusals: readonly SimulatedRefusal[];
}

export interface SimulationParts extends Pick<GatewayParts, "health" | "escalations"> {
  readonly snapshot: Snapshot;
  /** Who asks it. */
  callerOf(line: TrafficLine): Caller;
  /** Sets the clock that the policy decides by. */
  setClock(at: number): void;
  readonly signal: AbortSignal;
}

/** Reasons that hold a number differ from request to request. */
const mostReasons = 200;

/** In order of time, since what a policy decided stays decided until a clock of its rows moves on. */
export async function simulate(
  lines: readonly TrafficLine[],
  now: number,
  parts: SimulationParts,
): Promise<Simulation> {
  const { health, escalations, snapshot, signal } = parts;
  const planning = {
    // What is down at this moment says nothing about the traffic of a month.
    health: { ...health, isHealthy: () => true },
    escalations: { recall: escalations.recall, note: () => undefined },
    webhooks: { ask: () => Promise.resolve(undefined) },
    secret: "",
  };
  const shares = new Map<string, SimulatedShare>();
  const refusals = new Map<string, SimulatedRefusal>();
  const pace = createPace(signal);

  async function planOf(line: TrafficLine, at: number): Promise<Plan<CompletionRequest>> {
    const normalised = normalise(askedOf(line, parts.callerOf(line)), snapshot.policy.labels, at);
    const weighed = await weigh(normalised, snapshot.policy);
    const plan = await makePlan(permit(weighed, snapshot, undefined), snapshot, planning, signal, undefined);
    return plan.candidates.length === 0 ? plan : withinOwnLimit(plan);
  }

  function refuse({ model, line }: TrafficLine, code: FailureCode, because: string): void {
    const told = refusals.size < mostReasons ? because : "for other reasons";
    const key = JSON.stringify([model, code, told]);
    const known = refusals.get(key);
    if (known) known.requests += 1;
    else refusals.set(key, { asked: model, code, because: told, requests: 1, line });
  }

  const inTime = lines.map((line) => ({ line, at: line.at ?? now })).sort((a, b) => a.at - b.at);
  for (const { line, at } of inTime) {
    if (pace.due()) await pace.turn();
    parts.setClock(at);
    try {
      const plan = await planOf(line, at);
      const [first] = plan.candidates;
      if (first)
        add(shareOf(plan, first, line, shares), first, line, health.vitals(first.target.deployment.id));
      else {
        refuse(line, ...whyNone(plan, snapshot));
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = asFailure(error);
      if (failure.code === "INTERNAL") throw error;
      refuse(line, failure.code, failure.message);
    }
  }
  return {
    requests: lines.length,
    policyHash: snapshot.policy.hash,
    shares: [...shares.values()],
    refusals: [...refusals.values()].sort((a, b) => b.requests - a.requests),
  };
}

/** As a caller would be told, but not deployment by deployment: that takes longer than all else here. */
function whyNone(plan: Plan, snapshot: Snapshot): readonly [code: FailureCode, because: string] {
  const [passed] = plan.passedOver;
  if (passed) return ["MODEL_UNAVAILABLE", `${passed[0]}: ${passed[1]}`];
  if (allOff(plan, snapshot)) return ["MODEL_UNAVAILABLE", "Every deployment of it is off."];
  const refused = plan.considered.filter(
    ({ deploymentId }) => snapshot.catalog.deployment(deploymentId)?.provider.enabled === true,
  );
  const telling = refused.find(({ rule }) => rule !== undefined) ?? refused[0];
  return ["POLICY_DENIED", telling?.because ?? "Nothing may see it."];
}

function askedOf(line: TrafficLine, caller: Caller): Asked<CompletionRequest> {
  return {
    request: requestLike(line),
    caller,
    requestId: "simulated",
    declared: line.data,
    purpose: line.purpose,
    task: line.task,
    sessionId: line.session,
    maxCost: line.maxUsd === undefined ? undefined : parseUsd(line.maxUsd),
    // Draws of a simulation repeat: they go by the line.
    planHash: String(line.line).padStart(seedLength, "0"),
  };
}

function shareOf(
  { way }: Plan,
  { target }: PlannedCandidate,
  { model }: TrafficLine,
  shares: Map<string, SimulatedShare>,
): SimulatedShare {
  const { id } = target.deployment;
  const [route, arm] = [way?.route.name, way?.arm];
  const key = JSON.stringify([model, route, arm, id]);
  let share = shares.get(key);
  if (share === undefined) {
    share = {
      asked: model,
      route,
      arm,
      deploymentId: id,
      requests: 0,
      inputTokens: 0,
      outputTokens: 0,
      cost: 0,
      unpriced: 0,
      firstTokenMilliseconds: 0,
      milliseconds: 0,
      timed: 0,
    };
    shares.set(key, share);
  }
  return share;
}

function add(
  share: SimulatedShare,
  { target }: PlannedCandidate,
  line: TrafficLine,
  vitals: Vitals | undefined,
): void {
  const { price } = target.deployment;
  const { promptTokens: input, cachedTokens: cachedInput, outputTokens: output } = line;
  share.requests += 1;
  share.inputTokens += input;
  share.outputTokens += output;
  if (price === undefined) share.unpriced += 1;
  else share.cost += reckon({ ...noUsage, input, cachedInput, output }, price);
  const firstToken = vitals?.firstToken?.average;
  if (firstToken === undefined) return;
  const { tokensPerSecond } = vitals ?? {};
  share.timed += 1;
  share.firstTokenMilliseconds += firstToken;
  share.milliseconds += firstToken + (tokensPerSecond === undefined ? 0 : (output / tokensPerSecond) * 1_000);
}
