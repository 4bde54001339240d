// Renders a failure as its client expects it: status, error object, and whether to try again.
// Every handler and `server.ts` answer failures through here; nothing of a stranger's error gets out.

import type { IncomingMessage, ServerResponse } from "node:http";
import { asFailure, type Failure } from "../core/errors.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import { discardUnread } from "../core/unread-body.ts";
import { callerReference } from "./asked.ts";
import {
  fixedHeaders,
  formatAttempts,
  headerSafe,
  requestIdHeaders,
  type Headers,
} from "./answer-headers.ts";
import { type ClientWire, openaiWire } from "./client-wire.ts";

export function sendFailure(
  request: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  requestId: string,
  encode: ClientWire["encodeFailure"] = openaiWire.encodeFailure,
): void {
  if (response.destroyed || response.headersSent) return;
  const failure = asFailure(error);
  const body = JSON.stringify(encode(failure, requestId));
  response.writeHead(failure.kind.status, [
    ...fixedHeaders,
    ...requestIdHeaders(requestId, callerReference(request.headers)),
    ...failureHeaders(failure),
    "content-type",
    "application/json",
    "content-length",
    String(Buffer.byteLength(body)),
  ]);
  response.end(body);
  if (!request.complete) discardUnread(request);
}

function failureHeaders(failure: Failure): Headers {
  const { detail, kind } = failure;
  // Both vendors' clients obey this; their own retries would multiply our failover.
  const headers = ["x-should-retry", String(kind.retryable)];
  if (detail.retryAfterSeconds !== undefined) {
    headers.push("retry-after", String(Math.max(0, Math.ceil(detail.retryAfterSeconds))));
  }
  if (detail.attempts !== undefined) {
    headers.push("x-portcullis-attempts", String(detail.attempts.length));
    headers.push("x-portcullis-tried", formatAttempts(detail.attempts));
  }
  if (detail.sensitivity !== undefined) {
    headers.push("x-portcullis-sensitivity", headerSafe(formatSensitivity(detail.sensitivity.effective)));
  }
  return headers;
}
