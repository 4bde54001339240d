// What the JavaScript engine is told before it serves. `serve.ts` calls it, however the gateway was started.

import { setFlagsFromString } from "node:v8";

export function tuneEngine(): void {
  // Under load objects live as long as the database takes to confirm a row, and V8 concludes that their like should be
  // born old. Born old, each keeps a whole request alive until the next full collection: a fifth of all time.
  setFlagsFromString("--no-allocation-site-pretenuring");
  // After a few quiet seconds V8 collects as if memory were short: it forgets the shapes of objects that are not there just then,
  // and with them the code that was compiled for them. The next seconds of traffic would cost half as much again.
  if (Number.parseInt(process.versions.v8) >= 13) setFlagsFromString("--no-memory-reducer-favors-memory");
  // What a stream needs outlives young collections. Under two hundred of them V8 collected everything every ten seconds, with
  // 40 ms in which answers began late. The heap may grow to four times what lives; towards its most V8 lets it grow less.
  setFlagsFromString("--heap-growing-percent=300");
}
