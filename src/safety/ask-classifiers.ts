// Puts one window before every classifier at once, and joins what they say: the union of all hits.
// A classifier that failed must be made up for by the others, category for category, or nothing is cleared.

import { follow } from "../core/abortable.ts";
import type { CheckInput, Classifier, Hit, Verdict } from "./classifier.ts";

export interface Opinion {
  readonly classifier: Classifier;
  readonly verdict: Verdict;
}

interface Joined {
  readonly opinions: readonly Opinion[];
  readonly hits: readonly Hit[];
  /** Those that failed, where nobody looked for all that they would have looked for. */
  readonly missing: readonly Opinion[];
}

/** Classifiers keep times of their own; this only ends what would never end. */
const mostMilliseconds = 15_000;

/** Rejects only when `signal` aborts. */
export async function askClassifiers(
  classifiers: readonly Classifier[],
  input: Omit<CheckInput, "signal">,
  signal: AbortSignal,
): Promise<Joined> {
  const { controller, release } = follow(signal);
  const timer = setTimeout(() => controller.abort(), mostMilliseconds);
  try {
    const opinions = await Promise.all(
      classifiers.map(async (classifier) => ({
        classifier,
        verdict: await opinionOf(classifier, { ...input, signal: controller.signal }, signal),
      })),
    );
    return joined(opinions);
  } finally {
    clearTimeout(timer);
    release();
  }
}

async function opinionOf(classifier: Classifier, input: CheckInput, caller: AbortSignal): Promise<Verdict> {
  const began = performance.now();
  try {
    return await Promise.race([classifier.check(input), aborted(input.signal)]);
  } catch (error) {
    if (caller.aborted) throw error;
    const because = input.signal.aborted ? "it did not answer in time" : "it failed";
    return { outcome: "error", hits: [], model: "", latencyMs: performance.now() - began, because };
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(new Error("aborted"));
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

function joined(opinions: readonly Opinion[]): Joined {
  const failed = opinions.filter(({ verdict }) => verdict.outcome === "error");
  const answered = opinions.filter(({ verdict }) => verdict.outcome !== "error");
  const covered = new Set(answered.flatMap(({ classifier }) => classifier.categories));
  return {
    opinions,
    hits: answered.flatMap(({ verdict }) => hitsOf(verdict)),
    missing: failed.filter(
      ({ classifier }) =>
        answered.length === 0 || classifier.categories.some((category) => !covered.has(category)),
    ),
  };
}

/** What says that it found something, and not what, found the worst. */
function hitsOf({ outcome, hits }: Verdict): readonly Hit[] {
  return outcome === "hit" && hits.length === 0 ? [{ category: "unknown" }] : hits;
}
