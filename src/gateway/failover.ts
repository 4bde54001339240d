// Tries the plan's candidates in order until one answers; from then on that one stays.
// Every candidate was permitted, and is asked about again before its turn.

import { Failure } from "../core/errors.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Plan } from "../core/stages.ts";
import type { AttemptFailure } from "../providers/upstream-failure.ts";
import type { AttemptLog } from "./attempts.ts";

export interface FailoverParts {
  /** False where a policy published since denies what this plan's policy allowed. */
  stillPermitted(target: PermittedDeployment): boolean;
  begin(target: PermittedDeployment): AttemptLog;
}

/** `call` resolves once the deployment has said something, and rejects where another may be tried. */
export async function failover<R extends ModelRequest, T>(
  plan: Plan<R>,
  call: (target: PermittedDeployment, attempt: AttemptLog) => Promise<T>,
  parts: FailoverParts,
  signal: AbortSignal,
): Promise<T> {
  const failures: AttemptFailure[] = [];
  for (const { target } of plan.candidates) {
    if (!parts.stillPermitted(target)) continue;
    signal.throwIfAborted();
    const attempt = parts.begin(target);
    try {
      return await call(target, attempt);
    } catch (error) {
      const failure = attempt.failed(error);
      failures.push(failure);
      if (!failure.mayTryAnother) break;
    }
  }
  throw joinedFailure(failures);
}

/** The last failure speaks for all, save where it was a rate limit everywhere: then the shortest wait. */
function joinedFailure(failures: readonly AttemptFailure[]): Failure {
  const last = failures.at(-1)?.failure;
  if (!last) return new Failure("POLICY_REVOKED", "None of the planned deployments is permitted any longer.");
  if (failures.length === 1 || !failures.every(({ failure }) => failure.code === "RATE_LIMITED")) return last;
  const waits = failures.map(({ failure }) => failure.detail.retryAfterSeconds ?? 1);
  return new Failure("RATE_LIMITED", undefined, { retryAfterSeconds: Math.min(...waits), cause: last });
}
