// Keeps the log of attempts of one request: what was called, how it ended, how long it took.
// The account shows it to the caller; health and the counts learn from it.

import type { Attempt } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import { attemptFailureFrom, type AttemptFailure } from "../providers/upstream-failure.ts";
import type { GatewayParts } from "./parts.ts";

export interface AttemptLog {
  /** The deployment answered to the end, or was left by us. */
  done(): void;
  /** Says whose fault the error is, and notes it. */
  failed(error: unknown): AttemptFailure;
}

export function beginAttempt(
  target: PermittedDeployment,
  requestId: string,
  attempts: Attempt[],
  parts: GatewayParts,
  signal: AbortSignal,
): AttemptLog {
  const { id, provider } = target.deployment;
  const startedAt = parts.now();
  let noted = false;

  function note(outcome: string): void {
    if (noted) return;
    noted = true;
    const attempt = { deploymentId: id, outcome, milliseconds: Math.round(parts.now() - startedAt) };
    attempts.push(attempt);
    parts.telemetry.attemptDone({ requestId, ...attempt });
  }

  return {
    done() {
      if (!signal.aborted) parts.health.succeeded(id);
      note(signal.aborted ? "cancelled" : "ok");
    },
    failed(error) {
      const failure = attemptFailureFrom(error, provider.name);
      if (signal.aborted) {
        note("cancelled");
        return failure;
      }
      if (failure.mayTryAnother && failure.failure.code !== "UNSUPPORTED_PARAMETER")
        parts.health.failed(id, restMilliseconds(failure));
      if (failure.alarm) parts.reportFault(failure, requestId);
      note(failure.failure.code);
      return failure;
    },
  };
}

function restMilliseconds({ failure }: AttemptFailure): number | undefined {
  const seconds = failure.detail.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1000;
}
