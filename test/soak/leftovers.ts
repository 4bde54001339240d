// What a process still has open, and how much it remembers once it has forgotten what it can.
// `run.ts` and `soak.test.ts` compare before and after.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Sockets, servers and timers that keep the process alive, by kind. */
export const openHandles = (): string[] => process.getActiveResourcesInfo().sort();

/** What is open beside those, once what is being closed had some seconds for it. */
export async function leftBeside(before: readonly string[]): Promise<readonly string[]> {
  let left: readonly string[] = [];
  for (let tries = 0; tries < 100; tries += 1) {
    const known = [...before];
    left = openHandles().filter((name) => {
      const at = known.indexOf(name);
      if (at >= 0) known.splice(at, 1);
      return at < 0 && !passing.has(name);
    });
    if (left.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return left;
}

/** Work of this very moment. */
const passing = new Set(["FSReqCallback", "Immediate"]);

/** Megabytes. */
export function settledMemory(): number {
  collectGarbage();
  return Math.round(process.memoryUsage().heapUsed / 1e6);
}
