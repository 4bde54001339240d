// The flow: every request passes these stages in this order, whichever door it came through.
// normalise → weigh → permit → plan → reserve → failover(call → meter) → screen → record

import { abortable, follow } from "../core/abortable.ts";
import type { AnswerEvent } from "../core/answer.ts";
import { asFailure } from "../core/errors.ts";
import type { CompletionRequest, EmbeddingRequest, ModelRequest } from "../core/request.ts";
import type { Asked, Permitted, Plan } from "../core/stages.ts";
import { normalise } from "../intake/normalise.ts";
import { weigh } from "../intake/weigh.ts";
import { plan } from "../routing/plan.ts";
import { screen } from "../safety/screen.ts";
import { openAccount, type Account } from "./account.ts";
import { beginAttempt } from "./attempts.ts";
import type { EmbeddingResult, Gateway } from "./contract.ts";
import { engage, type Engaged } from "./engage.ts";
import { failover, type FailoverParts } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { permit, requireCandidate } from "./permission.ts";
import { planUnchanged } from "./plan-hash.ts";
import { reserve } from "./reserve.ts";
import { screening } from "./screening.ts";
import type { Snapshot } from "./snapshots.ts";
import { worstCaseOf } from "./worst-case.ts";

export function createGateway(parts: GatewayParts): Gateway {
  return {
    complete(asked, callerSignal) {
      const { controller, release } = follow(callerSignal);
      const start = (signal: AbortSignal): AsyncIterable<AnswerEvent> => answer(parts, asked, signal);
      const events =
        asked.idempotencyKey === undefined
          ? start(controller.signal)
          : parts.runs.join(asked, asked.idempotencyKey, controller.signal, start);
      return abortable(releasing(events, controller, release), controller);
    },
    async embed(asked, callerSignal) {
      const { controller, release } = follow(callerSignal);
      try {
        return await embedding(parts, asked, controller.signal);
      } finally {
        release();
      }
    },
  };
}

async function* answer(
  parts: GatewayParts,
  asked: Asked<CompletionRequest>,
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, void, undefined> {
  const { permitted, snapshot } = await admit(asked, parts);
  const account = openAccount(permitted, parts);
  const streamClosed = asked.request.stream ? parts.telemetry.streamOpened() : undefined;
  let outcome = "cancelled";
  try {
    const planned = planFor(permitted, snapshot, parts);
    const reserved = await reserve(planned, parts.budgets, account);
    const engaged = await failover(
      reserved,
      (target, attempt) => {
        const call = parts.providers.complete(target, asked.request, {
          onUnsupported: asked.onUnsupported,
          signal,
        });
        return engage(target, call, account.meterFor(target), attempt);
      },
      failoverParts(permitted, account, parts, signal),
      signal,
    );
    account.engaged(engaged);
    await account.durable;
    yield started(permitted, engaged, account);
    for await (const event of screen(engaged.events, screening(permitted, snapshot, account, parts))) {
      if (event.type === "usage") continue;
      account.delivered(event);
      yield event;
    }
    outcome = "ok";
    yield { type: "finished", receipt: await account.settle(outcome) };
  } catch (error) {
    const failure = asFailure(error);
    outcome = signal.aborted ? "cancelled" : failure.code;
    throw failure;
  } finally {
    streamClosed?.();
    await account.settle(outcome);
  }
}

/** Until the policy has answered there is no account, so what is refused before is only counted. */
async function admit<R extends ModelRequest>(
  asked: Asked<R>,
  parts: GatewayParts,
): Promise<{ readonly permitted: Permitted<R>; readonly snapshot: Snapshot }> {
  try {
    const snapshot = parts.snapshots.current();
    const weighed = await weigh(normalise(asked, snapshot.policy.labels, parts.now()));
    return { permitted: permit(weighed, snapshot), snapshot };
  } catch (error) {
    parts.telemetry.requestRefused(asked.door ?? "inner", asFailure(error).code);
    throw error;
  }
}

async function embedding(
  parts: GatewayParts,
  asked: Asked<EmbeddingRequest>,
  signal: AbortSignal,
): Promise<EmbeddingResult> {
  const { permitted, snapshot } = await admit(asked, parts);
  const account = openAccount(permitted, parts);
  let outcome = "cancelled";
  try {
    const planned = planFor(permitted, snapshot, parts);
    const reserved = await reserve(planned, parts.budgets, account);
    const { embeddings, target } = await failover(
      reserved,
      async (target, attempt) => {
        const { answer, params } = await parts.providers.embed(target, asked.request, {
          onUnsupported: asked.onUnsupported,
          signal,
        });
        account.meterFor(target).count({ type: "usage", usage: answer.usage });
        account.engaged({ target, params });
        attempt.done();
        return { embeddings: answer.embeddings, target };
      },
      failoverParts(permitted, account, parts, signal),
      signal,
    );
    await account.durable;
    outcome = "ok";
    return { embeddings, deployment: target.deployment, receipt: await account.settle(outcome) };
  } catch (error) {
    const failure = asFailure(error);
    outcome = signal.aborted ? "cancelled" : failure.code;
    throw failure;
  } finally {
    await account.settle(outcome);
  }
}

function planFor<R extends ModelRequest>(
  permitted: Permitted<R>,
  snapshot: Snapshot,
  parts: GatewayParts,
): Plan<R> {
  const planned = plan(permitted, {
    worstCase: worstCaseOf,
    isHealthy: parts.health.isHealthy,
    secret: parts.secret,
  });
  return requireCandidate(planUnchanged(planned), snapshot);
}

/** Every attempt must also not be denied by the policy that is newest when its turn comes. */
function failoverParts(
  permitted: Permitted,
  account: Account,
  parts: GatewayParts,
  signal: AbortSignal,
): FailoverParts {
  return {
    begin: (target) => beginAttempt(target, permitted.requestId, account.attempts, parts, signal),
    stillPermitted({ deployment }) {
      const newest = parts.snapshots.current();
      if (newest.policy.hash === permitted.permit.policyHash) return true;
      const again = newest.catalog.deployment(deployment.id);
      return again !== undefined && newest.policy.permit(permitted, [again]).allowed.length > 0;
    },
  };
}

function started(permitted: Permitted, engaged: Engaged, account: Account): AnswerEvent {
  return {
    type: "started",
    receiptId: permitted.requestId,
    deployment: engaged.target.deployment,
    sensitivity: permitted.sensitivity,
    policyVersion: permitted.permit.policyVersion,
    params: engaged.params,
    attempts: account.attempts.length + 1,
  };
}

async function* releasing<T>(
  events: AsyncIterable<T>,
  controller: AbortController,
  release: () => void,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* events;
  } finally {
    release();
    // Nothing of this request may outlive it: also what was opened and never read.
    controller.abort();
  }
}
