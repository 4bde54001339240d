// What the classifiers' part of the guard has given and nobody has taken yet: a queue with an end or a failure.
// `checked-answer.ts` fills it. What was given before a failure is still taken.

import type { CheckedEvent } from "./screened-event.ts";

export class Outlet {
  #events: CheckedEvent[] = [];
  #failure: { readonly error: unknown } | undefined;
  #waiting: PromiseWithResolvers<void> | undefined;
  isOver = false;
  /** Characters that were given and not taken. */
  length = 0;

  give(event: CheckedEvent): void {
    if (this.isOver) return;
    this.#events.push(event);
    this.length += lengthOf(event);
    this.#wake();
  }

  fail(error: unknown): void {
    if (this.isOver) return;
    this.#failure = { error };
    this.end();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }

  drop(): void {
    this.#events = [];
    this.length = 0;
  }

  /** All that is there. `more` is called whenever there is room. */
  async take(more: () => void): Promise<IteratorResult<readonly CheckedEvent[], undefined>> {
    for (;;) {
      const events = this.#events;
      this.drop();
      if (events.length > 0) {
        more();
        return { done: false, value: events };
      }
      if (this.isOver) return this.#last();
      more();
      // `more` may have brought something, or the end, at once.
      if (this.#events.length > 0 || this.isOver) continue;
      this.#waiting = Promise.withResolvers();
      await this.#waiting.promise;
    }
  }

  #last(): IteratorResult<readonly CheckedEvent[], undefined> {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure) throw failure.error;
    return { done: true, value: undefined };
  }

  #wake(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}

function lengthOf(event: CheckedEvent): number {
  if (event.type === "tool-call-delta") return event.arguments.length;
  return "text" in event ? event.text.length : 0;
}
