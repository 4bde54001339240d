// One attempt of one request: what was called, how it ended, how long it took, what it cost.
// The account shows it to the caller; health and the counts learn from it.

import { failureKinds, type Attempt } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { RouteTimeouts } from "../core/route.ts";
import type { Meter } from "../metering/meter.ts";
import type { Entry, Place } from "../providers/places.ts";
import { AttemptFailure, attemptFailureFrom } from "../providers/upstream-failure.ts";
import { openScope } from "./attempt-scope.ts";
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
  /** A key was refused and another has taken its place: told as an attempt of its own. */
  keyRefused(failure: AttemptFailure): void;
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

export function beginAttempt(target: PermittedDeployment, own: AttemptParts, parts: Parts): AttemptLog {
  const { id, provider } = target.deployment;
  const { requestId, attempts, signal, meter, timeouts, entry, rehearsed } = own;
  const barred = entry instanceof AttemptFailure ? entry : undefined;
  const place = entry instanceof AttemptFailure ? undefined : entry;
  const scope = openScope(signal, timeouts, own.alone);
  let startedAt = parts.now();
  let spokeAt: number | undefined;
  let noted = false;

  function note(outcome: string, because?: string): void {
    noted = true;
    scope.end();
    place?.end();
    tell(outcome, because);
  }

  function tell(outcome: string, because?: string): void {
    const milliseconds = Math.round(parts.now() - startedAt);
    parts.telemetry.attemptDone({ requestId, deploymentId: id, outcome, milliseconds });
    attempts.push({ because, cost: meter.read().cost, deploymentId: id, milliseconds, outcome, rehearsed });
  }

  function succeeded(): void {
    const writing =
      spokeAt === undefined
        ? undefined
        : { tokens: meter.read().usage.output, milliseconds: parts.now() - spokeAt };
    parts.health.succeeded(id, writing);
    note("ok");
  }

  function cancelled(because?: string): void {
    parts.health.released(id);
    note("cancelled", because);
  }

  return {
    meter,
    timeouts,
    place,
    barred,
    signal: scope.signal,
    spoke() {
      scope.spoke();
      spokeAt = parts.now();
      parts.health.spoke(id, spokeAt - startedAt);
    },
    done() {
      if (noted) return;
      if (signal.aborted) cancelled();
      else succeeded();
    },
    keyRefused(failure) {
      tell(failure.failure.code, `${failure.failure.message} Another key was used.`);
      startedAt = parts.now();
    },
    failed(error) {
      const failure = scope.expired ?? attemptFailureFrom(error, provider.name);
      if (noted) return failure;
      if (signal.aborted) {
        cancelled();
        return failure;
      }
      if (failure.fault === undefined) parts.health.released(id);
      else parts.health.failed(id, failure.fault, restMilliseconds(failure));
      if (failure.alarm && rehearsed === undefined) parts.reportFault(failure, requestId);
      note(failure.failure.code, becauseOf(failure));
      return failure;
    },
    leave(because) {
      if (noted) return;
      meter.presume();
      scope.abort();
      cancelled(because);
    },
  };
}

function restMilliseconds({ failure }: AttemptFailure): number | undefined {
  const seconds = failure.detail.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}

/** A provider that blames the caller quotes it: that must not come into a record. */
function becauseOf({ failure, fault }: AttemptFailure): string {
  return fault === undefined ? failureKinds[failure.code].message : failure.message;
}
