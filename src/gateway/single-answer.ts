// The flow for what comes back in one piece: the same stages as a completion, without a stream.
// `embed.ts` and `image.ts` say what is called; everything from the permit to the record is here.

import { follow } from "../core/abortable.ts";
import type { ParamChange, Receipt } from "../core/answer.ts";
import type { Deployment } from "../core/deployment.ts";
import { asFailure, withAttempts } from "../core/errors.ts";
import type { TokenUsage } from "../core/events.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Asked } from "../core/stages.ts";
import type { Providers } from "../providers/providers.ts";
import { openAccount, type Account } from "./account.ts";
import type { AttemptLog } from "./attempts.ts";
import { toldReceipt } from "./disclosure.ts";
import { attemptsUnder } from "./failover-rules.ts";
import { failover } from "./failover.ts";
import type { GatewayParts } from "./parts.ts";
import { partsFor } from "./rehearsing.ts";
import { reserve } from "./reserve.ts";
import { openScreening, type Screening } from "./screening.ts";
import { admit, keepSession, planFor } from "./stages.ts";

interface Called<Answer> {
  readonly params: readonly ParamChange[];
  /** Its usage is undefined where the provider counts nothing. */
  readonly answer: Answer & { readonly usage: TokenUsage | undefined };
}

export interface SingleAnswer<Answer> {
  call(target: PermittedDeployment, attempt: AttemptLog, providers: Providers): Promise<Called<Answer>>;
  /** What of the answer may be shown. */
  release(answer: Answer, guard: Screening, account: Account): Promise<Answer>;
}

export interface Given<Answer> {
  readonly answer: Answer;
  readonly deployment: Deployment;
  readonly receipt: Receipt;
}

export async function singleAnswer<R extends ModelRequest, Answer>(
  shared: GatewayParts,
  asked: Asked<R>,
  callerSignal: AbortSignal,
  { call, release }: SingleAnswer<Answer>,
): Promise<Given<Answer>> {
  const parts = partsFor(asked, shared);
  const admitted = await admit(asked, parts, callerSignal);
  const { permitted, session, snapshot } = admitted;
  const account = openAccount(permitted, parts, true);
  const { controller, release: forget } = follow(callerSignal);
  const { signal } = controller;
  let guard: Screening | undefined;
  let outcome = "cancelled";
  try {
    const plan = await reserve(await planFor(admitted, parts, signal), parts.budgets, account);
    guard = openScreening(permitted, snapshot, account, parts, controller);
    if (guard.beforeCall) await guard.beforeCall;
    const { engaged, answer } = await failover(
      plan,
      async (candidate, attempt) => {
        const called = await call(candidate, attempt, parts.providers);
        const { usage } = called.answer;
        // Without a count, what went in is reckoned and marked so.
        const heard = usage ? ({ type: "usage", usage } as const) : ({ type: "answer-begin" } as const);
        attempt.meter.count(heard);
        attempt.spoke();
        attempt.done();
        return { engaged: { target: candidate, params: called.params }, answer: called.answer };
      },
      attemptsUnder(plan, snapshot, account, parts, signal),
      signal,
    );
    account.engaged(engaged);
    keepSession(plan, session, engaged.target);
    await guard.input;
    const released = await release(answer, guard, account);
    await guard.close();
    outcome = "ok";
    return {
      answer: released,
      deployment: engaged.target.deployment,
      receipt: toldReceipt(await account.settle(outcome), asked.caller),
    };
  } catch (error) {
    const failure = guard?.refused ?? withAttempts(asFailure(error), account.attempts);
    outcome = signal.aborted && !guard?.refused ? "cancelled" : failure.code;
    throw failure;
  } finally {
    forget();
    await guard?.close();
    await account.settle(outcome);
  }
}
