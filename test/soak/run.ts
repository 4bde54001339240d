// `npm run soak`: providers that fail at random, for as long as asked.
// Options: --minutes=5 --seed=N --callers=6 (at each gateway)

import { parseArgs } from "node:util";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { leftBeside, openHandles, settledMemory } from "./leftovers.ts";
import { soak } from "./soak.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "5" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    callers: { type: "string", default: "6" },
  },
});
const seed = Number(values.seed);
const seconds = Number(values.minutes) * 60;
process.stdout.write(`soak of ${seconds} s with seed ${seed}\n`);

const postgres = await sharedPostgres();
const handles = openHandles();
const memory: number[] = [];
let moments = 0;
const report = await soak({
  seconds,
  seed,
  databaseUrl: await postgres?.freshDatabase(),
  callersPerGateway: Number(values.callers),
  onMoment(asked) {
    moments += 1;
    if (moments % 15 !== 0) return;
    memory.push(settledMemory());
    process.stdout.write(`${moments} s: ${asked} asked, ${memory.at(-1) ?? 0} MB\n`);
  },
});
const left = await leftBeside(handles);
await closeSharedPostgres();
process.stdout.write(`${JSON.stringify({ ...report, memory, left }, null, 2)}\n`);
process.exitCode = report.violations.length + left.length > 0 ? 1 : 0;
