// The shapes between the stages of the flow, in order: Normalised → Weighed → Permitted → Plan.
// Each is the one before plus what its stage found out, so a stage cannot be skipped.

import type { Caller } from "./caller.ts";
import type { Consideration, SensitivityReport } from "./errors.ts";
import type { Picodollars } from "./money.ts";
import type { Permit, PermittedDeployment } from "./permit.ts";
import type { ModelRequest, OnUnsupported } from "./request.ts";
import type { Way } from "./route.ts";
import type { Sensitivity } from "./sensitivity.ts";

/** What came through a door, beside the request itself. */
export interface Asked<R extends ModelRequest = ModelRequest> {
  readonly request: R;
  readonly caller: Caller;
  /** Chosen by the door at arrival; the receipt has the same id. */
  readonly requestId: string;
  /** Which door it came through; absent where the gateway asks on its own behalf. */
  readonly door?: "graphql" | "rest" | undefined;
  /** What the caller calls it (its `x-request-id`): for the log only, since anyone may choose any. */
  readonly callerReference?: string | undefined;
  readonly declared?: string | undefined;
  /** `x-data-sensitivity`: joined with `declared`, whichever is lower. */
  readonly declaredByHeader?: string | undefined;
  readonly purpose?: string | undefined;
  readonly task?: string | undefined;
  readonly sessionId?: string | undefined;
  readonly maxCost?: Picodollars | undefined;
  readonly onUnsupported?: OnUnsupported | undefined;
  readonly planHash?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  /** `x-portcullis-rehearse`: which deployments fail on purpose, and how. */
  readonly rehearse?: string | undefined;
  /** The client can take text back, and so may be shown it ahead of its verdict. */
  readonly lookahead?: boolean | undefined;
}

/** Checked and with every tag parsed. */
export interface Normalised<R extends ModelRequest = ModelRequest> extends Omit<
  Asked<R>,
  "declared" | "declaredByHeader"
> {
  readonly declared: Sensitivity | undefined;
  /** When the request arrived, milliseconds since the epoch. */
  readonly at: number;
}

export interface Weighed<R extends ModelRequest = ModelRequest> extends Normalised<R> {
  readonly sensitivity: SensitivityReport;
  /** Absent where the policy lists no phrases. */
  readonly listed?: ListedTerms | undefined;
}

/** Which of the policy's word lists were found in what was asked: never a word of it. */
export interface ListedTerms {
  /** As `lexicon.code-names`. */
  readonly categories: readonly string[];
  /** How much was looked at. */
  readonly characters: number;
}

export interface Permitted<R extends ModelRequest = ModelRequest> extends Weighed<R> {
  readonly permit: Permit;
  /** How the named route serves it; absent where a model or deployment was named. */
  readonly way?: Way | undefined;
  /** The break-glass grant that opened some of it; absent where the rows alone permit as much. */
  readonly breakGlass?: string | undefined;
}

export interface PlannedCandidate {
  readonly target: PermittedDeployment;
  /** Undefined where the price is unknown. */
  readonly worstCase: Picodollars | undefined;
  readonly healthy: boolean;
}

export interface Plan<R extends ModelRequest = ModelRequest> extends Permitted<R> {
  /** Of everything that made the plan what it is. Most requests never ask. */
  hash(): string;
  /** In the order in which they are tried. */
  readonly candidates: readonly PlannedCandidate[];
  /** It does not begin with the cheap one: what was learned says that the next would be asked anyway. */
  readonly straight: boolean;
  /** Permitted, and yet not tried: why, in a sentence, by deployment id. */
  readonly passedOver: ReadonlyMap<string, string>;
  readonly considered: readonly Consideration[];
}
