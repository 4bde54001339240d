// One HTTP exchange with this door: who asks, with which id, and the signal that fires when they leave.
// `door.ts` opens one for each request; every transport works on it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { Soon } from "../core/soon.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { readDefaults } from "./context.ts";
import type { Asker } from "./execute.ts";

/** Of which nobody knows yet who asks. */
export interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  /** Never the caller's own: receipts go by it, and nobody may choose another's. */
  readonly requestId: string;
  /** What the answer's `x-request-id` says: the caller's own, where it sent one. */
  readonly reference: string;
  /** Fires when the caller leaves before the answer is whole, and when the server must end. */
  readonly controller: AbortController;
}

export interface Exchange extends Arrival {
  readonly asker: Asker;
}

/** Ids that callers may choose for their own bookkeeping. */
const ownId = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

export function arrive(request: IncomingMessage, response: ServerResponse, requestId: string): Arrival {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  const { url = "/" } = request;
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const given = header(request, "x-request-id");
  const reference = given !== undefined && ownId.test(given) ? given : requestId;
  return { request, response, path, requestId, reference, controller };
}

/** Puts into the head what every answer's holds, where it is not written as a list. */
export function announce({ response, reference }: Arrival): void {
  response.setHeader("x-request-id", reference);
  response.setHeader("x-content-type-options", "nosniff");
}

/** At once where the key is known, as most are. */
export function admit(arrival: Arrival, parts: DoorParts): Soon<Exchange> {
  const caller = whoAsks(arrival.request, parts);
  const router = arrival.request.headers[routerKey];
  if (router === undefined && !(caller instanceof Promise)) return exchangeOf(arrival, caller, false);
  return (async () => {
    const known = await caller;
    return exchangeOf(arrival, known, router !== undefined && (await isFromRouter(arrival.request, parts)));
  })();
}

function exchangeOf(arrival: Arrival, caller: Caller | undefined, fromRouter: boolean): Exchange {
  const { request, response, path, requestId, reference, controller } = arrival;
  const asker: Asker = {
    caller,
    requestId,
    signal: controller.signal,
    defaults: readDefaults((name) => header(request, name)),
    mayChange: request.method === "POST",
    ownNames: header(request, "x-portcullis-names") === "own",
    fromRouter,
  };
  return { request, response, path, requestId, reference, controller, asker };
}

/** Nobody, where no key was sent and looking at the schema is free; a wrong key is always refused. */
function whoAsks(request: IncomingMessage, parts: DoorParts): Soon<Caller> | undefined {
  const { authorization } = request.headers;
  if (!authorization && !parts.production) return undefined;
  return parts.authenticate(authorization, header(request, "x-end-user-id"));
}

const routerKey = "x-router-key";

/** A router that forwards its users' tokens says with a key of its own that documents are its work. */
async function isFromRouter(request: IncomingMessage, parts: DoorParts): Promise<boolean> {
  const router = await parts.authenticate(`Bearer ${header(request, routerKey)}`);
  if (mayUse(router, "freeform")) return true;
  throw new Failure("FORBIDDEN", `The key in ${routerKey} lacks the scope "freeform".`);
}

export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
