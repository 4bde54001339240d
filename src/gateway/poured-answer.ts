// One answer as the doors get it: begun by whoever first wants something of it, and left at once by whoever leaves.
// `gateway.ts` makes one for each request and gives it, stage by stage, what may leave.

import type { AnswerEvent } from "../core/answer.ts";
import { pour, type Pourable, Pulled, type Sink, type Tap } from "../core/pouring.ts";

type Batch = readonly AnswerEvent[];

/** Where the flow puts what may leave. */
export interface Outlet {
  give(batch: Batch): void;
  /** Resolves when all of it has left; `leaving` says what of each batch does, and may throw. */
  giveAll<T>(batches: AsyncIterable<T>, leaving: (batch: T) => Batch): Promise<void>;
}

export class PouredAnswer implements Pourable<Batch>, Tap, Outlet {
  readonly #run: (out: Outlet) => Promise<void>;
  readonly #controller: AbortController;
  readonly #onEnd: (() => void) | undefined;
  #sink: Sink<Batch> | undefined;
  #isBegun = false;
  #isOpen = false;
  #source: Tap | undefined;

  /** Aborting `controller` must end `run`; `onEnd` is called once, however it ends. */
  constructor(run: (out: Outlet) => Promise<void>, controller: AbortController, onEnd?: () => void) {
    this.#run = run;
    this.#controller = controller;
    this.#onEnd = onEnd;
  }

  [Symbol.asyncIterator](): Pulled<Batch> {
    return new Pulled(this);
  }

  pour(sink: Sink<Batch>): Tap {
    this.#sink = sink;
    return this;
  }

  pause(): void {
    this.#isOpen = false;
    this.#source?.pause();
  }

  resume(): void {
    // Who has left begins nothing.
    if (!this.#sink) return;
    this.#isOpen = true;
    if (this.#isBegun) return this.#source?.resume();
    this.#isBegun = true;
    this.#run(this).then(this.#onDone, this.#onFailure);
  }

  leave(): void {
    this.#over();
    this.#controller.abort();
  }

  give(batch: Batch): void {
    this.#sink?.take(batch);
  }

  giveAll<T>(batches: AsyncIterable<T>, leaving: (batch: T) => Batch): Promise<void> {
    const { signal } = this.#controller;
    return new Promise((resolve, reject) => {
      const over = (): void => {
        signal.removeEventListener("abort", abandon);
        this.#source = undefined;
      };
      const fail = (error: unknown): void => {
        over();
        reject(error);
      };
      const abandon = (): void => {
        source.leave();
        fail(signal.reason);
      };
      const source = pour(batches, {
        take: (batch) => {
          try {
            this.give(leaving(batch));
          } catch (error) {
            source.leave();
            fail(error);
          }
        },
        end() {
          over();
          resolve();
        },
        fail,
      });
      this.#source = source;
      // A source that waits for whoever stopped reading would not hear of it.
      signal.addEventListener("abort", abandon, { once: true });
      if (this.#isOpen) source.resume();
    });
  }

  readonly #onDone = (): void => {
    const sink = this.#sink;
    this.#over();
    sink?.end();
  };

  readonly #onFailure = (error: unknown): void => {
    const sink = this.#sink;
    this.#over();
    sink?.fail(error);
  };

  #over(): void {
    if (this.#sink) this.#onEnd?.();
    this.#sink = undefined;
  }
}
