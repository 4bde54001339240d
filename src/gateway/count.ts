// How many tokens a request would read: asked of the deployment that would serve it, where that counts; else estimated.
// `gateway.ts` offers it beside completions. A provider that is asked sees the prompt: it is permitted, judged and recorded like any other.

import { follow } from "../core/abortable.ts";
import { asFailure, Failure, type FailureCode } from "../core/errors.ts";
import type { CompletionRequest } from "../core/request.ts";
import type { Asked, Plan } from "../core/stages.ts";
import { estimateInputTokens } from "../metering/estimate.ts";
import type { TokenCounter } from "../providers/providers.ts";
import { openAccount } from "./account.ts";
import type { CountResult } from "./contract.ts";
import { attemptsUnder } from "./failover-rules.ts";
import { failover } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { partsFor } from "./rehearsing.ts";
import { openScreening, type Screening } from "./screening.ts";
import type { Snapshot } from "./snapshots.ts";
import { admit, planFor } from "./stages.ts";

export async function countTokens(
  shared: GatewayParts,
  asked: Asked<CompletionRequest>,
  callerSignal: AbortSignal,
): Promise<CountResult> {
  const parts = partsFor(asked, shared);
  const admitted = await admit(asked, parts, callerSignal);
  const { permitted, snapshot } = admitted;
  const plan = await planFor(admitted, parts, callerSignal);
  const [first] = plan.candidates;
  if (first === undefined) throw new Failure("MODEL_UNAVAILABLE");
  const { target } = first;
  const count = parts.providers.counterOf(target);
  const only = { ...plan, candidates: [first] };
  const tokens = count && (await ask(count, only, snapshot, parts, callerSignal));
  return {
    tokens: tokens ?? estimateInputTokens(asked.request),
    estimated: tokens === undefined,
    sensitivity: permitted.sensitivity,
    policyVersion: permitted.permit.policyVersion,
    deployment: target.deployment,
  };
}

/** Undefined where the provider would not say: a server of its dialect need not have a counter. */
async function ask(
  count: TokenCounter,
  plan: Plan<CompletionRequest>,
  snapshot: Snapshot,
  parts: GatewayParts,
  callerSignal: AbortSignal,
): Promise<number | undefined> {
  const account = openAccount(plan, parts, false);
  const { controller, release } = follow(callerSignal);
  const { signal } = controller;
  let guard: Screening | undefined;
  let outcome = "cancelled";
  try {
    guard = openScreening(plan, snapshot, account, parts, controller);
    // The record of what is about to be sent stands before it is sent: nothing else here waits for it.
    await Promise.all([guard.beforeCall, account.durable]);
    const media = parts.callerMedia.of(plan.request, signal);
    const tokens = await failover(
      plan,
      async (target, attempt) => {
        account.engaged({ target, params: [] });
        const carried = await media?.carriedTo(target, plan.onUnsupported, attempt.signal);
        const counted = await count(carried?.request ?? plan.request, {
          onUnsupported: plan.onUnsupported,
          signal: attempt.signal,
          place: attempt.place,
          keyRefused: attempt.keyRefused,
        });
        attempt.done();
        return counted;
      },
      attemptsUnder(plan, snapshot, account, parts, signal),
      signal,
    );
    await guard.input;
    outcome = "ok";
    return tokens;
  } catch (error) {
    const failure = guard?.refused ?? asFailure(error);
    outcome = signal.aborted && !guard?.refused ? "cancelled" : failure.code;
    if (signal.aborted || !withoutCounter.has(failure.code)) throw failure;
    return undefined;
  } finally {
    release();
    await guard?.close();
    await account.settle(outcome);
  }
}

const withoutCounter: ReadonlySet<FailureCode> = new Set([
  "UPSTREAM_FAILED",
  "UPSTREAM_TIMEOUT",
  "RATE_LIMITED",
  "MODEL_NOT_FOUND",
]);
