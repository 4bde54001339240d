// Sends what is there as a whole with its length, in one write: one JSON body, or events that have all come.
// Handlers call it when everything is settled; failures go through `failure-answer.ts`.

import { fixedHeaders, type Headers, requestIdHeaders } from "./answer-headers.ts";
import { callerReference } from "./asked.ts";
import type { Exchange } from "./exchange.ts";

export function sendWhole(exchange: Exchange, body: unknown, headers: Headers): void {
  send(exchange, JSON.stringify(body), "application/json", headers);
}

/** `text` is whole server-sent events. */
export function sendEvents(exchange: Exchange, text: string, headers: Headers): void {
  send(exchange, text, "text/event-stream; charset=utf-8", headers);
}

function send(exchange: Exchange, text: string, contentType: string, headers: Headers): void {
  const { request, requestId, response } = exchange;
  if (response.destroyed || response.headersSent) return;
  const length = Buffer.byteLength(text);
  response.writeHead(200, [
    "content-type",
    contentType,
    "content-length",
    String(length),
    ...fixedHeaders,
    ...requestIdHeaders(requestId, callerReference(request.headers)),
    ...headers,
  ]);
  // Where every character is a byte, none need be looked at again.
  response.end(text, length === text.length ? "latin1" : "utf8");
}
