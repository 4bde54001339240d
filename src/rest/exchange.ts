// One HTTP exchange at this door: the two node streams, its id, and its one cancellation signal.
// `door.ts` opens it; handlers pass its signal to the gateway. A caller who leaves aborts it at once.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Failure } from "../core/errors.ts";
import { type ClientWire, openaiWire } from "./client-wire.ts";

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** Path without query, as it came (not decoded). */
  readonly path: string;
  /** Follows the caller: aborted when the connection closes before the answer is complete. */
  readonly controller: AbortController;
  /** Whose client it is. */
  wire: ClientWire;
  /** From then on the gateway accounts for it, whatever happens. */
  reachedGateway: boolean;
  /** Why the server itself ended it, where it did. */
  cutBy: Failure | undefined;
  /** Set by a stream while it runs: ends it with this failure as its last event. */
  onCut: ((failure: Failure) => void) | undefined;
}

export function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  path: string,
): Exchange {
  const controller = new AbortController();
  // `close` comes once, after a complete answer too; only then is nobody waiting any more.
  response.once("close", () => {
    if (!response.writableFinished) controller.abort();
  });
  // A write that races the close is nobody's fault; without a listener it would end the process.
  response.on("error", ignore);
  return {
    request,
    response,
    requestId,
    path,
    controller,
    wire: openaiWire,
    reachedGateway: false,
    cutBy: undefined,
    onCut: undefined,
  };
}

function ignore(): void {}

/** Ends a running exchange from our side: a stream with an error event, anything else with a status. */
export function cutExchange(exchange: Exchange, failure: Failure): void {
  exchange.cutBy = failure;
  if (exchange.onCut === undefined) exchange.controller.abort();
  else exchange.onCut(failure);
}

/** Thrown where the caller is gone: there is nobody to answer. */
export class CallerLeft extends Error {
  override readonly name = "CallerLeft";
}
