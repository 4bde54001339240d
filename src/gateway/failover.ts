// Tries the plan's candidates in order until one answers; from then on that one stays.
// Every candidate was permitted, and is asked about again before its turn; so is its breaker.

import { setTimeout as sleep } from "node:timers/promises";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { FailoverSettings } from "../core/route.ts";
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

type Call<T> = (target: PermittedDeployment, attempt: AttemptLog) => Promise<T>;

/**
 * `call` resolves once the deployment has said something, and rejects where another may be tried.
 * `discard` lets go of a value that came too late.
 */
export function failover<R extends ModelRequest, T>(
  plan: Plan<R>,
  call: Call<T>,
  parts: FailoverParts,
  signal: AbortSignal,
  discard: (value: T) => void = () => undefined,
): Promise<T> {
  return new Failover(plan, call, parts, signal, discard).run();
}

/** A class, and no closures: every request makes one. */
class Failover<T> {
  readonly #plan: Plan;
  readonly #settings: FailoverSettings | undefined;
  readonly #call: Call<T>;
  readonly #parts: FailoverParts;
  readonly #signal: AbortSignal;
  readonly #discard: (value: T) => void;
  readonly #resting: PermittedDeployment[] = [];
  /** The place in the plan of whoever is next. */
  #at = 0;

  constructor(
    plan: Plan,
    call: Call<T>,
    parts: FailoverParts,
    signal: AbortSignal,
    discard: (value: T) => void,
  ) {
    this.#plan = plan;
    this.#settings = plan.way?.route.failover;
    this.#call = call;
    this.#parts = parts;
    this.#signal = signal;
    this.#discard = discard;
  }

  async run(): Promise<T> {
    const failures: AttemptFailure[] = [];
    for (let candidate = this.#next(); candidate; candidate = this.#next()) {
      this.#signal.throwIfAborted();
      if (this.#parts.remaining() <= 0) throw outOfTime(this.#settings?.within ?? 0, failures);
      const { target } = candidate;
      const outcome = await (this.#plan.way === undefined ? this.#once(target) : this.#turn(target));
      if (outcome.ok) return outcome.value;
      failures.push(...outcome.failures);
      if (!outcome.failures.every((failure) => this.#goesOnAfter(failure))) break;
    }
    if (failures.length === 0 && this.#resting.length > 0)
      throw allResting(this.#resting.map((target) => this.#parts.resting(target)));
    throw joinedFailure(failures);
  }

  #goesOnAfter({ mayTryAnother, refusedContent }: AttemptFailure): boolean {
    return mayTryAnother || (refusedContent && this.#settings?.onRefusedContent === true);
  }

  /** The next that may be called now. */
  #next(): PlannedCandidate | undefined {
    const { candidates } = this.#plan;
    for (let candidate = candidates[this.#at]; candidate; candidate = candidates[this.#at]) {
      this.#at += 1;
      const { target } = candidate;
      if (!this.#parts.stillPermitted(target)) continue;
      if (this.#parts.admits(target)) return candidate;
      this.#resting.push(target);
    }
    return undefined;
  }

  /** As its route asks for it: with retries, or beside another. */
  async #turn(target: PermittedDeployment): Promise<Turn<T>> {
    const parts = this.#parts;
    const after = parts.hedgeAfter(target);
    if (after !== undefined) return await this.#hedged(target, after);
    let tried = await this.#once(target);
    for (let retry = 0; retry < (this.#settings?.retries ?? 0) && !tried.ok; retry++) {
      const [failure] = tried.failures;
      const wait = failure?.passing ? waitBefore(retry, failure.failure.detail.retryAfterSeconds) : undefined;
      if (wait === undefined || wait >= parts.remaining() || !parts.mayAdd()) break;
      await sleep(wait, undefined, { signal: this.#signal });
      if (!parts.stillPermitted(target) || !parts.admits(target)) break;
      const again = await this.#once(target);
      tried = again.ok ? again : { ok: false, failures: [...again.failures, ...tried.failures] };
    }
    return tried;
  }

  #once(target: PermittedDeployment): Promise<Turn<T>> {
    const entering = this.#parts.enter(target);
    return entering instanceof Promise
      ? entering.then((entry) => this.#made(target, this.#parts.begin(target, entry)))
      : this.#made(target, this.#parts.begin(target, entering));
  }

  async #made(target: PermittedDeployment, attempt: AttemptLog): Promise<Turn<T>> {
    try {
      if (attempt.barred !== undefined) throw attempt.barred;
      return { ok: true, value: await this.#call(target, attempt) };
    } catch (error) {
      return { ok: false, failures: [attempt.failed(error)] };
    }
  }

  async #hedged(target: PermittedDeployment, after: number): Promise<Turn<T>> {
    return hedged({
      target,
      after,
      entry: await this.#parts.enter(target),
      made: (other, attempt) => this.#made(other, attempt),
      second: () => this.#second(),
      begin: (other, entry) => this.#parts.begin(other, entry),
      discard: this.#discard,
    });
  }

  /** Beside a slow one, so it is not waited for. */
  #second(): Opened | undefined {
    const candidate = this.#parts.mayAdd() ? this.#next() : undefined;
    if (candidate === undefined) return undefined;
    const entered = this.#parts.enterAtOnce(candidate.target);
    // Its turn comes after this one, if it comes to that.
    if (entered === undefined) this.#at -= 1;
    return entered && { target: candidate.target, entry: entered.entry };
  }
}
