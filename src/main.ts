#!/usr/bin/env node
// Serves: environment → config → app → listen → graceful stop. `npm start` runs it.
// The only file, beside `cli.ts`, that reads the environment.

import { ConfigProblems } from "./config.ts";
import { AlreadyRunning } from "./app/control.ts";
import { loadDrizzleFast } from "./store/drizzle-loading.ts";

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
