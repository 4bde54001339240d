// The flow for embeddings: the same stages without a stream; vectors are not text, so only the input is judged.
// `gateway.ts` offers it beside completions.

import { follow } from "../core/abortable.ts";
import { asFailure } from "../core/errors.ts";
import type { EmbeddingRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import { openAccount } from "./account.ts";
import type { EmbeddingResult } from "./contract.ts";
import { toldReceipt } from "./disclosure.ts";
import { failover } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { reserve } from "./reserve.ts";
import { openScreening, type Screening } from "./screening.ts";
import { admit, attemptsUnder, planFor } from "./stages.ts";

export async function embed(
  parts: GatewayParts,
  asked: Asked<EmbeddingRequest>,
  callerSignal: AbortSignal,
): Promise<EmbeddingResult> {
  const { permitted, snapshot } = await admit(asked, parts, callerSignal);
  const account = openAccount(permitted, parts);
  const { controller, release } = follow(callerSignal);
  const { signal } = controller;
  let guard: Screening | undefined;
  let outcome = "cancelled";
  try {
    const plan = await reserve(planFor(permitted, snapshot, parts), parts.budgets, account);
    guard = openScreening(permitted, snapshot, account, parts, controller);
    await guard.beforeCall;
    const { target, embeddings } = await failover(
      plan,
      async (candidate, attempt) => {
        const { onUnsupported } = asked;
        const { answer, params } = await parts.providers.embed(candidate, asked.request, {
          onUnsupported,
          signal,
        });
        account.meterFor(candidate).count({ type: "usage", usage: answer.usage });
        account.engaged({ target: candidate, params });
        attempt.done();
        return { target: candidate, embeddings: answer.embeddings };
      },
      attemptsUnder(permitted, snapshot, account, parts, signal),
      signal,
    );
    await Promise.all([guard.input, account.durable]);
    await guard.close();
    outcome = "ok";
    return {
      embeddings,
      deployment: target.deployment,
      receipt: toldReceipt(await account.settle(outcome), asked.caller),
    };
  } catch (error) {
    const failure = guard?.refused ?? asFailure(error);
    outcome = signal.aborted && !guard?.refused ? "cancelled" : failure.code;
    throw failure;
  } finally {
    release();
    await guard?.close();
    await account.settle(outcome);
  }
}
