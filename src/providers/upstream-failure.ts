// Decides whose fault an upstream failure is: the caller's, the provider's, or the network's.
// Nothing of the upstream's headers or body reaches a caller, save a checked message of a 400.

import { Failure, type FailureCode, type FailureDetail } from "../core/errors.ts";
import { WireFault } from "../core/dialect.ts";

/** A failed attempt: what the caller would be told, and whether another deployment may be tried. */
export class AttemptFailure extends Error {
  override readonly name = "AttemptFailure";
  readonly failure: Failure;
  readonly mayTryAnother: boolean;
  /** The operator must act: the provider refused our credentials. */
  readonly alarm: boolean;
  /** What it says about the deployment; undefined where it says nothing. */
  readonly fault: "rate-limit" | "errors" | undefined;
  /** The same deployment may do better in a moment. */
  readonly passing: boolean;
  /** The provider's own filter stopped it: another's may not. */
  readonly refusedContent: boolean;

  constructor(failure: Failure, options: AttemptFailureOptions) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.mayTryAnother = options.mayTryAnother;
    this.alarm = options.alarm ?? false;
    this.fault = options.fault;
    this.passing = options.passing ?? false;
    this.refusedContent = options.refusedContent ?? false;
  }
}

interface AttemptFailureOptions {
  readonly mayTryAnother: boolean;
  readonly alarm?: boolean;
  readonly fault?: AttemptFailure["fault"];
  readonly passing?: boolean;
  readonly refusedContent?: boolean;
}

/** The provider did not say or do what it had to in time. */
export const tooLate = (message: string): AttemptFailure =>
  providerFault("UPSTREAM_TIMEOUT", message, undefined);

/** The provider's own filter stopped what another's may let through. */
export const contentRefused = (message: string, categories: readonly string[] = []): AttemptFailure =>
  new AttemptFailure(new Failure("INPUT_BLOCKED", message, { phase: "input", categories }), {
    mayTryAnother: false,
    refusedContent: true,
  });

const timeoutCodes = new Set([
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "ETIMEDOUT",
]);

/** From a thrown transport or codec error. Failures of our own pass through untouched. */
export function attemptFailureFrom(error: unknown, provider: string): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  if (error instanceof Failure) return new AttemptFailure(error, { mayTryAnother: false });
  if (error instanceof WireFault) return fromFault(error, provider, undefined);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return timeoutCodes.has(code)
    ? providerFault("UPSTREAM_TIMEOUT", `${provider} did not answer in time.`, error)
    : providerFault("UPSTREAM_FAILED", `${provider} could not be reached or broke off.`, error);
}

/** From a fault that a codec read in an answer, whether by status or inside a 200. */
export function fromFault(
  fault: WireFault,
  provider: string,
  retryAfterSeconds: number | undefined,
): AttemptFailure {
  if (fault.kind === "context-length") return callerFault("CONTEXT_LENGTH_EXCEEDED", fault.message);
  if (fault.kind === "content-filter")
    return contentRefused(`${provider}: ${fault.message}`, fault.categories);
  if (fault.kind === "malformed")
    return providerFault("UPSTREAM_FAILED", `${provider} sent an answer that cannot be read.`, fault);
  if (fault.kind === "truncated")
    return providerFault("UPSTREAM_FAILED", `${provider} broke off before the end of the answer.`, fault);
  return byStatus(fault, provider, fault.retryAfterSeconds ?? retryAfterSeconds);
}

function byStatus(fault: WireFault, provider: string, retryAfterSeconds: number | undefined): AttemptFailure {
  const { status } = fault;
  if (status === 400 || status === 422 || status === 413)
    return callerFault("INVALID_REQUEST", `${provider}: ${fault.message}`, { path: fault.param });
  if (status === 401 || status === 402 || status === 403) {
    const why = status === 402 ? "wants the gateway's account paid" : "refused the gateway's credentials";
    const failure = new Failure("UPSTREAM_FAILED", `${provider} ${why}.`, { cause: fault });
    return new AttemptFailure(failure, { mayTryAnother: true, alarm: true, fault: "errors" });
  }
  if (status === 404) {
    return new AttemptFailure(
      new Failure("MODEL_NOT_FOUND", `${provider} does not know this model.`, {
        path: "model",
        cause: fault,
      }),
      { mayTryAnother: true },
    );
  }
  if (status === 429) {
    const failure = new Failure("RATE_LIMITED", `${provider} is rate limiting.`, {
      cause: fault,
      retryAfterSeconds,
    });
    return new AttemptFailure(failure, { mayTryAnother: true, fault: "rate-limit", passing: true });
  }
  if (status === 408 || status === 504)
    return providerFault("UPSTREAM_TIMEOUT", `${provider} timed out.`, fault);
  return providerFault(
    "UPSTREAM_FAILED",
    `${provider} failed with status ${status}.`,
    fault,
    retryAfterSeconds,
  );
}

const callerFault = (code: FailureCode, message: string, detail: FailureDetail = {}): AttemptFailure =>
  new AttemptFailure(new Failure(code, message, detail), { mayTryAnother: false });

function providerFault(
  code: FailureCode,
  message: string,
  cause: unknown,
  retryAfterSeconds?: number,
): AttemptFailure {
  return new AttemptFailure(new Failure(code, message, { cause, retryAfterSeconds }), {
    mayTryAnother: true,
    fault: "errors",
    passing: true,
  });
}
