// One HTTP exchange with this door: who asks, with which id, and the signal that fires when they leave.
// `door.ts` opens one for each request; every transport works on it.

import type { IncomingMessage, ServerResponse } from "node:http";
import { mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { Soon } from "../core/soon.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { readDefaults } from "./context.ts";
import type { Asker } from "./execute.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly asker: Asker;
  /** Fires when the caller leaves before the answer is whole, and when the server must end. */
  readonly controller: AbortController;
}

/** Ids that callers may choose for their own bookkeeping. */
const ownId = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

export async function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  parts: DoorParts,
): Promise<Exchange> {
  const controller = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  const requestId = parts.newRequestId();
  const given = header(request, "x-request-id");
  response.setHeader("x-request-id", given !== undefined && ownId.test(given) ? given : requestId);
  response.setHeader("x-content-type-options", "nosniff");
  const { url = "/" } = request;
  const query = url.indexOf("?");
  return {
    request,
    response,
    path: query < 0 ? url : url.slice(0, query),
    controller,
    asker: {
      caller: await whoAsks(request, parts),
      // Never the caller's own: receipts go by it, and nobody may choose another's.
      requestId,
      signal: controller.signal,
      defaults: readDefaults((name) => header(request, name)),
      mayChange: request.method === "POST",
      ownNames: header(request, "x-portcullis-names") === "own",
      fromRouter: request.headers[routerKey] !== undefined && (await isFromRouter(request, parts)),
    },
  };
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
