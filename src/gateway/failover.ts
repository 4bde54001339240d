// Tries the plan's candidates in order until one answers; from then on that one stays.
// Every candidate was permitted, and is asked about again before its turn; so is its breaker.

import { setTimeout as sleep } from "node:timers/promises";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { PlannedCandidate, Plan } from "../core/stages.ts";
import type { AttemptFailure } from "../providers/upstream-failure.ts";
import type { Entry } from "../providers/places.ts";
import type { AttemptLog } from "./attempts.ts";
import { waitBefore } from "./backoff.ts";
import { allResting, joinedFailure, outOfTime } from "./failover-failures.ts";
import { hedged, type Opened, type Turn } from "./hedge.ts";

export interface FailoverParts {
  /** False where a policy published since denies what this plan's policy allowed. */
  stillPermitted(target: PermittedDeployment): boolean;
  /** False while its breaker is open. True must be followed by an attempt. */
  admits(target: PermittedDeployment): boolean;
  /** How long the breaker leaves it alone, in seconds, and whether for rate limits. */
  resting(target: PermittedDeployment): { readonly seconds: number; readonly rateLimited: boolean };
  /** A place at its provider, a promise where it must wait for one; undefined where that has one key and no limit. */
  enter(target: PermittedDeployment): Entry | Promise<Entry>;
  /** Undefined where it would have to wait; then it is as if its breaker had never been asked. */
  enterAtOnce(target: PermittedDeployment): { readonly entry: Entry } | undefined;
  begin(target: PermittedDeployment, entry: Entry): AttemptLog;
  /** Milliseconds that the route's latency budget still has; Infinity without one. */
  remaining(): number;
  /** True where a retry or a hedge may be added to what is called anyway. */
  mayAdd(): boolean;
  /** After how many milliseconds a second one is called beside this; undefined: never. */
  hedgeAfter(target: PermittedDeployment): number | undefined;
}

/**
 * `call` resolves once the deployment has said something, and rejects where another may be tried.
 * `discard` lets go of a value that came too late.
 */
export async function failover<R extends ModelRequest, T>(
  plan: Plan<R>,
  call: (target: PermittedDeployment, attempt: AttemptLog) => Promise<T>,
  parts: FailoverParts,
  signal: AbortSignal,
  discard: (value: T) => void = () => undefined,
): Promise<T> {
  const settings = plan.way?.route.failover;
  const failures: AttemptFailure[] = [];
  const resting: PermittedDeployment[] = [];
  const waiting = [...plan.candidates];

  /** The next that may be called now. */
  function next(): PlannedCandidate | undefined {
    for (let candidate = waiting.shift(); candidate; candidate = waiting.shift()) {
      const { target } = candidate;
      if (!parts.stillPermitted(target)) continue;
      if (parts.admits(target)) return candidate;
      resting.push(target);
    }
    return undefined;
  }

  async function once(target: PermittedDeployment): Promise<Turn<T>> {
    const entering = parts.enter(target);
    const entry = entering instanceof Promise ? await entering : entering;
    return await made(target, parts.begin(target, entry));
  }

  async function made(target: PermittedDeployment, attempt: AttemptLog): Promise<Turn<T>> {
    try {
      if (attempt.barred !== undefined) throw attempt.barred;
      return { ok: true, value: await call(target, attempt) };
    } catch (error) {
      return { ok: false, failures: [attempt.failed(error)] };
    }
  }

  /** Beside a slow one, so it is not waited for. */
  function second(): Opened | undefined {
    const candidate = parts.mayAdd() ? next() : undefined;
    if (candidate === undefined) return undefined;
    const entered = parts.enterAtOnce(candidate.target);
    if (entered === undefined) waiting.unshift(candidate);
    return entered && { target: candidate.target, entry: entered.entry };
  }

  async function turn({ target }: PlannedCandidate): Promise<Turn<T>> {
    const after = parts.hedgeAfter(target);
    if (after !== undefined)
      return await hedged({
        target,
        after,
        entry: await parts.enter(target),
        made,
        second,
        begin: parts.begin,
        discard,
      });
    let tried = await once(target);
    for (let retry = 0; retry < (settings?.retries ?? 0) && !tried.ok; retry++) {
      const [failure] = tried.failures;
      const wait = failure?.passing ? waitBefore(retry, failure.failure.detail.retryAfterSeconds) : undefined;
      if (wait === undefined || wait >= parts.remaining() || !parts.mayAdd()) break;
      await sleep(wait, undefined, { signal });
      if (!parts.stillPermitted(target) || !parts.admits(target)) break;
      const again = await once(target);
      tried = again.ok ? again : { ok: false, failures: [...again.failures, ...tried.failures] };
    }
    return tried;
  }

  for (let candidate = next(); candidate; candidate = next()) {
    signal.throwIfAborted();
    if (parts.remaining() <= 0) throw outOfTime(settings?.within ?? 0, failures);
    const outcome = await turn(candidate);
    if (outcome.ok) return outcome.value;
    failures.push(...outcome.failures);
    const goesOn = outcome.failures.every(
      ({ mayTryAnother, refusedContent }) =>
        mayTryAnother || (refusedContent && settings?.onRefusedContent === true),
    );
    if (!goesOn) break;
  }
  if (failures.length === 0 && resting.length > 0) throw allResting(resting.map(parts.resting));
  throw joinedFailure(failures);
}
