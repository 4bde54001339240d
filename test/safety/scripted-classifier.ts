// A classifier for tests of the guard: finds phrases in what it is shown, as slowly as told, and remembers all of it.
// It sees context and window as one text, as a model would.

import type { CheckInput, Classifier, Hit, Verdict } from "../../src/safety/classifier.ts";

export interface Script {
  /** Phrase to category. */
  readonly phrases?: Readonly<Record<string, string>>;
  /** Hits say where they are, as far as that lies in the window. */
  readonly withSpans?: boolean;
  readonly id?: string;
  readonly categories?: readonly string[];
  /** Instead of looking for phrases. */
  answer?(input: CheckInput, count: number): Promise<Verdict> | Verdict;
}

export interface Scripted extends Classifier {
  readonly asked: CheckInput[];
}

const about = { model: "scripted", latencyMs: 1 };
export const passing: Verdict = { outcome: "pass", hits: [], ...about };
export const failing: Verdict = { outcome: "error", hits: [], because: "it said something else", ...about };
export const hitting = (...hits: Hit[]): Verdict => ({ outcome: "hit", hits, ...about });

export function scripted(script: Script = {}): Scripted {
  const {
    phrases = {},
    withSpans = false,
    id = "test/guard",
    categories = ["S1", "S7", "S9", "S10"],
  } = script;
  const asked: CheckInput[] = [];
  return {
    id,
    kind: "model",
    categories,
    asked,
    async check(input) {
      asked.push(input);
      if (script.answer) return script.answer(input, asked.length);
      const text = (input.context + input.window).toLowerCase();
      const from = input.context.length;
      const hits = Object.entries(phrases).flatMap(([phrase, category]) => {
        const at = text.indexOf(
          phrase.toLowerCase(),
          Math.max(0, withSpans ? from : from - phrase.length + 1),
        );
        if (at < 0) return [];
        return [withSpans ? { category, start: at - from, end: at - from + phrase.length } : { category }];
      });
      return hits.length > 0 ? hitting(...hits) : passing;
    },
  };
}

/** Never answers; tells when it was left. */
export function hanging(): { classifier: Scripted; readonly left: Promise<void> } {
  const left = Promise.withResolvers<void>();
  const classifier = scripted({
    answer: ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          left.resolve();
          reject(new Error("aborted"));
        });
      }),
  });
  return { classifier, left: left.promise };
}
