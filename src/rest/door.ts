// Door 2: the addresses of OpenAI's and Anthropic's clients under /v1, as one table from path to handler.
// `main.ts` makes it, `server.ts` gives it exchanges. It translates; it holds no rules of its own.

import type { IncomingMessage, ServerResponse } from "node:http";
import { Failure, asFailure } from "../core/errors.ts";
import { Present } from "../core/present.ts";
import { serveChat } from "./chat.ts";
import { serveCountTokens } from "./count-tokens.ts";
import { serveCompletions } from "./completions.ts";
import { serveEmbeddings } from "./embeddings.ts";
import { anthropicWire, wireByVersionHeader } from "./client-wire.ts";
import { CallerLeft, cutExchange, openExchange, type Exchange } from "./exchange.ts";
import { sendFailure } from "./failure-answer.ts";
import { serveImages } from "./images.ts";
import type { HandlerParts, RestDoorParts, Route } from "./handler.ts";
import { createKeepAlive } from "./keep-alive.ts";
import { serveMessages } from "./messages.ts";
import { serveModel, serveModels } from "./models.ts";
import { serveModerations } from "./moderations.ts";
import { serveResponses } from "./responses.ts";

export interface RestDoor {
  readonly routes: readonly Route[];
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Ends everything that runs: streams with an error event, the rest with 503. */
  cut(): void;
  /** Exchanges running now. */
  running(): number;
}

const routes: readonly Route[] = [
  { method: "POST", path: "/v1/chat/completions", serve: serveChat },
  { method: "POST", path: "/v1/responses", serve: serveResponses },
  { method: "POST", path: "/v1/messages", wireOf: () => anthropicWire, serve: serveMessages },
  {
    method: "POST",
    path: "/v1/messages/count_tokens",
    wireOf: () => anthropicWire,
    serve: serveCountTokens,
  },
  { method: "POST", path: "/v1/completions", serve: serveCompletions },
  { method: "POST", path: "/v1/embeddings", serve: serveEmbeddings },
  { method: "POST", path: "/v1/moderations", serve: serveModerations },
  { method: "POST", path: "/v1/images/generations", serve: serveImages },
  { method: "GET", path: "/v1/models", wireOf: wireByVersionHeader, serve: serveModels },
  { method: "GET", path: "/v1/models/", wireOf: wireByVersionHeader, serve: serveModel },
];

const routesByPath = new Map(routes.map((route) => [route.path, route]));
const prefixRoutes = routes.filter((route) => route.path.endsWith("/"));
const allowed: Readonly<Record<Route["method"], string>> = { GET: "GET, HEAD", POST: "POST" };

const keepAliveMilliseconds = 15_000;
const mostBodyBytes = 25_000_000;

export function createRestDoor(parts: RestDoorParts): RestDoor {
  const handlerParts: HandlerParts = {
    ...parts,
    keepAlive: createKeepAlive(parts.keepAliveMilliseconds ?? keepAliveMilliseconds),
    mostBodyBytes: parts.mostBodyBytes ?? mostBodyBytes,
  };
  const running = new Present<Exchange>();

  async function serve(exchange: Exchange): Promise<void> {
    const { request, response } = exchange;
    const place = running.enter(exchange);
    try {
      const route = routeOf(exchange.path);
      exchange.wire = route.wireOf?.(request.headers) ?? exchange.wire;
      exchange.wire.prepare?.(response, exchange.requestId);
      checkMethod(request, response, route);
      await route.serve(exchange, handlerParts);
    } catch (error) {
      refuse(exchange, error);
    } finally {
      running.leave(place);
    }
  }

  function refuse(exchange: Exchange, thrown: unknown): void {
    const { request, requestId, response } = exchange;
    const error = exchange.cutBy ?? thrown;
    // A caller who left hears nothing, and what their leaving broke is nobody's fault.
    if (error instanceof CallerLeft || response.destroyed) return;
    if (!(error instanceof Failure)) parts.reportFault(error, requestId);
    if (!exchange.reachedGateway) parts.requestRefused?.("rest", asFailure(error).code);
    if (response.headersSent) response.destroy();
    else sendFailure(request, response, error, requestId, exchange.wire.encodeFailure);
  }

  return {
    routes,
    handle(request, response) {
      void serve(openExchange(request, response, parts.newRequestId(), pathOf(request.url)));
    },
    cut() {
      const failure = new Failure("OVERLOADED", "The gateway is stopping, so this answer was cut.");
      for (const exchange of running.all()) cutExchange(exchange, failure);
    },
    running: () => running.size,
  };
}

function routeOf(path: string): Route {
  const route = routesByPath.get(path) ?? prefixRoutes.find((prefix) => path.startsWith(prefix.path));
  if (route === undefined) throw new Failure("NOT_FOUND", "There is nothing at this address under /v1.");
  return route;
}

function checkMethod(request: IncomingMessage, response: ServerResponse, route: Route): void {
  const method = request.method === "HEAD" ? "GET" : request.method;
  if (method === route.method) return;
  response.setHeader("allow", allowed[route.method]);
  throw new Failure("METHOD_NOT_ALLOWED", `This address takes ${allowed[route.method]}.`);
}

function pathOf(url = "/"): string {
  const query = url.indexOf("?");
  return query < 0 ? url : url.slice(0, query);
}
