// The bytes of one answer between the connection, which pushes them, and whoever decodes them: poured on, or taken one by
// one. `http-exchange.ts` fills it. In place of a stream of Node's: that costs several turns and promises for each answer.

import type { Sink } from "../core/pouring.ts";
import { behindBeginnings, type UnderWay } from "./behind-beginnings.ts";

/** Where the bytes come from. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Closes the connection. */
  abort(reason: Error): void;
}

/** Bytes that may wait before the source is asked to pause. */
const mostWaiting = 64 * 1024;
const mostReadOutMilliseconds = 1_000;
/** So many pieces of an answer are its beginning, and pour at once: some providers say this much before the first word. */
const beginningPieces = 8;

interface Taker {
  resolve(chunk: Buffer | undefined): void;
  reject(error: unknown): void;
}

export class AnswerBody implements UnderWay {
  readonly #source: Source;
  #chunks: Buffer[] = [];
  #waiting = 0;
  #pieces = 0;
  #isQueued = false;
  #paused = false;
  #over = false;
  #failure: { readonly error: unknown } | undefined;
  #taker: Taker | undefined;
  #sink: Sink<Buffer> | undefined;
  #isOpen = false;
  /** Nobody wants what still comes. */
  #unwanted = false;
  #givingUp: NodeJS.Timeout | undefined;
  #onOver: (() => void) | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  push(chunk: Buffer): void {
    if (this.#unwanted) return;
    const taker = this.#taker;
    if (taker) {
      this.#taker = undefined;
      return taker.resolve(chunk);
    }
    this.#pieces += 1;
    if (this.#isOpen && this.#sink && this.#waiting === 0 && this.#pieces <= beginningPieces)
      return this.#sink.take(chunk);
    this.#chunks.push(chunk);
    this.#waiting += chunk.length;
    this.#pourInTurn();
    if (this.#waiting <= mostWaiting || this.#paused) return;
    this.#paused = true;
    this.#source.pause();
  }

  end(): void {
    this.#close();
    this.#taker?.resolve(undefined);
    this.#taker = undefined;
    if (!this.#isQueued) this.#pour();
  }

  /** What came before it can still be taken. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.#close();
    this.#taker?.reject(error);
    this.#taker = undefined;
    if (!this.#isQueued) this.#pour();
  }

  goOn(): void {
    this.#isQueued = false;
    try {
      this.#pour();
    } catch (error) {
      // What broke is told that it ended, and gets nothing more.
      this.#chunks = [];
      this.#waiting = 0;
      this.#source.abort(error as Error);
      this.fail(error);
    }
  }

  /** From the next `resume` on all goes into `sink`. */
  pour(sink: Sink<Buffer>): void {
    this.#sink = sink;
  }

  pause(): void {
    this.#isOpen = false;
  }

  resume(): void {
    this.#isOpen = true;
    this.#pour();
  }

  /** The next bytes; undefined at the end. Ask again only once it has answered. */
  take(): Promise<Buffer | undefined> {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) {
      this.#waiting -= chunk.length;
      this.#goOn();
      return Promise.resolve(chunk);
    }
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#over) return Promise.resolve(undefined);
    this.#goOn();
    return new Promise((resolve, reject) => (this.#taker = { resolve, reject }));
  }

  /** Closes the connection where something may still come; nobody needs to hear its protest. */
  drop(): void {
    this.#forget();
    if (!this.#over) this.#source.abort(new Error("The rest of the answer is not wanted."));
  }

  /** Lets the rest pass by unread, so that the connection can be used again; not for long. */
  readOut(): void {
    this.#forget();
    if (this.#over) return;
    this.#givingUp = setTimeout(() => this.drop(), mostReadOutMilliseconds).unref();
    this.#goOn();
  }

  /** Called once nothing more can come. One caller may ask. */
  whenOver(then: () => void): void {
    if (this.#over) then();
    else this.#onOver = then;
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#givingUp);
    this.#onOver?.();
  }

  #pourInTurn(): void {
    if (this.#isQueued || !this.#isOpen || !this.#sink) return;
    this.#isQueued = true;
    behindBeginnings(this);
  }

  #pour(): void {
    while (this.#isOpen && this.#sink) {
      const chunk = this.#chunks.shift();
      if (chunk === undefined) return this.#pourEnd(this.#sink);
      this.#waiting -= chunk.length;
      this.#sink.take(chunk);
    }
  }

  #pourEnd(sink: Sink<Buffer>): void {
    if (!this.#over) return this.#goOn();
    this.#sink = undefined;
    if (this.#failure) sink.fail(this.#failure.error);
    else sink.end();
  }

  #forget(): void {
    this.#unwanted = true;
    this.#sink = undefined;
    this.#chunks = [];
    this.#waiting = 0;
  }

  #goOn(): void {
    if (!this.#paused || this.#waiting > 0) return;
    this.#paused = false;
    this.#source.resume();
  }
}
