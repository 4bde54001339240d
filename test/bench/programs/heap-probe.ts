// Loaded into a gateway before it starts: at SIGUSR2 it collects garbage twice and writes down what is left.
// `memory.ts` sends the signal and reads the file.

import { writeFileSync } from "node:fs";

const collect = (globalThis as { gc?: () => void }).gc;
let count = 0;

process.on("SIGUSR2", () => {
  collect?.();
  // What finalizers let go of is collected the second time.
  setTimeout(() => {
    collect?.();
    const { heapUsed, external } = process.memoryUsage();
    count += 1;
    writeFileSync(
      process.env["BENCH_HEAP_FILE"] ?? "",
      JSON.stringify({ count, bytes: heapUsed + external }),
    );
  }, 200);
});
