// The HTTP server: one path table over both doors, health and metrics; and an orderly end.
// `main.ts` makes one for the port (and one for METRICS_PORT, and for the control socket) from the same parts.

import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Failure } from "./core/errors.ts";
import { sendFailure } from "./rest/failure-answer.ts";
import { createCors } from "./server/cors.ts";
import { noticeDepartures } from "./server/departures.ts";
import { answerHealth, answerMetrics, type Health, type MetricsSource } from "./server/operations.ts";

/** Takes over the exchange, and never throws after it began to answer. */
interface Door {
  handle(request: IncomingMessage, response: ServerResponse): void | Promise<void>;
  /** Ends what still runs, each answer with its error event. Absent where the door has none of its own. */
  cut?(): void;
}

export interface ServerParts {
  readonly rest?: Door | undefined;
  readonly graphql?: Door | undefined;
  readonly health?: Health | undefined;
  readonly metrics?: MetricsSource | undefined;
  /** Whose pages may call from a browser; absent or empty: nobody's. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Then such a page must not bring a key. */
  readonly production?: boolean | undefined;
  /** For who sends slowly; absent: as below. */
  readonly patience?: Patience | undefined;
  newRequestId(): string;
  /** Logs what is not ours, once. */
  reportFault(error: unknown, requestId: string): void;
}

interface Patience {
  readonly headersMilliseconds: number;
  /** For headers and body to arrive; answers may take as long as they like. */
  readonly requestMilliseconds: number;
  readonly checkMilliseconds: number;
}

type ListenTarget = { readonly host: string; readonly port: number } | { readonly path: string };

interface DrainSettings {
  /** While load balancers learn from /readyz, requests are still taken. */
  readonly graceMilliseconds?: number | undefined;
  /** How long answers that run may go on. */
  readonly drainMilliseconds: number;
}

export interface Server {
  /** Answers where it listens: a port, or the path. */
  listen(target: ListenTarget): Promise<AddressInfo | string>;
  address(): AddressInfo | string | undefined;
  /** Connections open now. */
  connections(): Promise<number>;
  drain(settings: DrainSettings): Promise<void>;
  /** At once: what runs is cut. */
  close(): Promise<void>;
}

const defaultGraceMilliseconds = 5_000;
/** Longer than the idle time of usual load balancers (60 s), so that they close first. */
const keepAliveMilliseconds = 72_000;
const usualPatience: Patience = {
  headersMilliseconds: 30_000,
  requestMilliseconds: 300_000,
  checkMilliseconds: 30_000,
};
const probeAfterMilliseconds = 60_000;
/** What a cut answer has to write its last event. */
const lastWordMilliseconds = 500;

export function createServer(parts: ServerParts): Server {
  let stopping = false;
  const { headersMilliseconds, requestMilliseconds, checkMilliseconds } = parts.patience ?? usualPatience;
  const http = createHttpServer({
    keepAliveTimeout: keepAliveMilliseconds,
    headersTimeout: headersMilliseconds,
    requestTimeout: requestMilliseconds,
    connectionsCheckingInterval: checkMilliseconds,
    // Finds callers whose machine vanished without a word while an answer is awaited.
    keepAlive: true,
    keepAliveInitialDelay: probeAfterMilliseconds,
  });
  const departures = noticeDepartures(http);
  const cors = createCors(parts.corsOrigins ?? [], parts.production === true);

  /** Not `async`: most answers are made elsewhere, and each promise on the way costs. */
  function answer(request: IncomingMessage, response: ServerResponse): void | Promise<void> {
    if (cors.admit(request, response)) return undefined;
    const path = pathOf(request.url);
    if (path.startsWith("/v1/") && parts.rest) return parts.rest.handle(request, response);
    if ((path === "/graphql" || path === "/graphql/stream") && parts.graphql) {
      return parts.graphql.handle(request, response);
    }
    if (path === "/healthz" && parts.health) return answerHealth(request, response, aliveAlways);
    if (path === "/readyz" && parts.health) return answerHealth(request, response, readiness(parts.health));
    if (path === "/metrics" && parts.metrics) return answerMetrics(request, response, parts.metrics);
    throw new Failure("NOT_FOUND");
  }

  const readiness = (health: Health): Health =>
    stopping ? { ready: () => ({ ok: false, reasons: ["the server is stopping"] }) } : health;

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    departures.watch(response);
    if (stopping) response.setHeader("connection", "close");
    const refuse = (error: unknown): void => {
      const requestId = parts.newRequestId();
      if (!(error instanceof Failure)) parts.reportFault(error, requestId);
      if (response.headersSent) response.destroy();
      else sendFailure(request, response, error, requestId);
    };
    try {
      answer(request, response)?.catch(refuse);
    } catch (error) {
      refuse(error);
    }
  };
  http.on("request", onRequest);
  // A client that asks first is told no before it sends 25 MB: the door looks at the length and answers.
  http.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    if (Number(request.headers["content-length"] ?? 0) <= largestWelcomeBytes) response.writeContinue();
    onRequest(request, response);
  });

  /** Stops listening; resolves when the last connection is gone. */
  function stopAccepting(): Promise<void> {
    const sweep = setInterval(() => http.closeIdleConnections(), idleSweepMilliseconds);
    return new Promise((resolve) => {
      http.close(() => {
        clearInterval(sweep);
        resolve();
      });
    });
  }

  async function cut(closed: Promise<void>): Promise<void> {
    parts.rest?.cut?.();
    parts.graphql?.cut?.();
    await within(closed, lastWordMilliseconds);
    http.closeAllConnections();
    await closed;
  }

  return {
    listen(target) {
      return new Promise((resolve, reject) => {
        http.once("error", reject);
        http.listen(target, () => {
          http.off("error", reject);
          resolve(http.address() ?? "");
        });
      });
    },
    address: () => http.address() ?? undefined,
    connections: () =>
      new Promise((resolve, reject) => {
        http.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    async drain(settings) {
      stopping = true;
      await pause(settings.graceMilliseconds ?? defaultGraceMilliseconds);
      const closed = stopAccepting();
      await within(closed, settings.drainMilliseconds);
      await cut(closed);
    },
    async close() {
      stopping = true;
      await cut(stopAccepting());
    },
  };
}

const largestWelcomeBytes = 25_000_000;
const idleSweepMilliseconds = 50;
const aliveAlways: Health = { ready: () => ({ ok: true, reasons: [] }) };

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

async function within(work: Promise<void>, milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
