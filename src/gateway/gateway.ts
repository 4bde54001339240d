// The flow: every request passes these stages in this order, whichever door it came through.
// normalise → weigh → permit → plan → reserve → failover(call → meter) → screen → record

import { abortable, follow } from "../core/abortable.ts";
import type { AnswerBatches, AnswerEvent } from "../core/answer.ts";
import { asFailure, withAttempts } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Asked, Permitted, Plan } from "../core/stages.ts";
import { screen } from "../safety/screen.ts";
import { openAccount, type Account } from "./account.ts";
import type { AttemptLog } from "./attempts.ts";
import type { Gateway } from "./contract.ts";
import { countTokens } from "./count.ts";
import { embed } from "./embed.ts";
import { toldReceipt } from "./disclosure.ts";
import { engage, type Engaged } from "./engage.ts";
import { callOf } from "./call.ts";
import { escalated } from "./escalation.ts";
import { attemptsUnder } from "./failover-rules.ts";
import { failover } from "./failover.ts";
import { image } from "./image.ts";
import { leaving } from "./leaving.ts";
import { moderate } from "./moderate.ts";
import type { GatewayParts } from "./parts.ts";
import { partsFor } from "./rehearsing.ts";
import { type Outlet, PouredAnswer } from "./poured-answer.ts";
import { reserve } from "./reserve.ts";
import { openScreening, type Screening } from "./screening.ts";
import { admit, keepSession, planFor } from "./stages.ts";

export function createGateway(parts: GatewayParts): Gateway {
  return {
    complete(asked, callerSignal) {
      const { controller, release } = follow(callerSignal);
      const { idempotencyKey: key } = asked;
      const start = (own: AbortController, onEnd?: () => void): AnswerBatches =>
        new PouredAnswer((out) => answer(parts, asked, own, out), own, onEnd);
      if (key === undefined) return start(controller, release);
      return abortable(parts.runs.join(asked, key, controller.signal, start), controller, release);
    },
    embed: (asked, callerSignal) => embed(parts, asked, callerSignal),
    image: (asked, callerSignal) => image(parts, asked, callerSignal),
    moderate: (asked, callerSignal) => moderate(parts, asked, callerSignal),
    countTokens: (asked, callerSignal) => countTokens(parts, asked, callerSignal),
  };
}

/** Aborting `controller` ends it: the caller does, a version that revokes it, a check of its input. */
async function answer(
  shared: GatewayParts,
  asked: Asked<CompletionRequest>,
  controller: AbortController,
  out: Outlet,
): Promise<void> {
  const { signal } = controller;
  const parts = partsFor(asked, shared);
  const admitting = admit(asked, parts, signal);
  const admitted = admitting instanceof Promise ? await admitting : admitting;
  const { permitted, session, snapshot } = admitted;
  const { stream } = asked.request;
  const account = openAccount(permitted, parts, !stream);
  const watch = parts.revocations.watch(permitted, snapshot, controller);
  const streamClosed = stream ? parts.telemetry.streamOpened() : undefined;
  let guard: Screening | undefined;
  let engaged: Engaged | undefined;
  let outcome = "cancelled";
  try {
    const planning = planFor(admitted, parts, signal);
    const planned = planning instanceof Promise ? await planning : planning;
    const reserving = reserve(planned, parts.budgets, account);
    const plan = reserving instanceof Promise ? await reserving : reserving;
    guard = openScreening(permitted, snapshot, account, parts, controller);
    const { upstream } = guard;
    if (guard.beforeCall) await guard.beforeCall;
    const media = parts.callerMedia.of(plan.request, signal);
    const failsWhenRefused = plan.way?.route.failover?.onRefusedContent === true;
    const call = (target: PermittedDeployment, attempt: AttemptLog): Promise<Engaged> => {
      watch.at(target);
      const made = callOf(target, plan, parts.providers, attempt, media);
      return made instanceof Promise
        ? made.then((one) => engage(target, one, attempt, failsWhenRefused))
        : engage(target, made, attempt, failsWhenRefused);
    };
    const open = (candidates: Plan<CompletionRequest>): Promise<Engaged> => {
      const rules = attemptsUnder(candidates, snapshot, account, parts, upstream);
      return failover(candidates, call, rules, signal, (late) => late.close());
    };
    engaged = await open(plan);
    if (plan.way?.route.escalate !== undefined) {
      const { attempts } = account;
      engaged = await escalated(engaged, { plan, snapshot, attempts, parts, signal, open });
    }
    watch.at(engaged.target);
    account.engaged(engaged);
    keepSession(plan, session, engaged.target);
    const { input } = guard;
    const categories = input instanceof Promise ? await input : input;
    if (stream) await account.durable;
    out.give([started(permitted, engaged, account, parts.rehearsal?.text)]);
    if (categories.length > 0) out.give([{ type: "safety-notice", choice: 0, categories, redacted: false }]);
    await out.giveAll(screen(engaged.events, guard.options), (cleared) => {
      if (watch.revoked) throw watch.revoked;
      return leaving(cleared, account);
    });
    outcome = "ok";
    const settling = account.settle(outcome);
    const closing = guard.close();
    // Together, so that the database writes both at once.
    const receipt = closing ? (await Promise.all([settling, closing]))[0] : await settling;
    out.give([{ type: "finished", receipt: toldReceipt(receipt, asked.caller) }]);
  } catch (error) {
    const ended = watch.revoked ?? guard?.refused;
    const failure = ended ?? withAttempts(asFailure(error), account.attempts);
    outcome = signal.aborted && !ended ? "cancelled" : failure.code;
    throw failure;
  } finally {
    watch.end();
    streamClosed?.();
    engaged?.close();
    if (outcome !== "ok") {
      await guard?.close();
      await account.settle(outcome);
    }
  }
}

function started(
  permitted: Permitted,
  engaged: Engaged,
  account: Account,
  rehearsed: string | undefined,
): AnswerEvent {
  return {
    type: "started",
    receiptId: permitted.requestId,
    deployment: engaged.target.deployment,
    sensitivity: permitted.sensitivity,
    policyVersion: permitted.permit.policyVersion,
    params: engaged.params,
    attempts: account.attempts.length + 1,
    usage: engaged.usage,
    failed: [...account.attempts],
    rehearsed,
  };
}
