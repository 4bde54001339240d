// One request on a pool's connection, as the pool's own handler: the head of the answer settles a promise, its bytes
// go into an `AnswerBody`, decompressed where they came compressed. `http-call.ts` starts it.

import type { IncomingHttpHeaders } from "node:http";
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import type { Dispatcher } from "undici";
import { AnswerBody, type Source } from "./answer-body.ts";

export interface AnswerHead {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: AnswerBody;
}

type Controller = Dispatcher.DispatchController;

/** We ask for identity, yet some servers and proxies compress all the same. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

export function exchange(
  dispatcher: Dispatcher,
  options: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<AnswerHead> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    dispatcher.dispatch(options, new Exchange(signal, resolve, reject));
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #signal: AbortSignal;
  readonly #resolve: (head: AnswerHead) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Controller | undefined;
  #body: AnswerBody | undefined;
  #decoder: Transform | undefined;

  constructor(signal: AbortSignal, resolve: (head: AnswerHead) => void, reject: (error: unknown) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener("abort", this.#leave, { once: true });
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(this.#signal.reason as Error);
  }

  onResponseStart(controller: Controller, status: number, headers: IncomingHttpHeaders): void {
    // An interim answer: another follows.
    if (status < 200) return;
    const encoding = headers["content-encoding"];
    const decoder = encoding === undefined ? undefined : decoders[encoding.trim().toLowerCase()]?.();
    this.#decoder = decoder;
    this.#body = new AnswerBody(decoder ? sourceOf(decoder, controller) : controller);
    if (decoder) pour(decoder, this.#body);
    this.#resolve({ status, headers, body: this.#body });
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    const decoder = this.#decoder;
    if (decoder === undefined) return this.#body?.push(chunk);
    if (decoder.write(chunk)) return;
    controller.pause();
    decoder.once("drain", () => controller.resume());
  }

  onResponseEnd(): void {
    this.#release();
    if (this.#decoder) this.#decoder.end();
    else this.#body?.end();
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#release();
    this.#decoder?.destroy();
    if (this.#body) this.#body.fail(error);
    else this.#reject(error);
  }

  readonly #leave = (): void => {
    const reason: unknown = this.#signal.reason;
    if (this.#controller) this.#controller.abort(reason as Error);
    // Still waiting for a connection: it ends as soon as it has one.
    else this.#reject(reason);
  };

  #release(): void {
    this.#signal.removeEventListener("abort", this.#leave);
  }
}

const sourceOf = (decoder: Transform, controller: Controller): Source => ({
  pause: () => void decoder.pause(),
  resume: () => void decoder.resume(),
  abort(reason) {
    decoder.destroy();
    controller.abort(reason);
  },
});

function pour(decoder: Transform, body: AnswerBody): void {
  decoder.on("data", (chunk: Buffer) => body.push(chunk));
  decoder.on("end", () => body.end());
  decoder.on("error", (error) => body.fail(error));
}
