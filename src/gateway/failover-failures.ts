// What the caller is told where no candidate answered. Only `failover.ts` throws these.

import { Failure } from "../core/errors.ts";
import type { AttemptFailure } from "../providers/upstream-failure.ts";

/** The last failure speaks for all, save where it was a rate limit everywhere: then the shortest wait. */
export function joinedFailure(failures: readonly AttemptFailure[]): Failure {
  const last = failures.at(-1)?.failure;
  if (!last) return new Failure("POLICY_REVOKED", "None of the planned deployments is permitted any longer.");
  if (failures.length === 1 || !failures.every(({ failure }) => failure.code === "RATE_LIMITED")) return last;
  const waits = failures.map(({ failure }) => failure.detail.retryAfterSeconds ?? 1);
  return new Failure("RATE_LIMITED", undefined, { retryAfterSeconds: Math.min(...waits), cause: last });
}

/** Nothing was called: every permitted deployment has failed too much lately. */
export function allResting(
  resting: readonly { readonly seconds: number; readonly rateLimited: boolean }[],
): Failure {
  const retryAfterSeconds = Math.max(1, Math.ceil(Math.min(...resting.map(({ seconds }) => seconds))));
  const rateLimited = resting.every((one) => one.rateLimited);
  return new Failure(
    rateLimited ? "RATE_LIMITED" : "MODEL_UNAVAILABLE",
    rateLimited
      ? "Every permitted deployment is left alone for a while, since its provider is rate limiting."
      : "Every permitted deployment is left alone for a while, since it kept failing.",
    { retryAfterSeconds, fix: `Try again in ${retryAfterSeconds} s, or ask for another model.` },
  );
}

export function outOfTime(within: number, failures: readonly AttemptFailure[]): Failure {
  return new Failure("UPSTREAM_TIMEOUT", `The route allows ${Math.round(within)} ms, and they are over.`, {
    cause: failures.at(-1)?.failure,
  });
}
