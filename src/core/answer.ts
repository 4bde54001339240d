// What the flow hands to a door: the screened stream of one answer, and its account at the end.
// `gateway/` makes it; the doors only translate it.

import type { Attempt, SensitivityReport } from "./errors.ts";
import type { FinishReason, ModelEvent, TokenUsage } from "./events.ts";
import type { Deployment } from "./deployment.ts";
import type { Picodollars } from "./money.ts";
import type { ReasoningBlock, ToolCall } from "./request.ts";

export interface ParamChange {
  readonly param: string;
  readonly action: "renamed" | "mapped" | "clamped" | "dropped" | "passed";
  readonly from?: unknown;
  readonly to?: unknown;
}

/** What one classifier said of one stretch of text. Ranges and names, never the text. */
export interface SafetyVerdict {
  /** As `deterministic`, or a deployment id. */
  readonly classifier: string;
  readonly kind: "deterministic" | "model" | "remote-api";
  readonly phase: "input" | "output";
  /** Of which answer; absent for input, and where it was said of all of them. */
  readonly choice?: number | undefined;
  /** As `text`, `reasoning`, `refusal`, `tool call 0`, `citations`; absent where it was said of all. */
  readonly channel?: string | undefined;
  readonly outcome: "pass" | "hit" | "error";
  readonly categories: readonly string[];
  /** What became of it; absent where nothing was found. */
  readonly action?: "block" | "redact" | "flag" | undefined;
  /** UTF-16 units of the channel as the model wrote it. */
  readonly checkedFrom: number;
  readonly checkedTo: number;
  /** How many checks stand behind it; 0 for the deterministic one, which reads on and on. */
  readonly windows: number;
  /** The slowest of them. */
  readonly milliseconds: number;
  /** Said at the end, of text that may have left. */
  readonly retroactive: boolean;
}

export interface SafetySummary {
  /** As `deterministic`, or a deployment id. */
  readonly classifiers: readonly string[];
  /** Classifiers that should have run and did not: never shown as passed. */
  readonly notRun: readonly string[];
  readonly categories: readonly string[];
  /** Absent in records from before there were any. */
  readonly verdicts?: readonly SafetyVerdict[] | undefined;
}

/** The account of one request. Holds no prompt and no answer. */
export interface Receipt {
  readonly id: string;
  readonly at: Date;
  /** `key:…` and `team:…` of who asked, for the scope check. */
  readonly key: string;
  readonly user?: string | undefined;
  readonly team: string;
  readonly deploymentId: string | undefined;
  readonly usage: TokenUsage;
  /** Undefined where the price is unknown. */
  readonly cost: Picodollars | undefined;
  readonly estimated: boolean;
  readonly priceVersion: string | undefined;
  readonly attempts: readonly Attempt[];
  readonly params: readonly ParamChange[];
  readonly sensitivity: SensitivityReport;
  readonly policyVersion: number;
  readonly rule: string | undefined;
  /** The break-glass grant that it was permitted under. */
  readonly breakGlass?: string | undefined;
  readonly safety: SafetySummary;
  /** Absent where a model or deployment was named. */
  readonly route?: string | undefined;
  readonly arm?: string | undefined;
  /** The faults that its caller rehearsed, where it was a rehearsal. */
  readonly rehearsed?: string | undefined;
  /** `open` while it runs; then `ok`, a failure code, `cancelled`, or `interrupted` after a crash. */
  readonly outcome: string;
}

export type AnswerEvent =
  /** First, once, when a deployment has been chosen and has answered. */
  | {
      readonly type: "started";
      readonly receiptId: string;
      readonly deployment: Deployment;
      readonly sensitivity: SensitivityReport;
      readonly policyVersion: number;
      readonly params: readonly ParamChange[];
      readonly attempts: number;
      /** What the deployment had counted by then; absent where it counts at the end. */
      readonly usage?: TokenUsage | undefined;
      /** Those that came to nothing before, and why. */
      readonly failed?: readonly Attempt[] | undefined;
      readonly rehearsed?: string | undefined;
    }
  | Exclude<ModelEvent, { type: "usage" }>
  | {
      readonly type: "safety-notice";
      readonly choice: number;
      readonly categories: readonly string[];
      readonly redacted: boolean;
      /** What was shown from this offset on is to be taken back. */
      readonly retractFrom?: number | undefined;
      /** Found at the end, in text that was shown. */
      readonly retroactive?: boolean | undefined;
    }
  /** Last, once, after everything is settled. A stream without it has failed (it threw). */
  | { readonly type: "finished"; readonly receipt: Receipt };

export type Sound = Pick<Extract<ModelEvent, { type: "sound" }>, "id" | "base64" | "expiresAt">;

/** What arrived together leaves together: each step through a stage costs a promise, however much it carries. */
export type AnswerBatches = AsyncIterable<readonly AnswerEvent[]>;

/** One choice, gathered: what a door shows of a whole answer. */
export interface GatheredChoice {
  readonly index: number;
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: readonly ReasoningBlock[];
  readonly toolCalls: readonly ToolCall[];
  readonly logprobs: readonly unknown[];
  readonly citations: readonly unknown[];
  /** Present where the answer was spoken, and may be heard. */
  readonly sound?: Sound | undefined;
  readonly finish: FinishReason;
}

export interface GatheredAnswer {
  readonly choices: readonly GatheredChoice[];
  readonly upstreamId: string | undefined;
  readonly upstreamModel: string | undefined;
  readonly fingerprint: string | undefined;
  readonly serviceTier: string | undefined;
  readonly receipt: Receipt;
  readonly deployment: Deployment;
  readonly notices: readonly Extract<AnswerEvent, { type: "safety-notice" }>[];
}
