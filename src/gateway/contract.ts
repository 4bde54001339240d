// What the doors may ask of the gateway. `gateway.ts` and `enquiries.ts` answer it.

import type { Asked } from "../core/stages.ts";
import type { AnswerBatches, Receipt } from "../core/answer.ts";
import type { Caller } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import type { SensitivityReport } from "../core/errors.ts";
import type { Embedding, ImageAnswer } from "../core/events.ts";
import type { Picodollars } from "../core/money.ts";
import type { Obligation } from "../core/permit.ts";
import type {
  CompletionRequest,
  EmbeddingRequest,
  ImageRequest,
  ModerationRequest,
} from "../core/request.ts";
import type { BreakerState, Vitals } from "../core/vitals.ts";
import type { KeyState, SlotState } from "../providers/places.ts";
import type { SafetyAction } from "../policy/policy.ts";
import type { TickedColumn, TickedGrant } from "../policy/explanation.ts";

export interface EmbeddingResult {
  readonly embeddings: readonly Embedding[];
  readonly deployment: Deployment;
  readonly receipt: Receipt;
}

export interface ImageResult extends Pick<ImageAnswer, "images" | "properties"> {
  readonly deployment: Deployment;
  readonly receipt: Receipt;
}

/** Where something was found, and what the policy does about it. Never the text itself. */
export interface ModerationFinding {
  /** As `pii.us-ssn` or `S10`. */
  readonly category: string;
  /** UTF-16 offsets in the text; undefined where the classifier only says that it is there. */
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  /** From 0 to 1; undefined where the classifier gives none. */
  readonly score?: number | undefined;
  /** `deterministic`, or the deployment that found it. */
  readonly classifier: string;
  readonly action: SafetyAction;
}

export interface ModerationResult {
  /** Findings by text, in the order of the texts. */
  readonly results: readonly (readonly ModerationFinding[])[];
  /** Those that looked at every text, and all that they can find. */
  readonly classifiers: readonly {
    readonly id: string;
    readonly kind: string;
    readonly categories: readonly string[];
  }[];
  /** Those that should have looked and did not: never to be shown as passed. */
  readonly notRun: readonly string[];
  readonly receipt: Receipt;
}

export interface CountResult {
  readonly tokens: number;
  /** Nobody counted: the provider has no counter, or did not answer. */
  readonly estimated: boolean;
  readonly sensitivity: SensitivityReport;
  readonly policyVersion: number;
  /** The one that would serve the request. */
  readonly deployment: Deployment;
}

export interface Gateway {
  /**
   * One answer, screened, as a stream of batches. The first event is `started`, the last `finished`; every
   * failure is thrown as a `Failure` (also after `started`). Aborting `signal`, or `return()`,
   * cancels the upstream at once and settles.
   */
  complete(asked: Asked<CompletionRequest>, signal: AbortSignal): AnswerBatches;
  embed(asked: Asked<EmbeddingRequest>, signal: AbortSignal): Promise<EmbeddingResult>;
  image(asked: Asked<ImageRequest>, signal: AbortSignal): Promise<ImageResult>;
  /** Judges texts. Without a model: by every classifier that the policy permits for them. */
  moderate(asked: Asked<ModerationRequest>, signal: AbortSignal): Promise<ModerationResult>;
  countTokens(asked: Asked<CompletionRequest>, signal: AbortSignal): Promise<CountResult>;
}

export interface CandidateReport {
  readonly deployment: Deployment;
  readonly allowed: boolean;
  /** From 1; undefined where not allowed. */
  readonly rank: number | undefined;
  readonly because: string;
  readonly rule: string | undefined;
  readonly missing: readonly string[];
  readonly worstCase: Picodollars | undefined;
  readonly healthy: boolean;
  /** The deciding rule as a sentence, and the closest permission: only for who may read the policy. */
  readonly sentence?: string | undefined;
  readonly nearest?: TickedGrant | undefined;
  readonly failed?: TickedColumn | undefined;
  readonly obligations?: readonly Obligation[] | undefined;
}

export interface PlanReport {
  readonly hash: string;
  readonly sensitivity: SensitivityReport;
  readonly candidates: readonly CandidateReport[];
  readonly policyVersion: number;
}

/** One line of a quote: what the request would cost there, before anything is paid. */
export interface QuoteLine {
  readonly deployment: Deployment;
  readonly allowed: boolean;
  readonly because: string;
  /** Input as estimated, output at its maximum. Undefined where the price is unknown. */
  readonly worstCase: Picodollars | undefined;
  readonly inputCost: Picodollars | undefined;
  readonly estimatedInputTokens: number;
  readonly maxOutputTokens: number;
}

/** How a deployment is doing, as this process finds it. */
export interface DeploymentHealth {
  readonly state: BreakerState;
  /** Why it is not closed. */
  readonly cause: string | undefined;
  /** Milliseconds since the epoch. */
  readonly until: number | undefined;
  readonly vitals: Vitals | undefined;
}

/** Questions that call no provider and cost nothing. */
export interface Enquiries {
  plan(asked: Asked<CompletionRequest>): Promise<PlanReport>;
  quote(asked: Asked<CompletionRequest> | Asked<ImageRequest>): Promise<readonly QuoteLine[]>;
  /**
   * The worst case of requests that one document asks for. Throws BUDGET_EXCEEDED, with it in `detail.worstCase`, where
   * that is more than the limit, or than a budget of their caller has left.
   */
  priceTogether(requests: readonly Asked[], limit: Picodollars | undefined): Promise<Picodollars>;
  /** Undefined where it does not exist or the caller may not see it. */
  receipt(id: string, caller: Caller): Promise<Receipt | undefined>;
  /** Names this caller can use now, each once: routes, models, deployments. For `/v1/models`. */
  usableNames(caller: Caller): Promise<readonly UsableName[]>;
  health(deploymentId: string): DeploymentHealth;
  /** The keys of providers that have several: told by their numbers, never shown. */
  providerKeys(): readonly KeyState[];
  /** What the limits of routes.yaml allow this replica, and what of it is in use. */
  providerSlots(): readonly SlotState[];
  /** Ids of those that the breaker keeps from being called, or tries again. */
  troubled(): readonly string[];
  /** True where the caller could use the model with data of its default sensitivity. */
  usableModel(modelId: string, caller: Caller): boolean;
}

export interface UsableName {
  readonly id: string;
  readonly kind: "route" | "model" | "deployment";
  readonly ownedBy: string;
  /** Seconds since the epoch. */
  readonly created: number;
}
