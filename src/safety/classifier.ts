// What a classifier is to the guard: given a window of text it gives a verdict, and never a guess.
// The guard asks every classifier that the policy permits and takes the union of what they find.

export type SafetyPhase = "input" | "output";

export interface CheckInput {
  readonly phase: SafetyPhase;
  /** What the model was asked: the last user turns, bounded. */
  readonly prompt: string;
  /** The last 200 to 400 characters before the window, cleared already. */
  readonly context: string;
  readonly window: string;
  /** True for the last window of a text. */
  readonly final: boolean;
  readonly signal: AbortSignal;
}

export interface Hit {
  /** A category that policy rows know: `S1` to `S14`, a custom one, or `unknown`. */
  readonly category: string;
  readonly score?: number;
  /** UTF-16 offsets in the window; absent where the classifier only says that something is there. */
  readonly start?: number;
  readonly end?: number;
}

export interface Verdict {
  /** What cannot be read is `error`, never `pass`. */
  readonly outcome: "pass" | "hit" | "error";
  readonly hits: readonly Hit[];
  /** Which model said so. */
  readonly model: string;
  readonly latencyMs: number;
  /** Why it is an error, without a word of the text. */
  readonly because?: string;
}

export interface Classifier {
  /** `deterministic`, or a deployment id. */
  readonly id: string;
  readonly kind: "deterministic" | "model" | "remote-api";
  /** Everything that it can find. */
  readonly categories: readonly string[];
  /** Rejects only when `signal` aborts. A failed call has been tried again before it is an `error`. */
  check(input: CheckInput): Promise<Verdict>;
}
