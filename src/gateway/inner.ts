// The one way in for requests that the gateway makes on a caller's behalf, and for classifiers so far the only:
// permitted for this caller and data, paid from its budgets, attempted under the newest policy, recorded. No screen.
// `classifiers.ts` opens one for each classifier of a request; all its calls are one row, however long the answer.

import type { Attempt } from "../core/errors.ts";
import { asFailure } from "../core/errors.ts";
import { addUsage, noUsage, type TokenUsage } from "../core/events.ts";
import type { ModerationAnswer, ModerationCall } from "../core/moderation.ts";
import type { Picodollars } from "../core/money.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModerationRequest } from "../core/request.ts";
import type { Permitted, Plan } from "../core/stages.ts";
import { tokensOfText } from "../metering/estimate.ts";
import { createMeter, type Meter } from "../metering/meter.ts";
import { reckon, worstCase } from "../metering/reckon.ts";
import type { Verdict } from "../safety/classifier.ts";
import { CheckTimedOut } from "../safety/classifiers/model-classifier.ts";
import { decisionRow } from "./account.ts";
import { attemptsUnder } from "./failover-rules.ts";
import { failover } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { holdFor } from "./reserve.ts";
import type { Snapshot } from "./snapshots.ts";
import { planFor } from "./stages.ts";

export interface Inner {
  /** Throws a `Failure`. */
  ask(call: ModerationCall, signal: AbortSignal): Promise<ModerationAnswer>;
  judged(verdict: Verdict): void;
  /** Writes what it all came to, once; nothing where nothing was asked. */
  close(): Promise<void>;
}

/** Of one call; what all come to is summed up apart. */
const meterFor = ({ deployment }: PermittedDeployment): Meter => createMeter(deployment.price, 0);

/** Failures are told one by one up to here; an answer of any length makes a row of bounded length. */
const mostAttempts = 20;
/** Templates and policies that a server adds to what is judged. */
const templateTokens = 800;

export function openInner(
  permitted: Permitted<ModerationRequest>,
  snapshot: Snapshot,
  parts: GatewayParts,
): Inner {
  const { requestId, caller } = permitted;
  const failed: Attempt[] = [];
  const categories = new Set<string>();
  let plan: Plan<ModerationRequest> | undefined;
  let durable: Promise<void> | undefined;
  let usage: TokenUsage = noUsage;
  let cost: Picodollars | undefined;
  let outcome = "ok";
  const running = new Set<Promise<unknown>>();
  let closed: Promise<void> | undefined;

  /** What is left in the middle settles too before the row is written. */
  function ask(call: ModerationCall, signal: AbortSignal): Promise<ModerationAnswer> {
    const asking = askNow(call, signal).finally(() => running.delete(asking));
    running.add(asking);
    return asking;
  }

  async function askNow(call: ModerationCall, signal: AbortSignal): Promise<ModerationAnswer> {
    plan ??= await planFor({ permitted, snapshot, session: undefined }, parts, signal);
    durable ??= parts.records.decide(decisionRow(permitted, parts));
    durable.catch(() => undefined);
    let settle = nothingHeld;
    let paid: Picodollars = 0;
    const attempts: Attempt[] = [];
    try {
      settle = await hold(plan, call);
      const answer = await failover(
        plan,
        async (target, attempt) => {
          const given = await parts.providers.moderate(target, call, attempt);
          attempt.meter.count({ type: "usage", usage: given.usage });
          attempt.spoke();
          const { price } = target.deployment;
          usage = addUsage(usage, given.usage);
          if (price) cost = (cost ?? 0) + (paid = reckon(given.usage, price));
          attempt.done();
          return given;
        },
        attemptsUnder(plan, snapshot, { attempts, meterFor }, parts, signal),
        signal,
      );
      await durable;
      outcome = "ok";
      return answer;
    } catch (error) {
      const failure = asFailure(error);
      outcome = endOf(signal) ?? failure.code;
      const [attempt] = attempts;
      if (attempt && failed.length < mostAttempts) failed.push({ ...attempt, outcome });
      throw failure;
    } finally {
      await settle(paid);
    }
  }

  /** What costs nothing needs no room in a budget: a safety check must not fail for want of it. */
  async function hold(
    { candidates }: Plan<ModerationRequest>,
    call: ModerationCall,
  ): Promise<typeof nothingHeld> {
    const price = candidates[0]?.target.deployment.price;
    const output = call.type === "moderation" ? 0 : call.maxOutputTokens;
    const amount = price ? worstCase(templateTokens + tokensOfText(textIn(call)), output, price) : 0;
    if (amount === 0) return nothingHeld;
    return (await holdFor(permitted, amount, parts.budgets)).settle;
  }

  async function close(): Promise<void> {
    await Promise.allSettled(running);
    const target = plan?.candidates[0]?.target;
    if (!durable || !target) return;
    const { deployment, rule } = target;
    const row = {
      requestId,
      at: new Date(parts.now()),
      key: caller.key,
      user: caller.user,
      team: caller.team,
      outcome,
      deploymentId: deployment.id,
      model: deployment.model.id,
      rule,
      usage,
      cost: deployment.price === undefined ? undefined : (cost ?? 0),
      estimated: false,
      priceVersion: deployment.price?.version,
      attempts: failed,
      params: [],
      safety: { classifiers: [deployment.id], notRun: [], categories: [...categories] },
      milliseconds: parts.now() - permitted.at,
      firstTokenMilliseconds: undefined,
      answerHash: undefined,
      answerCharacters: 0,
    };
    parts.telemetry.requestDone({
      ...row,
      callerReference: permitted.callerReference,
      door: "inner",
      action: "moderate",
      model: permitted.request.model,
    });
    await parts.records.settle(row);
  }

  return {
    ask,
    judged: ({ hits }) => hits.forEach(({ category }) => categories.add(category)),
    close: () => (closed ??= close()),
  };
}

/** Undefined where the call was not left. */
function endOf({ aborted, reason }: AbortSignal): string | undefined {
  if (!aborted) return undefined;
  return reason instanceof CheckTimedOut ? "UPSTREAM_TIMEOUT" : "cancelled";
}

const nothingHeld = (_paid: Picodollars): Promise<void> | undefined => undefined;

const textIn = (call: ModerationCall): string => {
  if (call.type === "chat") return call.turns.map((turn) => turn.text).join("");
  return call.type === "completion" ? call.prompt : call.text;
};
