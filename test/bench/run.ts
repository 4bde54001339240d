// `npm run bench`: what the gateway itself costs, side by side with proxies that do less.
// Options: --quick --check --only=rest-stream,… --rounds=5 --seconds=5 --out=dist/bench --with-portkey --no-with-portkey

import { mkdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { scratchFolder } from "../kit/scratch.ts";
import { judge } from "./budgets.ts";
import { casesOf } from "./cases.ts";
import { measureColdStarts } from "./cold-start.ts";
import { startContenders } from "./contenders.ts";
import { isKept, measureGuard } from "./guard.ts";
import { measure, type CaseResult } from "./measure.ts";
import { measureMemory } from "./memory.ts";
import { readOptions } from "./options.ts";
import { readsProcessorTime } from "./program.ts";
import { formatReport, type Report } from "./report.ts";

const options = readOptions(process.argv.slice(2));
const folder = await scratchFolder("bench");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

const report = await run().finally(() => rm(folder, { recursive: true, force: true }));
await mkdir(options.out, { recursive: true });
await writeFile(join(options.out, "bench.json"), `${JSON.stringify(report, null, 2)}\n`);
await writeFile(join(options.out, "bench.txt"), `${formatReport(report)}\n`);
process.stdout.write(`\n${formatReport(report)}\nwritten to ${options.out}\n`);
const allKept = report.verdicts.every(({ kept }) => kept) && (report.guard?.lines ?? []).every(isKept);
process.exitCode = options.check && !allKept ? 1 : 0;

async function run(): Promise<Report> {
  const wanted = (name: string): boolean =>
    options.only.length === 0 || options.only.some((part) => name.includes(part));
  const guard = wanted("guard") ? await measureGuard() : undefined;
  const contenders = await startContenders(folder, options.withPortkey);
  try {
    const cases: CaseResult[] = [];
    for (const one of casesOf(contenders)) {
      if (!wanted(one.name) || (options.quick && one.slow === true)) continue;
      process.stderr.write(`${one.name}\n`);
      cases.push(await measure(one, options));
    }
    const coldStarts = wanted("cold-start")
      ? await measureColdStarts(contenders, folder, options.quick ? 2 : 5)
      : [];
    const memory = wanted("memory") ? await measureMemory(contenders, folder, options.quick) : undefined;
    const machine = `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "?"}`;
    const notes = [
      ...contenders.notes,
      `medians of ${options.rounds} rounds of ${options.seconds} s after ${options.warmingSeconds} s of warming, in turn`,
      readsProcessorTime ? "CPU time from /proc, all threads" : "NO /proc here: CPU times are missing",
    ];
    return {
      machine,
      notes,
      cases,
      coldStarts,
      memory,
      guard,
      verdicts: judge({ cases, coldStarts, memory }),
    };
  } finally {
    await contenders.stop();
  }
}
