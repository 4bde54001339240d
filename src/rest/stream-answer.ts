// Sends one answer as server-sent events: takes of the gateway only as much as the caller reads.
// Handlers start it with the encoder of their wire. Nothing is sent after the caller left.
// https://html.spec.whatwg.org/multipage/server-sent-events.html

import type { AnswerBatches, AnswerEvent } from "../core/answer.ts";
import { asFailure, Failure } from "../core/errors.ts";
import { markEventStream } from "../core/event-stream.ts";
import { pour, type Sink, type Tap } from "../core/pouring.ts";
import { writeChunk, writeFirst, writeLast } from "../core/write-chunk.ts";
import type { StreamEncoder } from "../wire/client-stream.ts";
import type { Place } from "../core/present.ts";
import {
  fixedHeaders,
  type Headers,
  requestIdHeaders,
  startedHeaders,
  type Started,
} from "./answer-headers.ts";
import { callerReference } from "./asked.ts";
import type { Exchange } from "./exchange.ts";
import { sendFailure } from "./failure-answer.ts";
import type { KeepAlive, Quiet } from "./keep-alive.ts";

export interface StreamParts {
  readonly keepAlive: KeepAlive;
  reportFault(error: unknown, requestId: string): void;
}

/** Keep-alive times without a byte read: two minutes. Who stopped reading may not hold an upstream for good. */
const mostUnread = 8;

const eventStreamHeaders: Headers = [
  ...fixedHeaders,
  "content-type",
  "text/event-stream; charset=utf-8",
  // Tells nginx not to gather the stream before passing it on.
  "x-accel-buffering",
  "no",
];

/** Resolves when the exchange is over, however it ended. Never rejects. */
export function streamAnswer(
  events: AnswerBatches,
  encoder: StreamEncoder,
  exchange: Exchange,
  parts: StreamParts,
): Promise<void> {
  return new Promise((resolve) => {
    new StreamAnswer(events, encoder, exchange, parts, resolve).start();
  });
}

/** A class, and its callbacks made once: this is the hottest code of the door. */
class StreamAnswer implements Quiet, Sink<readonly AnswerEvent[]> {
  quietTicks = 0;
  readonly #source: Tap;
  readonly #encoder: StreamEncoder;
  readonly #exchange: Exchange;
  readonly #parts: StreamParts;
  readonly #resolve: () => void;
  #started: Started | undefined;
  #pending = "";
  #full = false;
  #unread = 0;
  #over = false;
  #place: Place<Quiet> | undefined;

  constructor(
    events: AnswerBatches,
    encoder: StreamEncoder,
    exchange: Exchange,
    parts: StreamParts,
    resolve: () => void,
  ) {
    this.#source = pour(events, this);
    this.#encoder = encoder;
    this.#exchange = exchange;
    this.#parts = parts;
    this.#resolve = resolve;
  }

  start(): void {
    const { response } = this.#exchange;
    response.once("close", this.#onClose);
    this.#exchange.onCut = this.#onCut;
    this.#place = this.#parts.keepAlive.enter(this);
    if (response.destroyed) this.#onClose();
    else this.#source.resume();
  }

  sendKeepAlive(): void {
    if (this.#over) return;
    if (!this.#full) this.#write(this.#encoder.keepAlive?.() ?? ": keep-alive\n\n");
    else if (++this.#unread >= mostUnread) this.#exchange.response.destroy();
  }

  take(batch: readonly AnswerEvent[]): void {
    if (this.#over) return;
    let text = "";
    for (const event of batch) {
      if (event.type === "started") this.#started = event;
      try {
        text += this.#encoder.encode(event);
      } catch (error) {
        this.#pending += text;
        this.fail(error);
        return this.#leaveGateway();
      }
      if (event.type === "finished") return this.#finish(text);
    }
    if (this.#full) this.#pending += text;
    else if (text !== "") this.#write(text);
  }

  end(): void {
    if (!this.#over) this.fail(new Error("the answer ended without its account"));
  }

  /** Also late, when all has been sent and the flow runs to its own end. */
  fail(error: unknown): void {
    const { controller, requestId } = this.#exchange;
    const isOurs = error instanceof Failure;
    if (this.#over ? !controller.signal.aborted : !isOurs) this.#parts.reportFault(error, requestId);
    if (!this.#over) this.#fail(asFailure(error));
  }

  readonly #onDrain = (): void => {
    this.#full = false;
    this.#unread = 0;
    if (this.#over) return;
    const text = this.#pending;
    this.#pending = "";
    if (text !== "") this.#write(text);
    if (!this.#full) this.#source.resume();
  };

  readonly #onCut = (failure: Failure): void => {
    this.#fail(failure);
    this.#leaveGateway();
  };

  /** The caller left, or the answer has been sent: nothing of this stream may stay behind. */
  readonly #onClose = (): void => {
    const left = !this.#over;
    this.#close();
    if (left) this.#leaveGateway();
    this.#resolve();
  };

  #write(text: string): void {
    const { response } = this.#exchange;
    this.quietTicks = 0;
    if (response.headersSent) this.#full = !writeChunk(response, text, this.#onDrain);
    else {
      this.#decideHead();
      this.#full = !writeFirst(response, text, this.#onDrain);
    }
    if (this.#full) this.#source.pause();
  }

  #finish(lastText: string): void {
    const text = this.#pending + lastText + this.#encoder.end();
    this.#close();
    this.#end(text);
  }

  /** Before the first byte a failure has a status of its own; after it, it is the last event. */
  #fail(failure: Failure): void {
    const { request, requestId, response } = this.#exchange;
    const pending = this.#pending;
    this.#close();
    if (!response.headersSent && pending === "") {
      return sendFailure(request, response, failure, requestId, this.#exchange.wire.encodeFailure);
    }
    this.#end(pending + this.#encoder.fail(failure, requestId));
  }

  #end(text: string): void {
    const { response } = this.#exchange;
    if (response.headersSent) return writeLast(response, text);
    this.#decideHead();
    response.end(text);
  }

  #decideHead(): void {
    const { request, requestId, response } = this.#exchange;
    markEventStream(response);
    response.writeHead(200, [
      ...eventStreamHeaders,
      ...requestIdHeaders(requestId, callerReference(request.headers)),
      ...(this.#started === undefined ? [] : startedHeaders(this.#started)),
    ]);
  }

  #close(): void {
    this.#over = true;
    this.#pending = "";
    if (this.#place) this.#parts.keepAlive.leave(this.#place);
    this.#exchange.onCut = undefined;
  }

  #leaveGateway(): void {
    this.#exchange.controller.abort();
    this.#source.leave();
  }
}
