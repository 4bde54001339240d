// Holds a connection open while something is made for minutes and said at once: proxies close silent ones.
// `images.ts` waits with it. Until it speaks nothing is sent, so that a failure keeps its status; the doors' ticker makes it speak.

import { asFailure } from "../core/errors.ts";
import { fixedHeaders, requestIdHeaders } from "./answer-headers.ts";
import { callerReference } from "./asked.ts";
import type { Exchange } from "./exchange.ts";
import type { KeepAlive, Quiet } from "./keep-alive.ts";

/** What fills the silence; each kind of body allows something that says nothing. */
interface Filler {
  readonly contentType: string;
  readonly text: string;
  /** Silences that pass before the first of it: what begins must go on as a success. */
  readonly after: number;
  /** An error as it ends such a body; undefined where no body may end with one. */
  failed(body: string): string | undefined;
}

/**
 * White space before JSON is JSON. It comes late, since the status goes out with it and most failures come soon; one that
 * comes later still is written and then cut off in the middle, so that no client can take it for an answer.
 */
export const jsonFiller: Filler = {
  contentType: "application/json",
  text: " ",
  after: 2,
  failed: () => undefined,
};

/** As every stream of this door: a comment, and an error as the last event. */
export const eventFiller: Filler = {
  contentType: "text/event-stream; charset=utf-8",
  text: ": keep-alive\n\n",
  after: 1,
  failed: (body) => `event: error\ndata: ${body}\n\n`,
};

export interface Patience {
  /** True once the status is out. */
  readonly spoke: boolean;
  /** Ends what has begun. */
  end(text: string): void;
  /** Tells why nothing follows, and closes; resolves when it has left. */
  fail(error: unknown): Promise<void>;
  /** Nobody waits any more. */
  stop(): void;
}

export function waitPatiently(exchange: Exchange, filler: Filler, keepAlive: KeepAlive): Patience {
  const { request, requestId, response, wire } = exchange;
  let silences = 0;
  let spoke = false;
  const quiet: Quiet = {
    quietTicks: 0,
    sendKeepAlive() {
      silences += 1;
      if (silences < filler.after || response.destroyed) return;
      if (!spoke) {
        spoke = true;
        response.writeHead(200, [
          ...fixedHeaders,
          ...requestIdHeaders(requestId, callerReference(request.headers)),
          "content-type",
          filler.contentType,
        ]);
      }
      response.write(filler.text);
    },
  };
  const place = keepAlive.enter(quiet);
  return {
    get spoke() {
      return spoke;
    },
    end: (text) => void response.end(text),
    fail(error) {
      // Who left hears nothing.
      if (response.destroyed) return Promise.resolve();
      const body = JSON.stringify(wire.encodeFailure(asFailure(error), requestId));
      const ending = filler.failed(body);
      return new Promise((resolve) => {
        response.once("close", () => resolve());
        if (ending !== undefined) response.end(ending);
        else response.write(body, () => response.destroy());
      });
    },
    stop: () => keepAlive.leave(place),
  };
}
