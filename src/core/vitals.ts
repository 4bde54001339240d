// How one deployment is doing as this process sees it, the same for every caller.
// `routing/` measures it; plans order by it, and the doors show it.

/** `open`: it is not called. `half-open`: one call at a time tries it again. */
export type BreakerState = "closed" | "open" | "half-open";

export interface Vitals {
  /** Calls that count, older ones for less. */
  readonly samples: number;
  /** Milliseconds from the call to the first content; undefined until something was measured. */
  readonly firstToken: FirstToken | undefined;
  readonly tokensPerSecond: number | undefined;
  /** From 0 to 1. */
  readonly errorRate: number | undefined;
}

interface FirstToken {
  readonly average: number;
  readonly p50: number;
  readonly p95: number;
}
