// Whether to begin with the cheap one at all: drawn from what was learned of such requests, so that what
// is not known yet is tried, and what is known is used (Thompson sampling). Pure: the seed is given.

import { draw } from "./draw.ts";

/** How often the cheap answer was good enough for such requests, and how often it was not. */
export interface Learned {
  readonly enough: number;
  readonly escalated: number;
}

export interface Costs {
  readonly cheap: number | undefined;
  readonly dear: number | undefined;
}

/** Where nobody knows the prices: the cheap one is taken for a fifth of the dear one. */
const usualRatio = 0.2;

/**
 * True where going to the dear one at once is expected to cost less: cheap first costs
 * cheap + (1 − p) · dear, and p is drawn from Beta(1 + enough, 1 + escalated).
 */
export function goesStraight({ enough, escalated }: Learned, { cheap, dear }: Costs, seed: string): boolean {
  const ratio = cheap === undefined || dear === undefined || dear === 0 ? usualRatio : cheap / dear;
  const next = drawsOf(seed);
  const good = gamma(1 + enough, next);
  const bad = gamma(1 + escalated, next);
  return good / (good + bad) < ratio;
}

function drawsOf(seed: string): () => number {
  let count = 0;
  return () => draw(seed, `thompson ${count++}`);
}

/** Marsaglia and Tsang, 2000: https://doi.org/10.1145/358407.358414; shapes here are never below 1. */
function gamma(shape: number, next: () => number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(next);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller. */
const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(next())) * Math.cos(2 * Math.PI * next());
