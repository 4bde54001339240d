#!/usr/bin/env node
// Serves: environment → config → app → listen → graceful stop. `npm start` runs it.
// The only file, beside `cli.ts`, that reads the environment.

import { setFlagsFromString } from "node:v8";
import { ConfigProblems } from "./config.ts";
import { AlreadyRunning } from "./app/control.ts";
import { loadDrizzleFast } from "./store/drizzle-loading.ts";

// Under load objects live as long as the database takes to confirm a row, and V8 concludes that their like should be
// born old. Born old, each keeps a whole request alive until the next full collection: a fifth of all time.
setFlagsFromString("--no-allocation-site-pretenuring");
// After a few quiet seconds V8 collects as if memory were short: it forgets the shapes of objects that are not there just then,
// and with them the code that was compiled for them. The next seconds of traffic would cost half as much again.
if (Number.parseInt(process.versions.v8) >= 13) setFlagsFromString("--no-memory-reducer-favors-memory");
loadDrizzleFast();
try {
  const { serve } = await import("./app/serve.ts");
  await serve(process.env, (text) => process.stdout.write(`${text}\n`));
} catch (error) {
  const expected = error instanceof ConfigProblems || error instanceof AlreadyRunning;
  process.stderr.write(`${expected ? error.message : startFailure(error)}\n`);
  process.exit(1);
}

function startFailure(error: unknown): string {
  const message = error instanceof Error ? error.message : "unknown error";
  return `Portcullis could not start: ${message}`;
}
