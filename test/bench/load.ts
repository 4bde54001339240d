// What every load does and says: shots at one address, and how they fared.
// `cases.ts` names a load for each case, `run.ts` runs it.

export interface Shot {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Anything else counts as failed. */
  readonly status: number;
}

/** Times in milliseconds. */
export interface Fared {
  /** Requests, or chunks of streams as the upstream sent them. */
  readonly units: number;
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export type Load = (shot: Shot, seconds: number) => Promise<Fared>;

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
}
