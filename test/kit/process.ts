// A gateway in a process of its own, started as `npm start` starts it: for what happens to processes.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

export interface GatewayProcess {
  readonly child: ChildProcess;
  /** Everything printed so far. */
  output(): string;
  /** The address in the banner; rejects with the output where the process ends before it is ready. */
  ready(): Promise<string>;
  exited(): Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Inherits nothing of this environment but the PATH. */
export function startProcess(
  env: Record<string, string>,
  entry = "src/main.ts",
  args: readonly string[] = [],
): GatewayProcess {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: root,
    env: { PATH: process.env["PATH"] ?? "", PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += stripVTControlCharacters(chunk.toString());
      for (const listener of listeners) listener();
    });
  }
  const exit = once(child, "close");
  return {
    child,
    output: () => output,
    async ready() {
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const look = (): void => {
        const url = /ready on (http:\S+)/.exec(output)?.[1];
        if (url !== undefined) resolve(url);
      };
      listeners.add(look);
      look();
      void exit.then(() => reject(new Error(`the gateway ended before it was ready:\n${output}`)));
      return await promise;
    },
    async exited() {
      await exit;
      return child.exitCode;
    },
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs one command to its end. */
export async function runCli(
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const running = startProcess(env, "src/cli.ts", args);
  const code = await running.exited();
  return { code, output: running.output() };
}
