// A program in a process of its own: started, waited for, its CPU time and memory read from the
// operating system, and ended. Nothing but what was started here is ever ended.

import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, openSync, closeSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface Program {
  readonly pid: number;
  readonly url: string;
  readonly readyMilliseconds: number;
  /** User and system time so far, of every thread. */
  processorMilliseconds(): number;
  residentMegabytes(): number;
  stop(): Promise<void>;
}

export interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Its first group is the address, in what the program prints. */
  readonly ready: RegExp;
  /** Its output goes to a file there, so that nobody has to read it while it runs. */
  readonly folder: string;
}

/** The kernel counts in these, whatever its own clock does. */
const millisecondsPerTick = 10;
const patienceMilliseconds = 60_000;
const running = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** False where there is no /proc: then there are no CPU times, and it is said. */
export const readsProcessorTime = existsSync("/proc/self/stat");

export async function startProgram(start: Start): Promise<Program> {
  const path = join(start.folder, `${start.name}-${process.hrtime.bigint()}.out`);
  const output = openSync(path, "a");
  const startedAt = performance.now();
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: { PATH: process.env["PATH"] ?? "", ...start.env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  running.add(child);
  const exit = once(child, "close").finally(() => running.delete(child));
  const url = await addressIn(path, start.ready, child);
  const readyMilliseconds = performance.now() - startedAt;
  const { pid } = child;
  if (url === undefined || pid === undefined) {
    child.kill("SIGKILL");
    throw new Error(`${start.name} did not start:\n${readFileSync(path, "utf8").slice(-4_000)}`);
  }
  return {
    pid,
    url,
    readyMilliseconds,
    processorMilliseconds: () => processorTicks(pid) * millisecondsPerTick,
    residentMegabytes: () => residentKilobytes(pid) / 1024,
    async stop() {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

async function addressIn(path: string, ready: RegExp, child: ChildProcess): Promise<string | undefined> {
  const until = performance.now() + patienceMilliseconds;
  while (performance.now() < until && child.exitCode === null) {
    const address = ready.exec(readFileSync(path, "utf8"))?.[1];
    if (address !== undefined) return address;
    await sleep(5);
  }
  return undefined;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: utime and stime, after the name in brackets. */
function processorTicks(pid: number): number {
  if (!readsProcessorTime) return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

function residentKilobytes(pid: number): number {
  if (!readsProcessorTime) return Number.NaN;
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
}
