// Measures how each deployment is doing: first token, speed of writing, errors. Older calls count for
// less, so that what is shown is now. The flow reports to `health.ts`, which keeps one of these.

import type { Vitals } from "../core/vitals.ts";

export interface VitalsBook {
  of(deploymentId: string): Vitals | undefined;
  firstToken(deploymentId: string, milliseconds: number): void;
  /** Tokens after the first, and the time they took. */
  wrote(deploymentId: string, tokens: number, milliseconds: number): void;
  ended(deploymentId: string, failed: boolean): void;
}

const halfLifeMilliseconds = 5 * 60_000;
/** Less than this is left of what was measured: then nothing is known any more. */
const leastWeight = 0.05;
/** Of the newest call in an average. */
const share = 0.2;
/** Each bound is a tenth above the one before: percentiles are right to 10 %. */
const ratio = 1.1;
const bucketCount = 130;
const mostDeployments = 5_000;

interface Measured {
  at: number;
  calls: number;
  failures: number;
  firstTokens: number;
  average: number | undefined;
  tokensPerSecond: number | undefined;
  readonly buckets: Float64Array;
}

export function createVitalsBook(now: () => number): VitalsBook {
  const all = new Map<string, Measured>();

  function measuredOf(id: string): Measured {
    let measured = all.get(id);
    if (measured === undefined) {
      measured = fresh(now());
      // Callers make up ids of unlisted models, so no more than this many are kept.
      const oldest = all.size >= mostDeployments ? all.keys().next().value : undefined;
      if (oldest !== undefined) all.delete(oldest);
      all.set(id, measured);
    }
    decay(measured, now());
    return measured;
  }

  return {
    of(id) {
      const measured = all.get(id);
      if (measured === undefined) return undefined;
      decay(measured, now());
      return shown(measured);
    },
    firstToken(id, milliseconds) {
      const measured = measuredOf(id);
      measured.average = averaged(measured.average, milliseconds);
      measured.firstTokens += 1;
      const bucket = Math.min(
        bucketCount - 1,
        Math.ceil(Math.log(Math.max(1, milliseconds)) / Math.log(ratio)),
      );
      measured.buckets[bucket] = (measured.buckets[bucket] ?? 0) + 1;
    },
    wrote(id, tokens, milliseconds) {
      if (tokens <= 0 || milliseconds <= 0) return;
      const measured = measuredOf(id);
      measured.tokensPerSecond = averaged(measured.tokensPerSecond, (tokens * 1_000) / milliseconds);
    },
    ended(id, failed) {
      const measured = measuredOf(id);
      measured.calls += 1;
      if (failed) measured.failures += 1;
    },
  };
}

const fresh = (at: number): Measured => ({
  at,
  calls: 0,
  failures: 0,
  firstTokens: 0,
  average: undefined,
  tokensPerSecond: undefined,
  buckets: new Float64Array(bucketCount),
});

const averaged = (before: number | undefined, value: number): number =>
  before === undefined ? value : before + share * (value - before);

/** Not at every call: a part of a second changes nothing that can be seen. */
const decayEveryMilliseconds = 1_000;

function decay(measured: Measured, now: number): void {
  const elapsed = now - measured.at;
  if (elapsed < decayEveryMilliseconds) return;
  const factor = 2 ** (-elapsed / halfLifeMilliseconds);
  measured.at = now;
  measured.calls *= factor;
  measured.failures *= factor;
  measured.firstTokens *= factor;
  for (const [index, weight] of measured.buckets.entries()) measured.buckets[index] = weight * factor;
  if (measured.firstTokens < leastWeight) measured.average = undefined;
  if (measured.calls < leastWeight) measured.tokensPerSecond = undefined;
}

function shown({
  calls,
  failures,
  firstTokens,
  average,
  tokensPerSecond,
  buckets,
}: Measured): Vitals | undefined {
  const known = firstTokens >= leastWeight && average !== undefined;
  if (!known && calls < leastWeight) return undefined;
  return {
    samples: calls,
    firstToken: known
      ? { average, p50: percentile(buckets, firstTokens, 0.5), p95: percentile(buckets, firstTokens, 0.95) }
      : undefined,
    tokensPerSecond,
    errorRate: calls < leastWeight ? undefined : failures / calls,
  };
}

function percentile(buckets: Float64Array, total: number, part: number): number {
  let sum = 0;
  for (const [index, weight] of buckets.entries()) {
    sum += weight;
    if (sum >= total * part) return ratio ** index;
  }
  return ratio ** (bucketCount - 1);
}
