// One request on a connection, as the listener of its answer: the head of the answer settles a promise, its bytes
// go into an `AnswerBody`, decompressed where they came compressed. `http-call.ts` starts it.

import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { AnswerBody, type Source } from "./answer-body.ts";
import type { AnswerHeaders, Listener, Outgoing } from "./http1/call.ts";

export interface AnswerHead {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: AnswerBody;
}

/** What carries requests: connections of ours, or where a proxy stands between, undici's. */
export interface Carrier {
  dispatch(outgoing: Outgoing, listener: Listener): unknown;
}

/** We ask for identity, yet some servers and proxies compress all the same. */
const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
  zstd: () => createZstdDecompress(),
};

export function exchange(carrier: Carrier, outgoing: Outgoing, signal: AbortSignal): Promise<AnswerHead> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    carrier.dispatch(outgoing, new Exchange(signal, resolve, reject));
  });
}

class Exchange implements Listener {
  readonly #signal: AbortSignal;
  readonly #resolve: (head: AnswerHead) => void;
  readonly #reject: (error: unknown) => void;
  #controller: Source | undefined;
  #body: AnswerBody | undefined;
  #decoder: Transform | undefined;

  constructor(signal: AbortSignal, resolve: (head: AnswerHead) => void, reject: (error: unknown) => void) {
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    signal.addEventListener("abort", this.#leave, { once: true });
  }

  onRequestStart(controller: Source): void {
    this.#controller = controller;
    if (this.#signal.aborted) controller.abort(this.#signal.reason as Error);
  }

  onResponseStart(controller: Source, status: number, headers: AnswerHeaders): void {
    // An interim answer: another follows.
    if (status < 200) return;
    const encoding = headers["content-encoding"];
    const decoder = typeof encoding === "string" ? decoders[encoding.trim().toLowerCase()]?.() : undefined;
    this.#decoder = decoder;
    this.#body = new AnswerBody(decoder ? sourceOf(decoder, controller) : controller);
    if (decoder) pour(decoder, this.#body);
    this.#resolve({ status, headers, body: this.#body });
  }

  onResponseData(controller: Source, chunk: Buffer): void {
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

  onResponseError(_controller: Source | undefined, error: Error): void {
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

const sourceOf = (decoder: Transform, controller: Source): Source => ({
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
