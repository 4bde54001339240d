// Door 1: GraphQL over HTTP, over event streams and in the process. Holds no rules of the gateway.
// `app.ts` makes it, `server.ts` hands it the paths /graphql and /graphql/stream.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { Caller } from "../core/caller.ts";
import { asFailure, Failure } from "../core/errors.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { readJsonObject } from "./body.ts";
import { openExchange, type Exchange } from "./exchange.ts";
import { createExecutor, isStream, type Operation } from "./execute.ts";
import { graphiqlPage, wantsGraphiql } from "./graphiql.ts";
import type { Names } from "./names.ts";
import { schema } from "./schema.ts";
import { createSingleConnection } from "./single-connection.ts";
import { sendStream } from "./streams.ts";
import { createTransport, type Passage } from "./transport.ts";
import { createViews } from "./views.ts";

export interface GraphqlDoor {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** In the process, for the CLI and the control socket: queries and mutations, under our own names. */
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  /** Ends what still runs, each stream with its failure event. */
  cut(): void;
  close(): Promise<void>;
}

export function createGraphqlDoor(parts: DoorParts): GraphqlDoor {
  const views = createViews(schema, parts.graphqlPrefix);
  const execute = createExecutor(parts, views);
  const transport = createTransport(execute, parts);
  const single = createSingleConnection(execute);
  const open = new Set<Exchange>();

  async function answer(exchange: Exchange): Promise<void> {
    if (exchange.path === "/graphql/stream") return await single.handle(exchange);
    if (wantsGraphiql(exchange, parts.production))
      return await sendPage(exchange.response, views.served.names);
    const { request, response } = exchange;
    if (request.method !== "GET" && request.method !== "POST") {
      response.setHeader("allow", "GET, POST");
      throw new Failure("METHOD_NOT_ALLOWED", "GraphQL takes GET and POST.");
    }
    const body = request.method === "POST" ? await readJsonObject(request) : undefined;
    await sendAnswer({ exchange, body });
  }

  async function sendAnswer(passage: Passage): Promise<void> {
    const { request, response } = passage.exchange;
    const fetched = await transport.handleRequest(
      new transport.fetchAPI.Request(`http://localhost${request.url ?? "/graphql"}`, {
        method: request.method ?? "GET",
        headers: { accept: request.headers.accept ?? "*/*" },
      }),
      { passage },
    );
    if (response.destroyed) return;
    if (passage.stream) return await sendStream(passage.stream.results, passage.stream.form, response);
    const text = await fetched.text();
    fetched.headers.forEach((value, name) => response.setHeader(name, value));
    sendWhole(response, fetched.status, text);
  }

  return {
    async handle(request, response) {
      let exchange: Exchange | undefined;
      try {
        exchange = await openExchange(request, response, parts);
        open.add(exchange);
        await answer(exchange);
      } catch (error) {
        sendFailure(error, response, parts);
      } finally {
        if (exchange) open.delete(exchange);
      }
    },
    async execute(operation, caller) {
      const controller = new AbortController();
      const requestId = parts.newRequestId();
      const { signal } = controller;
      const asker = { caller, requestId, signal, defaults: {}, mayChange: true, ownNames: true };
      const outcome = await execute(operation, asker);
      if (!isStream(outcome)) return outcome;
      await outcome.return?.();
      throw new Failure("INVALID_REQUEST", "Subscriptions need a connection of their own.");
    },
    cut() {
      const reason = new Failure("OVERLOADED", "The gateway is stopping.");
      for (const { controller } of open) controller.abort(reason);
      single.cut(reason);
    },
    async close() {
      single.close();
      await transport.dispose();
    },
  };
}

async function sendPage(response: ServerResponse, names: Names): Promise<void> {
  const page = await graphiqlPage(names);
  response.setHeader("content-type", "text/html; charset=utf-8");
  sendWhole(response, 200, page);
}

function sendWhole(response: ServerResponse, status: number, text: string): void {
  response.setHeader("cache-control", "no-store");
  response.writeHead(status, { "content-length": Buffer.byteLength(text) });
  response.end(text);
}

/** What ended the request before any GraphQL happened, in GraphQL's form. */
function sendFailure(error: unknown, response: ServerResponse, parts: DoorParts): void {
  const failure = asFailure(error);
  const requestId = parts.newRequestId();
  if (failure.code === "INTERNAL") parts.reportFault(failure.cause ?? error, requestId);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { code, message, fix } = failure;
  const extensions = { code, ...(fix === undefined ? {} : { fix }), requestId };
  response.setHeader("content-type", "application/json; charset=utf-8");
  // What was not read of the body must not be taken for the next request.
  if (!response.req.complete) response.setHeader("connection", "close");
  sendWhole(response, failure.kind.status, JSON.stringify({ errors: [{ message, extensions }] }));
}
