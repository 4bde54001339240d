// What a handler of this door is and what it is given.
// `door.ts` holds the table of handlers; each handler has a file of its own.

import type { IncomingHttpHeaders } from "node:http";
import type { DoorParts } from "../gateway/door-parts.ts";
import type { ClientWire } from "./client-wire.ts";
import type { Exchange } from "./exchange.ts";
import type { KeepAlive } from "./keep-alive.ts";

export interface RestDoorParts extends Pick<
  DoorParts,
  "gateway" | "enquiries" | "authenticate" | "newRequestId" | "reportFault"
> {
  /** Silence before a comment is sent on a stream; absent: 15 s. */
  readonly keepAliveMilliseconds?: number | undefined;
  /** Absent: 25 MB. */
  readonly mostBodyBytes?: number | undefined;
  /** Counts what was turned away before the gateway saw it. */
  requestRefused?(door: "rest", code: string): void;
}

/** What handlers are given, with every default filled in. */
export interface HandlerParts extends RestDoorParts {
  readonly keepAlive: KeepAlive;
  readonly mostBodyBytes: number;
}

export interface Route {
  readonly method: "GET" | "POST";
  /** Exact, or a prefix where it ends with a slash. */
  readonly path: string;
  /** Absent: OpenAI's clients alone come here. */
  wireOf?(headers: IncomingHttpHeaders): ClientWire;
  serve(exchange: Exchange, parts: HandlerParts): Promise<void>;
}
