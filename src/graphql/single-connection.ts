// graphql-sse on /graphql/stream: many operations over one event stream, for browsers with HTTP/1.1.
// Protocol: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md; `door.ts` hands it exchanges.

import { createHandler, type Response as ProtocolResponse } from "graphql-sse";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import { abortable } from "../core/abortable.ts";
import { identityOf } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { markEventStream } from "../core/event-stream.ts";
import { readJsonObject } from "./body.ts";
import { header, type Exchange } from "./exchange.ts";
import type { Executor } from "./execute.ts";
import { operationIn, operationInUrl, type Operation } from "./operation.ts";
import { isStream } from "./outcome.ts";
import {
  createFlow,
  createReservations,
  mostOperations,
  type Flow,
  type Reservation,
} from "./reservations.ts";
import { writableAgain } from "./streams.ts";

export interface SingleConnection {
  readonly handle: (exchange: Exchange) => Promise<void>;
  /** Ends every operation with its failure event. */
  readonly cut: (reason: unknown) => void;
  readonly close: () => void;
}

/** What travels beside a request through graphql-sse. */
interface Passage {
  /** Absent where we ourselves end a stream. */
  readonly exchange: Exchange | undefined;
  /** As it was read here: graphql-sse knows no documents by id. */
  readonly operation: Operation | undefined;
  reservation: Reservation | undefined;
  flow: Flow;
}

const longestOperationId = 256;

export function createSingleConnection(execute: Executor): SingleConnection {
  const reservations = createReservations((reservation) => void abandon(reservation));

  const handler = createHandler<Passage, undefined>({
    authenticate({ method, raw }) {
      if (!raw.exchange) return raw.reservation?.token;
      const { caller } = raw.exchange.asker;
      if (!caller) throw new Failure("UNAUTHENTICATED");
      const identity = identityOf(caller);
      // A token that the client still remembers is not looked at: a stream starts with one of ours.
      const token = method === "PUT" ? undefined : tokenOf(raw.exchange.request);
      if (method !== "PUT" && token === undefined) return null;
      const reservation =
        token === undefined ? reservations.reserve(identity) : reservations.find(token, identity);
      if (!reservation) return notFound;
      raw.reservation = reservation;
      raw.flow = reservation.flow;
      return reservation.token;
    },
    onSubscribe({ raw }) {
      return raw.exchange && raw.operation && operate(raw.exchange, raw.reservation, raw.operation);
    },
    async onNext(_context, { raw }) {
      await raw.flow.admit();
    },
  });

  /** What is refused here is not remembered by graphql-sse, which keeps the id of all that it is given. */
  function admit({ request, asker }: Exchange, fields: Record<string, unknown> | undefined): void {
    const { operationId = "" } = (fields?.["extensions"] ?? {}) as { operationId?: unknown };
    if (typeof operationId !== "string" || operationId.length > longestOperationId)
      throw new Failure(
        "INVALID_REQUEST",
        `operationId must be a string of at most ${longestOperationId} characters.`,
        {
          path: "extensions.operationId",
        },
      );
    const token = tokenOf(request);
    if (token === undefined || !asker.caller) return;
    hasRoom(reservations.find(token, identityOf(asker.caller)));
  }

  /** Always a stream, also for one result, so that the client can end whatever it began. */
  function operate(
    exchange: Exchange,
    reservation: Reservation | undefined,
    operation: Operation,
  ): AsyncGenerator<ExecutionResult> {
    // Again, since others may have come in between.
    hasRoom(reservation);
    const controller = reservation ? new AbortController() : exchange.controller;
    reservation?.running.add(controller);
    const asker = { ...exchange.asker, signal: controller.signal };
    async function* results(): AsyncGenerator<ExecutionResult, void, undefined> {
      try {
        const outcome = await execute(operation, asker);
        if (isStream(outcome)) yield* outcome;
        else yield outcome;
      } finally {
        reservation?.running.delete(controller);
      }
    }
    return abortable(results(), controller) as AsyncGenerator<ExecutionResult>;
  }

  async function stream(
    chunks: AsyncGenerator<string>,
    response: ServerResponse,
    { reservation, flow }: Passage,
  ): Promise<void> {
    const leave = (): void => {
      flow.open();
      if (reservation) reservations.release(reservation);
      void chunks.return(undefined);
    };
    if (reservation) reservations.connected(reservation);
    response.once("close", leave);
    if (response.destroyed) leave();
    for await (const chunk of chunks) {
      if (chunk.startsWith("event: next")) flow.taken();
      if (!response.write(chunk)) await writableAgain(response);
    }
    response.end();
  }

  /** graphql-sse keeps what was reserved until someone reads it: so we read it, and leave. */
  async function abandon(reservation: Reservation): Promise<void> {
    reservations.release(reservation);
    const raw: Passage = { exchange: undefined, operation: undefined, reservation, flow: reservation.flow };
    const headers = { get: (name: string) => (name === "accept" ? "text/event-stream" : undefined) };
    const [body] = await handler({ method: "GET", url: "/", headers, body: null, raw, context: undefined });
    if (body !== null && typeof body !== "string") await body.return(undefined);
  }

  return {
    async handle(exchange) {
      const { request, response } = exchange;
      const { method = "GET", url = "/" } = request;
      const fields = method === "POST" ? await readJsonObject(request) : undefined;
      const operation = fields ? operationIn(fields) : operationAt(method, url);
      if (operation) admit(exchange, fields);
      const raw: Passage = { exchange, operation, reservation: undefined, flow: createFlow() };
      const [body, init] = await handler({
        method,
        url: operation && operation.query === undefined ? withQuery(url) : url,
        headers: { get: (name) => header(request, name.toLowerCase()) },
        body: fields ? { ...fields, query: operation?.query ?? "" } : null,
        raw,
        context: undefined,
      });
      response.writeHead(init.status, init.statusText, init.headers);
      if (body === null || typeof body === "string") response.end(body ?? undefined);
      else {
        markEventStream(response);
        await stream(body, response, raw);
      }
    },
    cut(reason) {
      for (const { running } of reservations.all()) for (const one of running) one.abort(reason);
    },
    close() {
      for (const reservation of reservations.all()) void abandon(reservation);
    },
  };
}

function hasRoom(reservation: Reservation | undefined): void {
  if (!reservation || reservation.running.size < mostOperations) return;
  throw new Failure("RATE_LIMITED", "Too many operations run on this event stream.", {
    retryAfterSeconds: 1,
  });
}

/** https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#making-a-connection */
function tokenOf(request: IncomingMessage): string | undefined {
  const query = new URLSearchParams((request.url ?? "").split("?")[1]).get("token");
  return header(request, "x-graphql-event-stream-token") ?? query ?? undefined;
}

/** By GET it may be in the URL; where nothing is, the stream itself is asked for. */
function operationAt(method: string, url: string): Operation | undefined {
  const search = new URLSearchParams(url.split("?")[1]);
  const names = ["query", "documentId", "extensions"];
  return method === "GET" && names.some((name) => search.has(name)) ? operationInUrl(url) : undefined;
}

/** It asks for a text, and never looks at it. */
const withQuery = (url: string): string => `${url}${url.includes("?") ? "&" : "?"}query=`;

const notFound: ProtocolResponse = [
  JSON.stringify({ errors: [{ message: "Stream not found", extensions: { code: "NOT_FOUND" } }] }),
  { status: 404, statusText: "Not Found", headers: { "content-type": "application/json; charset=utf-8" } },
];
