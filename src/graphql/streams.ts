// Writes a stream of results to the caller as it comes, and never faster than the caller reads.
// Two forms: server-sent events as graphql-sse names them, and Apollo's multipart subscriptions.

import type { ServerResponse } from "node:http";
import type { ExecutionResult } from "graphql";
import { markEventStream } from "../core/event-stream.ts";
import { pour, type Sink, type Tap } from "../core/pouring.ts";
import { writeChunk, writeFirst, writeLast } from "../core/write-chunk.ts";

export interface StreamForm {
  readonly contentType: string;
  readonly begin: string;
  readonly heartbeat: string;
  readonly end: string;
  encode(result: ExecutionResult): string;
}

/** https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md, distinct connections */
export const eventStream: StreamForm = {
  contentType: "text/event-stream; charset=utf-8",
  // Some browsers give the headers to the page only once a byte has come.
  begin: ":\n\n",
  heartbeat: ":\n\n",
  end: "event: complete\ndata:\n\n",
  encode: (result) => `event: next\ndata: ${JSON.stringify(result)}\n\n`,
};

/** Each part is followed by the boundary at once: readers take a part for whole only when they have seen it. */
const boundary = "\r\n--graphql";
const part = (json: string): string => `\r\ncontent-type: application/json\r\n\r\n${json}${boundary}`;

/** https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol */
export const multipartStream: StreamForm = {
  contentType: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
  begin: boundary,
  heartbeat: part("{}"),
  end: "--\r\n",
  encode: (result) => part(JSON.stringify({ payload: result })),
};

export const heartbeatMilliseconds = 12_000;

/** Ends when the results end or the caller leaves; then the source is left too. */
export function sendStream(
  results: AsyncIterable<ExecutionResult>,
  form: StreamForm,
  response: ServerResponse,
): Promise<void> {
  if (form === eventStream) markEventStream(response);
  response.writeHead(200, {
    "content-type": form.contentType,
    "cache-control": "no-cache, no-transform",
    // Proxies that buffer would hold tokens back.
    "x-accel-buffering": "no",
  });
  return new Promise((resolve, reject) => {
    new ResultSending(results, form, response, resolve, reject).begin();
  });
}

class ResultSending implements Sink<ExecutionResult> {
  readonly #source: Tap;
  readonly #form: StreamForm;
  readonly #response: ServerResponse;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  readonly #heart: NodeJS.Timeout;
  #isFull = false;
  #isOver = false;

  constructor(
    results: AsyncIterable<ExecutionResult>,
    form: StreamForm,
    response: ServerResponse,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#source = pour(results, this);
    this.#form = form;
    this.#response = response;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#heart = setInterval(this.#beat, heartbeatMilliseconds);
  }

  begin(): void {
    this.#response.once("close", this.#onClose);
    if (this.#response.destroyed) return this.#onClose();
    this.#isFull = !writeFirst(this.#response, this.#form.begin, this.#onDrain);
    if (!this.#isFull) this.#source.resume();
  }

  take(result: ExecutionResult): void {
    if (!this.#isOver) this.#write(this.#form.encode(result));
  }

  end(): void {
    writeLast(this.#response, this.#form.end);
    this.#over();
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#over();
    this.#reject(error);
  }

  #write(text: string): void {
    if (writeChunk(this.#response, text, this.#onDrain)) return;
    this.#isFull = true;
    this.#source.pause();
  }

  readonly #onDrain = (): void => {
    this.#isFull = false;
    if (!this.#isOver) this.#source.resume();
  };

  readonly #beat = (): void => {
    if (!this.#isFull) this.#write(this.#form.heartbeat);
  };

  readonly #onClose = (): void => {
    this.#over();
    this.#source.leave();
    this.#resolve();
  };

  #over(): void {
    this.#isOver = true;
    clearInterval(this.#heart);
    this.#response.off("close", this.#onClose);
  }
}

/** Resolves when what was written has gone, or when the caller has. */
export function writableAgain(response: ServerResponse): Promise<void> {
  if (response.destroyed || !response.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const settle = (): void => {
      response.off("drain", settle);
      response.off("close", settle);
      resolve();
    };
    response.on("drain", settle);
    response.on("close", settle);
  });
}
