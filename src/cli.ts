#!/usr/bin/env node
// `portcullis COMMAND …`: finds the command in the table and runs it.
// Beside `main.ts` the only file that reads the environment.

import { AlreadyRunning } from "./app/control.ts";
import { NoPolicy } from "./app/policy-source.ts";
import { auditCommands } from "./cli/audit.ts";
import { breakGlassCommands } from "./cli/break-glass.ts";
import { catalogCommands } from "./cli/catalog.ts";
import { CommandError, type Command } from "./cli/command.ts";
import { documentCommands } from "./cli/documents.ts";
import { detectCommands } from "./cli/detect.ts";
import { doctorCommands } from "./cli/doctor.ts";
import { keyCommands } from "./cli/keys.ts";
import { moneyCommands } from "./cli/money.ts";
import { policyCommands } from "./cli/policy.ts";
import { rehearsalCommands } from "./cli/rehearse.ts";
import { routeCommands } from "./cli/routes.ts";
import { simulationCommands } from "./cli/simulate.ts";
import { serveCommands } from "./cli/serve.ts";
import { ConfigProblems } from "./config.ts";
import { loadDrizzleFast } from "./store/drizzle-loading.ts";

const commands: readonly Command[] = [
  ...serveCommands,
  ...doctorCommands,
  ...keyCommands,
  ...catalogCommands,
  ...moneyCommands,
  ...policyCommands,
  ...routeCommands,
  ...rehearsalCommands,
  ...documentCommands,
  ...simulationCommands,
  ...breakGlassCommands,
  ...auditCommands,
  ...detectCommands,
];

const usageExitCode = 2;

/** Shown as a message, without a stack. */
const expected = [CommandError, ConfigProblems, AlreadyRunning, NoPolicy];

loadDrizzleFast();
process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const command = commands.find(({ name }) => name.split(" ").every((word, index) => words[index] === word));
  if (!command) {
    const asked = words.length === 0 || words[0] === "help" || words[0] === "--help";
    (asked ? print : complain)(help());
    return asked ? 0 : usageExitCode;
  }
  if (words.includes("--help")) {
    print(`portcullis ${command.name} ${command.usage}\n  ${command.summary}`);
    return 0;
  }
  try {
    const args = words.slice(command.name.split(" ").length);
    return await command.run(args, { env: process.env, print, input: process.stdin });
  } catch (error) {
    if (!isExpected(error)) throw error;
    complain(error.message);
    return 1;
  }
}

function isExpected(error: unknown): error is Error {
  return expected.some((kind) => error instanceof kind);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: portcullis COMMAND …\n\n${lines.join("\n")}\n\nportcullis COMMAND --help shows the words of one command.`;
}
