// Puts one window before every classifier at once, and hears all of them: whatever one finds is found.
// A classifier that failed must be made up for by the others, category for category, or nothing is cleared.

import { follow } from "../core/abortable.ts";
import type { CheckInput, Classifier, Hit, Verdict } from "./classifier.ts";

export interface Opinion {
  readonly classifier: Classifier;
  readonly verdict: Verdict;
}

interface Joined {
  readonly opinions: readonly Opinion[];
  /** Those that failed, where nobody looked for all that they would have looked for. */
  readonly missing: readonly Opinion[];
}

/** Classifiers keep times of their own, two tries of up to a minute; this only ends what would never end. */
const mostMilliseconds = 150_000;

/** Rejects only when `signal` aborts. */
export function askClassifiers(
  classifiers: readonly Classifier[],
  input: Omit<CheckInput, "signal">,
  signal: AbortSignal,
): Promise<Joined> {
  if (signal.aborted) return Promise.reject(new Error("the check was left"));
  const { controller, release } = follow(signal);
  return new Promise((resolve, reject) => {
    const verdicts = new Map<Classifier, Verdict>();
    const began = performance.now();
    const timer = setTimeout(() => controller.abort(), mostMilliseconds);
    const end = (): void => {
      clearTimeout(timer);
      release();
    };
    const heard = (classifier: Classifier, verdict: Verdict): void => {
      if (verdicts.size === classifiers.length) return;
      verdicts.set(classifier, verdict);
      if (verdicts.size < classifiers.length) return;
      end();
      resolve(joined(classifiers, verdicts));
    };
    const failed = (classifier: Classifier, because: string): void =>
      heard(classifier, {
        outcome: "error",
        hits: [],
        model: "",
        latencyMs: performance.now() - began,
        because,
      });
    controller.signal.addEventListener("abort", () => {
      if (signal.aborted) {
        end();
        reject(new Error("the check was left"));
        return;
      }
      for (const one of classifiers) if (!verdicts.has(one)) failed(one, "it did not answer in time");
    });
    for (const classifier of classifiers) {
      classifier.check({ ...input, signal: controller.signal }).then(
        (verdict) => heard(classifier, verdict),
        () => controller.signal.aborted || failed(classifier, "it failed"),
      );
    }
  });
}

function joined(classifiers: readonly Classifier[], verdicts: ReadonlyMap<Classifier, Verdict>): Joined {
  const opinions = classifiers.flatMap((classifier) => {
    const verdict = verdicts.get(classifier);
    return verdict ? [{ classifier, verdict }] : [];
  });
  const failed = opinions.filter(({ verdict }) => verdict.outcome === "error");
  const answered = opinions.filter(({ verdict }) => verdict.outcome !== "error");
  const covered = new Set(answered.flatMap(({ classifier }) => classifier.categories));
  return {
    opinions,
    missing: failed.filter(
      ({ classifier }) =>
        answered.length === 0 || classifier.categories.some((category) => !covered.has(category)),
    ),
  };
}

/** What says that it found something, and not what, found the worst. */
export function hitsOf({ outcome, hits }: Verdict): readonly Hit[] {
  if (outcome === "error") return [];
  return outcome === "hit" && hits.length === 0 ? [{ category: "unknown" }] : hits;
}
