// How long to wait before the same deployment is called again: what it asked for, or a random time that
// doubles. `failover.ts` asks; a wait that is too long is none, and the next candidate's turn comes.

const firstMilliseconds = 200;
const longestWait = 10_000;

/** Undefined where it should not be waited for. Random, so that callers do not come back together. */
export function waitBefore(retry: number, retryAfterSeconds: number | undefined): number | undefined {
  const asked = (retryAfterSeconds ?? 0) * 1_000;
  if (asked > longestWait) return undefined;
  const backoff = firstMilliseconds * 2 ** retry;
  return Math.max(asked, backoff / 2) + Math.random() * (backoff / 2);
}
