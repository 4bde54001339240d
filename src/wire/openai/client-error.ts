// Writes a failure as OpenAI's error object, with what more we know under `portcullis`.
// The REST door sends it as a body or as the last event of a failed stream.

import type { Failure } from "../../core/errors.ts";
import { formatSensitivity } from "../../core/sensitivity.ts";

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string;
    readonly portcullis: Readonly<Record<string, unknown>>;
  };
}

export function encodeErrorBody(failure: Failure, requestId?: string): ErrorBody {
  const { detail, kind, fix } = failure;
  const { sensitivity } = detail;
  return {
    error: {
      message: failure.message,
      type: kind.type,
      param: detail.path === undefined ? null : inClientWords(detail.path),
      code: kind.code,
      portcullis: {
        code: failure.code,
        fix,
        request_id: requestId ?? detail.requestId,
        retryable: kind.retryable,
        sensitivity: sensitivity && {
          effective: formatSensitivity(sensitivity.effective),
          declared: sensitivity.declared && formatSensitivity(sensitivity.declared),
          session: sensitivity.session && formatSensitivity(sensitivity.session),
          detected: sensitivity.detected.map(({ label, kind: found, messageIndex, count }) => ({
            label,
            kind: found,
            message_index: messageIndex,
            count,
          })),
        },
        considered: detail.considered?.map(({ deploymentId, allowed, because, missing }) => ({
          deployment: deploymentId,
          allowed,
          because,
          missing,
        })),
        attempts: detail.attempts?.map(({ deploymentId, outcome, milliseconds, because, rehearsed }) => ({
          deployment: deploymentId,
          outcome,
          milliseconds,
          because,
          rehearsed,
        })),
        budget: detail.budget,
        resets_at: detail.resetsAt?.toISOString(),
        categories: detail.categories,
        phase: detail.phase,
      },
    },
  };
}

/** The neutral request's names for what OpenAI's body calls otherwise. */
const inClientWords = (path: string): string =>
  path.replaceAll(".parts[", ".content[").replaceAll(".toolCalls[", ".tool_calls[");
