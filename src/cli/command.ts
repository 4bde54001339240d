// What a command is: a row of the table in `cli.ts`. Commands print through the `Terminal` they get.

import type { Environment } from "../config.ts";

export interface Terminal {
  readonly env: Environment;
  print(line: string): void;
  /** Standard input, as it comes. */
  readonly input: AsyncIterable<Uint8Array>;
}

export interface Command {
  /** As typed: `keys create`. */
  readonly name: string;
  /** What follows the name, for the help. */
  readonly usage: string;
  readonly summary: string;
  /** The exit code. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}

/** Ends a command with a message and exit code 1; never shown with a stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}
