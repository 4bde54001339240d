// Between streams of single events, which tests write and read, and those of batches, which stages take.
// Tests that are about batches write them themselves.

import type { ModelEvent } from "../../src/core/events.ts";
import { screen, type ScreenOptions } from "../../src/safety/screen.ts";
import type { ScreenedEvent } from "../../src/safety/screened-event.ts";

/** A batch for each value; leaving it leaves the source at once. */
export function inBatches<T>(values: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  const source = values[Symbol.asyncIterator]();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const { done, value } = await source.next();
        return done === true ? { done, value: undefined } : { done: false, value: [value] };
      },
      async return() {
        await source.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}

/** The guard, event by event. */
export const screenOneByOne = (
  events: AsyncIterable<ModelEvent>,
  options: ScreenOptions,
): AsyncIterableIterator<ScreenedEvent> => oneByOne(screen(inBatches(events), options));

/** Whoever asks twice at once is served in order. */
export function oneByOne<T>(batches: AsyncIterable<readonly T[]>): AsyncIterableIterator<T> {
  const source = batches[Symbol.asyncIterator]();
  let waiting: readonly T[] = [];
  let last: Promise<unknown> = Promise.resolve();

  async function pull(): Promise<IteratorResult<T, undefined>> {
    while (waiting.length === 0) {
      const { done, value } = await source.next();
      if (done === true) return { done, value: undefined };
      waiting = value;
    }
    const [value] = waiting as readonly [T];
    waiting = waiting.slice(1);
    return { done: false, value };
  }

  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next() {
      const next = last.then(pull, pull);
      last = next;
      return next;
    },
    async return() {
      waiting = [];
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
}
