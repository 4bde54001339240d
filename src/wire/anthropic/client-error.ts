// Writes a failure as Anthropic's error object, with what more we know under `portcullis`.
// The REST door sends it as a body or as the last event of a failed stream. https://platform.claude.com/docs/en/api/errors

import type { Failure, FailureCode } from "../../core/errors.ts";
import type { JsonObject } from "../json.ts";
import { encodeErrorBody as encodeOpenaiBody } from "../openai/client-error.ts";
import { rowOf } from "../json.ts";

/** `places`: where each neutral message stands in the client's body. */
export function encodeErrorBody(
  failure: Failure,
  requestId?: string,
  places: readonly string[] = [],
): JsonObject {
  const { path } = failure.detail;
  const { portcullis } = encodeOpenaiBody(failure, requestId).error;
  return {
    type: "error",
    error: {
      type: typeOf(failure),
      message: messageOf(failure),
      portcullis: { ...portcullis, path: path && inClientWords(path, places) },
    },
    request_id: requestId ?? failure.detail.requestId ?? null,
  };
}

/** The status of our own table says it for almost all. */
const typesByStatus: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  403: "permission_error",
  404: "not_found_error",
  405: "invalid_request_error",
  409: "invalid_request_error",
  413: "request_too_large",
  415: "invalid_request_error",
  429: "rate_limit_error",
  504: "timeout_error",
};

const typesByCode: Readonly<Partial<Record<FailureCode, string>>> = {
  BUDGET_EXCEEDED: "billing_error",
  OVERLOADED: "overloaded_error",
  MODEL_UNAVAILABLE: "overloaded_error",
};

const typeOf = ({ code, kind }: Failure): string =>
  typesByCode[code] ?? rowOf(typesByStatus, String(kind.status)) ?? "api_error";

/** The neutral request's names for what Anthropic's body calls otherwise. */
const inClientWords = (path: string, places: readonly string[]): string =>
  path
    .replace(/^messages\[(\d+)\]/, (whole, index: string) => places[Number(index)] ?? whole)
    .replace(".parts[", ".content[")
    .replace(/\.toolCalls\[\d+\]/, ".content");

/** Agents read these words, and then shorten their conversation by themselves. */
const tooLong = "prompt is too long";

const messageOf = ({ code, message }: Failure): string =>
  code === "CONTEXT_LENGTH_EXCEEDED" && !message.includes(tooLong) ? `${tooLong}: ${message}` : message;
