// Sends what is there as a whole with its length, in one write: one JSON body, or events that have all come.
// Handlers call it when everything is settled; failures go through `failure-answer.ts`.

import { fixedHeaders, type Headers } from "./answer-headers.ts";
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
  // As a list, which is written as it stands; an object would be built for nothing.
  const head = [...fixedHead, "content-type", contentType, "content-length", String(length)];
  head.push("x-request-id", callerReference(request.headers) ?? requestId);
  head.push("x-portcullis-request-id", requestId);
  for (const name in headers) head.push(name, headers[name] ?? "");
  response.writeHead(200, head);
  // Where every character is a byte, none need be looked at again.
  response.end(text, length === text.length ? "latin1" : "utf8");
}

const fixedHead: readonly string[] = Object.entries(fixedHeaders).flat();
