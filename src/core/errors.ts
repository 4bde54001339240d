// The one table of what can go wrong, and the one error that carries a row of it.
// Everyone throws `Failure`; only the doors render it, each in its own form.

import type { Picodollars } from "./money.ts";
import type { Sensitivity } from "./sensitivity.ts";
import { isUnstorable } from "./unstorable.ts";

interface FailureKind {
  readonly status: number;
  /** OpenAI's `error.type`. */
  readonly type: string;
  /** OpenAI's `error.code`. */
  readonly code: string;
  readonly retryable: boolean;
  /** Said when whoever throws has nothing better to say. */
  readonly message: string;
  readonly fix?: string;
}

const invalid = "invalid_request_error";
const server = "server_error";

export const failureKinds = {
  UNAUTHENTICATED: row(
    401,
    invalid,
    "invalid_api_key",
    false,
    "The request carries no valid key.",
    "Send Authorization: Bearer pc_… with a key that is neither revoked nor expired.",
  ),
  FORBIDDEN: row(
    403,
    "permission_error",
    "forbidden",
    false,
    "This key lacks the scope that this needs.",
    "Ask an administrator for a key with that scope.",
  ),
  NOT_FOUND: row(404, invalid, "not_found", false, "There is nothing at this address."),
  METHOD_NOT_ALLOWED: row(
    405,
    invalid,
    "method_not_allowed",
    false,
    "This address does not take that method.",
  ),
  UNSUPPORTED_MEDIA_TYPE: row(
    415,
    invalid,
    "unsupported_media_type",
    false,
    "The body must be JSON.",
    "Send content-type: application/json.",
  ),
  INVALID_REQUEST: row(400, invalid, "invalid_request", false, "The request is not well formed."),
  CONTEXT_LENGTH_EXCEEDED: row(
    400,
    invalid,
    "context_length_exceeded",
    false,
    "The prompt is longer than the model's context.",
    "Shorten the messages or choose a model with a larger context.",
  ),
  MODEL_NOT_FOUND: row(
    404,
    invalid,
    "model_not_found",
    false,
    "No route, deployment or model has this name.",
    "List the usable ones with GET /v1/models or the models query.",
  ),
  MODEL_UNAVAILABLE: row(
    503,
    server,
    "model_unavailable",
    true,
    "No deployment of this model can serve now.",
  ),
  UNSUPPORTED_PARAMETER: row(
    400,
    invalid,
    "unsupported_parameter",
    false,
    "The chosen deployment cannot honour a parameter.",
    "Remove it, or set onUnsupported to DROP or REROUTE.",
  ),
  POLICY_DENIED: row(
    403,
    "permission_error",
    "policy_denied",
    false,
    "The policy permits no deployment for this request.",
  ),
  POLICY_REVOKED: row(
    403,
    "permission_error",
    "policy_revoked",
    false,
    "The permission for this answer was withdrawn while it ran.",
  ),
  SENSITIVITY_EXCEEDS_KEY: row(
    403,
    "permission_error",
    "sensitivity_exceeds_key",
    false,
    "The data is more sensitive than this key may send.",
  ),
  PLAN_STALE: row(
    409,
    invalid,
    "plan_stale",
    false,
    "The plan no longer holds.",
    "Ask for a new routePlan and send its hash.",
  ),
  DUPLICATE_REQUEST: row(
    409,
    invalid,
    "duplicate_request",
    false,
    "A request with this idempotency key has already run.",
    "Read its receipt, or use a new key.",
  ),
  BUDGET_EXCEEDED: row(
    429,
    "insufficient_quota",
    "insufficient_quota",
    false,
    "The budget does not cover the worst case of this request.",
  ),
  RATE_LIMITED: row(
    429,
    "rate_limit_error",
    "rate_limit_exceeded",
    true,
    "Every permitted deployment is rate limited.",
  ),
  INPUT_BLOCKED: row(400, invalid, "content_filter", false, "The input was stopped by a safety rule."),
  OUTPUT_BLOCKED: row(400, invalid, "content_filter", false, "The answer was stopped by a safety rule."),
  SAFETY_UNAVAILABLE: row(
    503,
    server,
    "safety_unavailable",
    true,
    "The safety classifier did not answer, so nothing is released.",
  ),
  UPSTREAM_FAILED: row(502, server, "upstream_failed", true, "The provider failed."),
  UPSTREAM_TIMEOUT: row(504, server, "upstream_timeout", true, "The provider did not answer in time."),
  OVERLOADED: row(503, server, "overloaded", true, "The gateway is overloaded."),
  POLICY_UNAVAILABLE: row(
    503,
    server,
    "policy_unavailable",
    true,
    "No policy is loaded, so nothing is allowed.",
  ),
  PAYLOAD_TOO_LARGE: row(413, invalid, "payload_too_large", false, "The body is larger than 25 MB."),
  INTERNAL: row(
    500,
    server,
    "internal_error",
    true,
    "Something failed inside the gateway.",
    "Quote the request id when you report it.",
  ),
} as const satisfies Record<string, FailureKind>;

export type FailureCode = keyof typeof failureKinds;

/** What some codes say beyond the message; the doors show what their contract has a place for. */
export interface FailureDetail {
  readonly fix?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
  /** The offending field, as `messages[0].parts[1].image`. */
  readonly path?: string | undefined;
  readonly requestId?: string | undefined;
  readonly sensitivity?: SensitivityReport | undefined;
  readonly considered?: readonly Consideration[] | undefined;
  readonly attempts?: readonly Attempt[] | undefined;
  readonly budget?: string | undefined;
  readonly resetsAt?: Date | undefined;
  /** What all of it would have cost at most. */
  readonly worstCase?: Picodollars | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly phase?: "input" | "output" | undefined;
  /** Each with its place, where files were sent and refused. */
  readonly problems?: readonly FileProblem[] | undefined;
  readonly cause?: unknown;
}

export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly detail: FailureDetail;

  constructor(code: FailureCode, message?: string, detail: FailureDetail = {}) {
    const { stackTraceLimit } = Error;
    // Where we refused a caller nobody looks up, and a trace would cost more than the decision.
    if (failureKinds[code].status < 500) Error.stackTraceLimit = 0;
    super(message ?? failureKinds[code].message, { cause: detail.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.code = code;
    this.detail = detail;
  }

  get kind(): FailureKind {
    return failureKinds[this.code];
  }

  get fix(): string | undefined {
    return this.detail.fix ?? this.kind.fix;
  }
}

/** Anything that is not ours becomes INTERNAL: the caller learns nothing of it, the log everything. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return isUnstorable(error) ? unstorable() : new Failure("INTERNAL", undefined, { cause: error });
}

const unstorable = (): Failure =>
  new Failure("INVALID_REQUEST", "A name or an id is too long, or holds a character that cannot be kept.");

/** The same failure, and which calls were made before it. */
export function withAttempts(failure: Failure, attempts: readonly Attempt[]): Failure {
  if (attempts.length === 0 || failure.detail.attempts !== undefined) return failure;
  const { code, message, detail } = failure;
  return new Failure(code, message, { ...detail, cause: failure.cause, attempts: [...attempts] });
}

export interface Detection {
  readonly label: string;
  readonly kind: string;
  readonly messageIndex: number;
  readonly count: number;
}

/** The index of what was found in tools, schemas and the like. */
export const outsideMessages = -1;

export const placeOf = (messageIndex: number): string =>
  messageIndex === outsideMessages ? "outside the messages" : `in message ${messageIndex}`;

export interface SensitivityReport {
  readonly effective: Sensitivity;
  readonly declared?: Sensitivity | undefined;
  readonly detected: readonly Detection[];
  /** What the session had been told before; joined in. */
  readonly session?: Sensitivity | undefined;
  /** The caller declared less than was found. */
  readonly underDeclared: boolean;
}

export interface FileProblem {
  readonly file: string;
  /** From 1; 0 where it is the whole file. */
  readonly line: number;
  /** From 1; 0 where it is the whole line. */
  readonly column: number;
  readonly message: string;
  readonly suggestion?: string | undefined;
}

/** One deployment that was looked at, and the sentence that says why it may or may not serve. */
export interface Consideration {
  readonly deploymentId: string;
  readonly allowed: boolean;
  readonly because: string;
  readonly rule?: string | undefined;
  /** The rule as a sentence; only shown to who may read the policy, never recorded. */
  readonly sentence?: string | undefined;
  readonly missing: readonly string[];
}

export interface Attempt {
  readonly deploymentId: string;
  /** `ok`, or a failure code, or `cancelled`. */
  readonly outcome: string;
  readonly milliseconds: number;
  /** Why it failed or was left, in a sentence that holds nothing of the caller's. */
  readonly because?: string | undefined;
  /** Absent where it cost nothing, or the price is unknown. */
  readonly cost?: Picodollars | undefined;
  /** The fault that was played in its provider's place: nobody was called. */
  readonly rehearsed?: string | undefined;
}

function row(
  status: number,
  type: string,
  code: string,
  retryable: boolean,
  message: string,
  fix?: string,
): FailureKind {
  return { status, type, code, retryable, message, ...(fix === undefined ? {} : { fix }) };
}
