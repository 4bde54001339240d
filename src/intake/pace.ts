// Lets others run between the steps of long work, and ends the work when nobody waits for it any more.
// `weigh.ts` asks after each piece of text; most requests are done before a single turn is given away.

export interface Pace {
  /** Whether a turn is to be given away: asked where awaiting each time would cost more than the step. */
  due(): boolean;
  /** Called between two steps; gives a turn away where it is due. Rejects once the caller has left. */
  turn(): Promise<void>;
}

/** With a step of its own at most as long, nobody waits for more than a few milliseconds. */
const longestStint = 1;

export function createPace(signal: AbortSignal | undefined): Pace {
  let since = performance.now();
  const due = (): boolean => performance.now() - since >= longestStint;
  return {
    due,
    async turn() {
      if (!due()) return;
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      since = performance.now();
    },
  };
}
