// Runs a real PostgreSQL server for tests: Debian's binaries, a temporary folder, loopback only.
// One server per test process, a fresh database per test; without binaries it says so loudly.

import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chown, readdir, rm } from "node:fs/promises";
import { createServer, connect } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { scratchFolder } from "./scratch.ts";

export interface PostgresServer {
  readonly port: number;
  /** The URL of a database that nobody used before. */
  freshDatabase(): Promise<string>;
  /** Ends the server as a power cut would; `restart` brings it back with the same data. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

const installations = "/usr/lib/postgresql";
/** `nobody`: the server refuses to run as root. */
const nobody = { uid: 65534, gid: 65534 };
const asWhom = process.getuid?.() === 0 ? nobody : {};
const execute = promisify(execFile);

let shared: Promise<PostgresServer | undefined> | undefined;

/** The one server of this test process; undefined where the machine has no binaries. */
export function sharedPostgres(): Promise<PostgresServer | undefined> {
  shared ??= startPostgres();
  return shared;
}

/** Ends the shared server, if one was started. */
export async function closeSharedPostgres(): Promise<void> {
  const server = await shared;
  shared = undefined;
  await server?.close();
}

export async function startPostgres(): Promise<PostgresServer | undefined> {
  const binaries = await findBinaries();
  if (!binaries) {
    process.stderr.write("\n!!! NOT TESTED on PostgreSQL: no server binaries in /usr/lib/postgresql !!!\n\n");
    return undefined;
  }
  const folder = await scratchFolder("postgres");
  if ("uid" in asWhom) await chown(folder, nobody.uid, nobody.gid);
  const data = join(folder, "data");
  await execute(
    join(binaries, "initdb"),
    ["--pgdata", data, "--username=test", "--auth=trust", "--encoding=UTF8", "--no-sync", "--locale=C"],
    { ...asWhom, cwd: folder },
  );
  const port = await freePort();
  let running = await launch(join(binaries, "postgres"), data, folder, port);
  // A test process that dies must not leave a server behind.
  const killAtExit = () => running.kill("SIGQUIT");
  process.once("exit", killAtExit);

  let databases = 0;
  return {
    port,
    async freshDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      const client = postgres(`postgres://test@127.0.0.1:${port}/postgres`, { max: 1, onnotice: () => {} });
      await client.unsafe(`create database ${name}`);
      await client.end();
      return `postgres://test@127.0.0.1:${port}/${name}`;
    },
    kill: () => end(running, "SIGQUIT"),
    async restart() {
      running = await launch(join(binaries, "postgres"), data, folder, port);
    },
    async close() {
      process.off("exit", killAtExit);
      await end(running, "SIGINT");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findBinaries(): Promise<string | undefined> {
  const versions = await readdir(installations).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(installations, newest, "bin");
}

async function launch(binary: string, data: string, folder: string, port: number): Promise<ChildProcess> {
  const settings = ["listen_addresses=127.0.0.1", `unix_socket_directories=${folder}`, "max_connections=200"];
  const server = spawn(
    binary,
    ["-D", data, "-p", String(port), ...settings.flatMap((setting) => ["-c", setting])],
    { ...asWhom, cwd: folder, stdio: "ignore" },
  );
  server.unref();
  for (let tries = 0; tries < 200; tries += 1) {
    if (server.exitCode !== null) throw new Error(`postgres ended with ${server.exitCode}`);
    if (await answers(port)) return server;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("postgres did not start within 10 s");
}

/** True once a query succeeds: the port opens before recovery is over. */
async function answers(port: number): Promise<boolean> {
  if (!(await opens(port))) return false;
  const client = postgres(`postgres://test@127.0.0.1:${port}/postgres`, { max: 1, onnotice: () => {} });
  try {
    await client.unsafe("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end({ timeout: 1 });
  }
}

function opens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => (socket.destroy(), resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

async function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise((resolve) => server.once("exit", resolve));
  server.ref();
  server.kill(signal);
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}
