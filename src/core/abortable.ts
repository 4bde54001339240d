// Makes leaving a stream cancel it at once. A generator's own `return()` waits behind a pending
// `next()`, so a stalled upstream would be held open: here `return()` aborts first.

/**
 * `controller` must be the one whose signal the stream's source listens to; `onEnd` is called once,
 * however the stream ends.
 */
export function abortable<T>(
  stream: AsyncIterable<T>,
  controller: AbortController,
  onEnd: () => void = () => undefined,
): AsyncIterableIterator<T> {
  const inner = stream[Symbol.asyncIterator]();
  let over = false;
  const end = (): void => {
    if (!over) onEnd();
    over = true;
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (over) return { done: true, value: undefined };
      try {
        const result = await inner.next();
        if (result.done) end();
        return result;
      } catch (error) {
        end();
        throw error;
      }
    },
    async return() {
      end();
      controller.abort();
      // The source may reject with the abort itself: the caller has left and need not hear of it.
      await inner.return?.().catch(() => undefined);
      return { done: true, value: undefined };
    },
    async throw(error: unknown) {
      await this.return?.();
      throw error;
    },
  };
}

/** A controller that follows `parent`; call `release` when done, so that `parent` forgets it. */
export function follow(parent: AbortSignal): { controller: AbortController; release(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(parent.reason);
  if (parent.aborted) abort();
  else parent.addEventListener("abort", abort, { once: true });
  return { controller, release: () => parent.removeEventListener("abort", abort) };
}

/** For work that cannot be told to stop: it goes on, and nobody waits for it. */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let abort: (() => void) | undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (abort) signal.removeEventListener("abort", abort);
  }
}
