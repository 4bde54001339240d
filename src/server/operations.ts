// What operators and load balancers ask: alive, ready, and the numbers.
// `server.ts` calls it. None of it says anything about callers or their data.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Failure } from "../core/errors.ts";

export interface Health {
  /** Every reason at once; `ok` is false where new requests could not be served. */
  ready(): { readonly ok: boolean; readonly reasons: readonly string[] };
}

export interface MetricsSource {
  readonly contentType: string;
  text(): Promise<string>;
  /** Throws UNAUTHENTICATED or FORBIDDEN; absent on a port of its own. */
  check?(authorization: string | undefined): Promise<void>;
}

export function answerHealth(request: IncomingMessage, response: ServerResponse, health: Health): void {
  onlyReading(request, response);
  const { ok, reasons } = health.ready();
  send(response, ok ? 200 : 503, "application/json", JSON.stringify({ ok, reasons }));
}

export async function answerMetrics(
  request: IncomingMessage,
  response: ServerResponse,
  metrics: MetricsSource,
): Promise<void> {
  onlyReading(request, response);
  await metrics.check?.(request.headers.authorization);
  send(response, 200, metrics.contentType, await metrics.text());
}

function onlyReading(request: IncomingMessage, response: ServerResponse): void {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    throw new Failure("METHOD_NOT_ALLOWED", "This address is only read.", { fix: "Use GET." });
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-type": contentType,
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}
