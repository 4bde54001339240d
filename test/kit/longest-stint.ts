// How long a piece of work keeps everyone else waiting: the longest it runs without giving a turn away.
// In CPU time of this thread, so that a busy machine does not make it look longer than it is.

import { threadMilliseconds } from "./thread-time.ts";

export async function longestStint(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let since = threadMilliseconds();
  let over = false;
  const look = (): void => {
    const now = threadMilliseconds();
    longest = Math.max(longest, now - since);
    since = threadMilliseconds();
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await work().finally(() => (over = true));
  look();
  return longest;
}
