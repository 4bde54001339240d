// What a classifier format is: how a text is put to a model of its kind, and how the answer is read.
// Pure. `formats.ts` lists them; `model-classifier.ts` makes the calls in between.

import type { ModerationAnswer, ModerationCall } from "../../core/moderation.ts";
import type { CheckInput, Hit } from "../classifier.ts";

export type Judged = Pick<CheckInput, "phase" | "prompt" | "context" | "window">;

export type Reading =
  | { readonly outcome: "pass" }
  | { readonly outcome: "hit"; readonly hits: readonly Hit[] }
  /** `because` never quotes the answer: a model that was talked into nonsense may repeat the text. */
  | { readonly outcome: "error"; readonly because: string };

export interface Format {
  /** What it can find: the categories that policy rows know. */
  readonly categories: readonly string[];
  /** Usually one; a model that is asked for one risk at a time needs several. */
  calls(judged: Judged): readonly ModerationCall[];
  /** One answer for each call, in their order. */
  read(answers: readonly ModerationAnswer[]): Reading;
}

export const unreadable = (because: string): Reading => ({ outcome: "error", because });

/** The answer of a format that makes one call and expects text; undefined where it is anything else. */
export function textOf(answers: readonly ModerationAnswer[]): string | undefined {
  const [answer, ...more] = answers;
  return answer?.type === "text" && more.length === 0 ? answer.text : undefined;
}
