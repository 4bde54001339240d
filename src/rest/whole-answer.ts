// Sends one JSON body with its length, in one write.
// Handlers call it when everything is settled; failures go through `failure-answer.ts`.

import { fixedHeaders, requestIdHeaders, type Headers } from "./answer-headers.ts";
import { callerReference } from "./asked.ts";
import type { Exchange } from "./exchange.ts";

export function sendWhole(exchange: Exchange, body: unknown, headers: Headers): void {
  const { request, requestId, response } = exchange;
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(200, {
    ...fixedHeaders,
    ...requestIdHeaders(requestId, callerReference(request.headers)),
    ...headers,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}
