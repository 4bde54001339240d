// Keeps retries and hedges a small part of all calls, so that a struggling provider is not buried.
// One per process; `gateway/failover.ts` asks it before it calls the same deployment again.

export interface RetryBudget {
  /** A first call was made. */
  called(): void;
  /** True where one more may be made; it is counted. */
  take(): boolean;
}

/** One retry in five calls, and a few a second where there are few calls. */
const perCall = 0.2;
const perSecond = 5;
const most = 100;
const atFirst = 10;

export function createRetryBudget(now: () => number): RetryBudget {
  let tokens = atFirst;
  let at = now();
  return {
    called: () => void (tokens = Math.min(most, tokens + perCall)),
    take() {
      const earned = ((now() - at) / 1_000) * perSecond;
      at = now();
      // What comes with time only keeps it from running dry.
      tokens = Math.max(tokens, Math.min(atFirst, tokens + earned));
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
