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
    return new Promise((resolve, reject) => {
      const passage = new Passage(this, leaving, this.#controller.signal, resolve, reject);
      this.#source = pour(batches, passage);
      passage.begin(this.#source, this.#isOpen);
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

/** What passes from the guard to the door. */
class Passage<T> implements Sink<T> {
  readonly #out: Outlet;
  readonly #leaving: (batch: T) => Batch;
  readonly #signal: AbortSignal;
  readonly #resolve: () => void;
  readonly #reject: (error: unknown) => void;
  #source: Tap | undefined;
  #isOver = false;

  constructor(
    out: Outlet,
    leaving: (batch: T) => Batch,
    signal: AbortSignal,
    resolve: () => void,
    reject: (error: unknown) => void,
  ) {
    this.#out = out;
    this.#leaving = leaving;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  begin(source: Tap, isOpen: boolean): void {
    this.#source = source;
    if (this.#signal.aborted) return this.#onAbort();
    if (isOpen) source.resume();
    // A source that waits for whoever stopped reading would not hear of it. Whole answers have passed by now.
    if (!this.#isOver) this.#signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  take(batch: T): void {
    try {
      this.#out.give(this.#leaving(batch));
    } catch (error) {
      this.#source?.leave();
      this.fail(error);
    }
  }

  end(): void {
    this.#over();
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#over();
    this.#reject(error);
  }

  readonly #onAbort = (): void => {
    this.#source?.leave();
    this.fail(this.#signal.reason);
  };

  #over(): void {
    this.#isOver = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
