// What every handler does first: who asks, and may this key do it.
// Before any body is read, so that strangers cannot make the gateway hold their megabytes.

import { mayUse, type Caller, type Scope } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { Soon } from "../core/soon.ts";
import type { Exchange } from "./exchange.ts";
import type { HandlerParts } from "./handler.ts";

export function enter(exchange: Exchange, parts: HandlerParts, scope: Scope): Soon<Caller> {
  const { headers } = exchange.request;
  const entering = parts.authenticate(
    exchange.wire.credential(headers),
    headers["x-end-user-id"]?.toString(),
  );
  return entering instanceof Promise
    ? entering.then((caller) => within(caller, scope))
    : within(entering, scope);
}

function within(caller: Caller, scope: Scope): Caller {
  if (!mayUse(caller, scope)) throw new Failure("FORBIDDEN", `This key lacks the scope ${scope}.`);
  return caller;
}
