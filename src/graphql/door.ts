// Door 1: GraphQL over HTTP, over event streams and in the process. Holds no rules of the gateway.
// `app.ts` makes it, `server.ts` hands it the paths /graphql and /graphql/stream.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import type { Caller } from "../core/caller.ts";
import { asFailure, Failure } from "../core/errors.ts";
import { discardUnread } from "../core/unread-body.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { createCallbacks } from "./callback.ts";
import { admit, announce, arrive, type Arrival, type Exchange } from "./exchange.ts";
import { createExecutor } from "./execute.ts";
import { graphiqlPage, wantsGraphiql } from "./graphiql.ts";
import { negotiate } from "./negotiation.ts";
import { createNamedDocuments } from "./named-documents.ts";
import type { Names } from "./names.ts";
import type { Operation } from "./operation.ts";
import { dismiss, isStream } from "./outcome.ts";
import { schema } from "./schema.ts";
import { createSingleConnection } from "./single-connection.ts";
import { legacyJson, sendWhole, serveOperation } from "./transport.ts";
import { createViews } from "./views.ts";

export interface GraphqlDoor {
  /** Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** In the process, for the CLI and the control socket: queries and mutations, under our own names. */
  execute(operation: Operation, caller: Caller): Promise<ExecutionResult>;
  /** Ends what still runs, each stream with its failure event. */
  cut(): void;
  close(): void;
}

export function createGraphqlDoor(parts: DoorParts): GraphqlDoor {
  const views = createViews(schema, parts.graphqlPrefix, (error) => parts.reportFault(error, "background"));
  const execute = createExecutor(parts, views, createNamedDocuments(parts));
  const single = createSingleConnection(execute);
  const callbacks = createCallbacks(parts.callbacks);
  const open = new Set<Exchange>();

  function answer(exchange: Exchange): Promise<void> {
    if (exchange.path === "/graphql/stream") {
      announce(exchange);
      return single.handle(exchange);
    }
    if (wantsGraphiql(exchange, parts.production)) return sendPage(exchange, views.names);
    const { request, response } = exchange;
    if (request.method !== "GET" && request.method !== "POST") {
      response.setHeader("allow", "GET, POST");
      throw new Failure("METHOD_NOT_ALLOWED", "GraphQL takes GET and POST.");
    }
    return serveOperation(exchange, execute, callbacks);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrival = arrive(request, response, parts.newRequestId());
    let exchange: Exchange | undefined;
    try {
      const admitted = admit(arrival, parts);
      exchange = admitted instanceof Promise ? await admitted : admitted;
      open.add(exchange);
      await answer(exchange);
    } catch (error) {
      sendFailure(error, arrival, parts);
    } finally {
      if (exchange) open.delete(exchange);
    }
  }

  return {
    handle: (request, response) => void serve(request, response),
    async execute(operation, caller) {
      const controller = new AbortController();
      const requestId = parts.newRequestId();
      const { signal } = controller;
      const asker = { caller, requestId, signal, defaults: {}, mayChange: true, ownNames: true };
      const outcome = await execute(operation, asker);
      if (!isStream(outcome)) return outcome;
      dismiss(outcome);
      throw new Failure("INVALID_REQUEST", "Subscriptions need a connection of their own.");
    },
    cut() {
      const reason = new Failure("OVERLOADED", "The gateway is stopping.");
      for (const { controller } of open) controller.abort(reason);
      single.cut(reason);
      callbacks.cut(reason);
    },
    close() {
      single.close();
    },
  };
}

async function sendPage(exchange: Exchange, names: Names): Promise<void> {
  sendWhole(exchange, 200, "text/html; charset=utf-8", await graphiqlPage(names));
}

/** What ended the request before any GraphQL happened, in GraphQL's form. */
function sendFailure(error: unknown, arrival: Arrival, parts: DoorParts): void {
  const failure = asFailure(error);
  const { request, requestId, response } = arrival;
  if (failure.code === "INTERNAL") parts.reportFault(failure.cause ?? error, requestId);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { code, message, fix } = failure;
  const extensions = { code, ...(fix === undefined ? {} : { fix }), requestId };
  const text = JSON.stringify({ errors: [{ message, extensions }] });
  // Clients read the body of a refusal only where it says that it is GraphQL's.
  const contentType = negotiate(request.headers.accept).whole?.contentType ?? legacyJson;
  sendWhole(arrival, failure.kind.status, contentType, text);
  if (!request.complete) discardUnread(request);
}
