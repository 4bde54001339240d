// Renders a failure as its client expects it: status, error object, and whether to try again.
// Every handler and `server.ts` answer failures through here; nothing of a stranger's error gets out.

import type { IncomingMessage, ServerResponse } from "node:http";
import { asFailure, type Failure } from "../core/errors.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import { callerReference } from "./asked.ts";
import {
  fixedHeaders,
  formatAttempts,
  headerSafe,
  requestIdHeaders,
  type Headers,
} from "./answer-headers.ts";
import { type ClientWire, openaiWire } from "./client-wire.ts";

/** A client that is still sending gets this much more time and room, so that it can read the answer. */
const mostLeftoverBytes = 64_000_000;
const mostLeftoverMilliseconds = 5_000;

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
  response.writeHead(failure.kind.status, {
    ...fixedHeaders,
    ...requestIdHeaders(requestId, callerReference(request.headers)),
    ...failureHeaders(failure),
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
  if (!request.complete) discardRest(request);
}

function failureHeaders(failure: Failure): Headers {
  const { detail, kind } = failure;
  // Both vendors' clients obey this; their own retries would multiply our failover.
  const headers: Headers = { "x-should-retry": String(kind.retryable) };
  if (detail.retryAfterSeconds !== undefined) {
    headers["retry-after"] = String(Math.max(0, Math.ceil(detail.retryAfterSeconds)));
  }
  if (detail.attempts !== undefined) {
    headers["x-portcullis-attempts"] = String(detail.attempts.length);
    headers["x-portcullis-tried"] = formatAttempts(detail.attempts);
  }
  if (detail.sensitivity !== undefined) {
    headers["x-portcullis-sensitivity"] = headerSafe(formatSensitivity(detail.sensitivity.effective));
  }
  return headers;
}

/** Closing on a client that still sends would reset the connection before it has read the answer. */
function discardRest(request: IncomingMessage): void {
  const { socket } = request;
  let left = mostLeftoverBytes;
  const giveUp = (): void => void socket.destroy();
  const timer = setTimeout(giveUp, mostLeftoverMilliseconds);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off("close", stop);
  };
  // Node forgets the request with its answer, so a lost connection shows on the socket alone.
  socket.once("close", stop);
  request.once("end", stop);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) giveUp();
  });
  request.on("error", giveUp);
  request.resume();
}
