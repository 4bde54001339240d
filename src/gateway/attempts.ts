// One attempt of one request: what was called, how it ended, how long it took, what it cost.
// The account shows it to the caller; health and the counts learn from it.

import { failureKinds, type Attempt } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { RouteTimeouts } from "../core/route.ts";
import type { Meter } from "../metering/meter.ts";
import type { Entry, Place } from "../providers/places.ts";
import { AttemptFailure, attemptFailureFrom } from "../providers/upstream-failure.ts";
import { openScope, type AttemptScope } from "./attempt-scope.ts";
import type { GatewayParts } from "./parts.ts";

export interface AttemptLog {
  /** Counts what this attempt uses. */
  readonly meter: Meter;
  readonly timeouts: RouteTimeouts;
  readonly place: Place | undefined;
  /** Why nothing may be called at all: fail with it. */
  readonly barred: AttemptFailure | undefined;
  /** Aborted when the caller leaves, when it takes too long, or when it is left for another. */
  readonly signal: AbortSignal;
  /** Something came that would reach the caller. */
  spoke(): void;
  /** The deployment answered to the end, or was left by us. */
  done(): void;
  /** A key was refused and another has taken its place: told as an attempt of its own. Absent where there is one key. */
  readonly keyRefused: ((failure: AttemptFailure) => void) | undefined;
  /** Says whose fault the error is, and notes it. */
  failed(error: unknown): AttemptFailure;
  /** Another is taken instead: ends the call, and charges what the provider may have read. */
  leave(because: string): void;
}

export interface AttemptParts {
  readonly requestId: string;
  /** Of the request. */
  readonly attempts: Attempt[];
  readonly signal: AbortSignal;
  readonly meter: Meter;
  readonly timeouts: RouteTimeouts;
  readonly entry: Entry;
  /** Another attempt may run beside it. */
  readonly alone: boolean;
  /** The fault that is played in its place. */
  readonly rehearsed?: string | undefined;
}

type Parts = Pick<GatewayParts, "health" | "telemetry" | "now" | "reportFault">;

export const beginAttempt = (target: PermittedDeployment, own: AttemptParts, parts: Parts): AttemptLog =>
  new RunningAttempt(target, own, parts);

/** A class, and no closures: every request makes one. */
class RunningAttempt implements AttemptLog {
  readonly meter: Meter;
  readonly timeouts: RouteTimeouts;
  readonly place: Place | undefined;
  readonly barred: AttemptFailure | undefined;
  readonly signal: AbortSignal;
  readonly keyRefused: ((failure: AttemptFailure) => void) | undefined;
  readonly #target: PermittedDeployment;
  readonly #own: AttemptParts;
  readonly #parts: Parts;
  /** Absent where nothing limits it and nothing runs beside it. */
  readonly #scope: AttemptScope | undefined;
  #startedAt: number;
  #spokeAt: number | undefined;
  #noted = false;

  constructor(target: PermittedDeployment, own: AttemptParts, parts: Parts) {
    const { entry, timeouts, signal } = own;
    this.meter = own.meter;
    this.timeouts = timeouts;
    this.place = entry instanceof AttemptFailure ? undefined : entry;
    this.barred = entry instanceof AttemptFailure ? entry : undefined;
    this.#scope = openScope(signal, timeouts, own.alone);
    this.signal = this.#scope?.signal ?? signal;
    this.keyRefused = this.place && ((failure) => this.#nextKey(failure));
    this.#target = target;
    this.#own = own;
    this.#parts = parts;
    this.#startedAt = parts.now();
  }

  spoke(): void {
    this.#scope?.spoke();
    this.#spokeAt = this.#parts.now();
    this.#parts.health.spoke(this.#target.deployment.id, this.#spokeAt - this.#startedAt);
  }

  done(): void {
    if (this.#noted) return;
    if (this.#own.signal.aborted) this.#cancelled();
    else this.#succeeded();
  }

  failed(error: unknown): AttemptFailure {
    const { id, provider } = this.#target.deployment;
    const { health, reportFault } = this.#parts;
    const failure = this.#scope?.expired ?? attemptFailureFrom(error, provider.name);
    if (this.#noted) return failure;
    if (this.#own.signal.aborted) {
      this.#cancelled();
      return failure;
    }
    if (failure.fault === undefined) health.released(id);
    else health.failed(id, failure.fault, restMilliseconds(failure));
    if (failure.alarm && this.#own.rehearsed === undefined) reportFault(failure, this.#own.requestId);
    this.#note(failure.failure.code, becauseOf(failure));
    return failure;
  }

  leave(because: string): void {
    if (this.#noted) return;
    this.meter.presume();
    this.#scope?.abort();
    this.#cancelled(because);
  }

  #nextKey({ failure }: AttemptFailure): void {
    this.#tell(failure.code, `${failure.message} Another key was used.`);
    this.#startedAt = this.#parts.now();
  }

  #succeeded(): void {
    const spokeAt = this.#spokeAt;
    const writing =
      spokeAt === undefined
        ? undefined
        : { tokens: this.meter.read().usage.output, milliseconds: this.#parts.now() - spokeAt };
    this.#parts.health.succeeded(this.#target.deployment.id, writing);
    this.#note("ok");
  }

  #cancelled(because?: string): void {
    this.#parts.health.released(this.#target.deployment.id);
    this.#note("cancelled", because);
  }

  #note(outcome: string, because?: string): void {
    this.#noted = true;
    this.#scope?.end();
    this.place?.end();
    this.#tell(outcome, because);
  }

  #tell(outcome: string, because?: string): void {
    const { requestId, attempts, rehearsed } = this.#own;
    const deploymentId = this.#target.deployment.id;
    const milliseconds = Math.round(this.#parts.now() - this.#startedAt);
    this.#parts.telemetry.attemptDone({ requestId, deploymentId, outcome, milliseconds });
    const { cost } = this.meter.read();
    attempts.push({ because, cost, deploymentId, milliseconds, outcome, rehearsed });
  }
}

function restMilliseconds({ failure }: AttemptFailure): number | undefined {
  const seconds = failure.detail.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

/** A provider that blames the caller quotes it: that must not come into a record. */
function becauseOf({ failure, fault }: AttemptFailure): string {
  return fault === undefined ? failureKinds[failure.code].message : failure.message;
}
