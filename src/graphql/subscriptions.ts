// Begins subscriptions, a bounded number for each caller over all transports: each is an answer that is paid for and a
// connection. `execute.ts` hands them over once they may run. What goes wrong in a stream leaves through the same seam as elsewhere.

import { createSourceEventStream, type ExecutionArgs, type ExecutionResult } from "graphql";
import { identityOf, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import { pour, pourable, type Sink, type Tap } from "../core/pouring.ts";
import { maskError, maskResult, type Masking } from "./masking.ts";
import type { Outcome } from "./outcome.ts";

/** The result of one event. */
type Execute = (event: unknown) => ExecutionResult | Promise<ExecutionResult>;
type Begin = (
  prepared: ExecutionArgs,
  execute: Execute,
  caller: Caller,
  masking: Masking,
) => Promise<Outcome>;

const mostPerCaller = 1_000;

export function createSubscriptions(): Begin {
  const open = new Map<string, number>();

  /** What it answers is called at the end, once or more often. */
  function admit(identity: string): () => void {
    const count = open.get(identity) ?? 0;
    if (count >= mostPerCaller) {
      throw new Failure("RATE_LIMITED", `At most ${mostPerCaller} subscriptions of one caller run at once.`, {
        retryAfterSeconds: 10,
      });
    }
    open.set(identity, count + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      const left = (open.get(identity) ?? 1) - 1;
      if (left > 0) open.set(identity, left);
      else open.delete(identity);
    };
  }

  return async (prepared, execute, caller, masking) => {
    const end = admit(identityOf(caller));
    try {
      const events = await createSourceEventStream(prepared);
      if (Symbol.asyncIterator in events)
        return pourable((sink) => new EventExecution(events, execute, masking, sink, end));
      end();
      return maskResult(events, masking);
    } catch (error) {
      end();
      throw error;
    }
  };
}

/** Executes each event as it comes, in order. */
class EventExecution implements Sink<unknown>, Tap {
  readonly #source: Tap;
  readonly #execute: Execute;
  readonly #masking: Masking;
  readonly #sink: Sink<ExecutionResult>;
  readonly #onEnd: () => void;
  /** Events behind one that takes its time. */
  readonly #waiting: unknown[] = [];
  #isBusy = false;
  #isOpen = false;
  #isRead = false;
  #isOver = false;

  constructor(
    events: AsyncIterable<unknown>,
    execute: Execute,
    masking: Masking,
    sink: Sink<ExecutionResult>,
    onEnd: () => void,
  ) {
    this.#source = pour(events, this);
    this.#execute = execute;
    this.#masking = masking;
    this.#sink = sink;
    this.#onEnd = onEnd;
  }

  pause(): void {
    this.#isOpen = false;
    this.#source.pause();
  }

  resume(): void {
    this.#isOpen = true;
    if (!this.#isBusy && !this.#isRead) this.#source.resume();
  }

  leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    this.#source.leave();
  }

  take(event: unknown): void {
    if (this.#isOver) return;
    if (this.#isBusy) {
      this.#waiting.push(event);
      return;
    }
    try {
      const result = this.#execute(event);
      if (!(result instanceof Promise)) return this.#give(result);
      this.#isBusy = true;
      this.#source.pause();
      result.then(this.#onResult, this.#onError);
    } catch (error) {
      this.#onError(error);
    }
  }

  end(): void {
    this.#isRead = true;
    if (!this.#isBusy) this.#finish();
  }

  fail(error: unknown): void {
    this.#onError(error);
  }

  readonly #onResult = (result: ExecutionResult): void => {
    this.#isBusy = false;
    this.#give(result);
    while (!this.#isBusy && this.#waiting.length > 0) this.take(this.#waiting.shift());
    if (this.#isBusy) return;
    if (this.#isRead) this.#finish();
    else if (this.#isOpen) this.#source.resume();
  };

  readonly #onError = (error: unknown): void => {
    if (this.#isOver) return;
    this.#sink.take({ errors: [maskError(error, this.#masking)] });
    this.#source.leave();
    this.#finish();
  };

  #give(result: ExecutionResult): void {
    if (!this.#isOver) this.#sink.take(maskResult(result, this.#masking));
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd();
    this.#sink.end();
  }
}
