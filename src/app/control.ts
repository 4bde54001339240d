// The control socket of an embedded gateway: lock on the data folder and channel for the CLI in one.
// Whoever holds it owns the folder; a socket left by a killed process is taken over.

import { chmod, mkdir, rm, rmdir, stat } from "node:fs/promises";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { text } from "node:stream/consumers";

/** JSON in, JSON out; errors become 500 with a message. */
export type Answer = (body: unknown) => Promise<unknown>;

export interface Control {
  /** Until then a caller is told that the gateway is starting. */
  answerWith(answer: Answer): void;
  close(): Promise<void>;
}

export class AlreadyRunning extends Error {
  override readonly name = "AlreadyRunning";
  constructor(dataFolder: string) {
    super(
      `Another gateway is running on ${resolve(dataFolder)}. Stop it first, or give this one another PORTCULLIS_DATA.`,
    );
  }
}

/** Two processes that find the same dead socket must not both replace it. */
const takeoverMilliseconds = 10_000;
/** The kernel's limit on the length of a socket's path. */
const longestPath = 100;

export async function takeControl(dataFolder: string): Promise<Control> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const path = controlPath(dataFolder);
  const server = createServer();
  server.keepAliveTimeout = 1;
  let answer: Answer | undefined;
  server.on("request", (incoming, outgoing) => void respond(incoming, outgoing, answer));

  await duringTakeover(dataFolder, async () => {
    if (await isAlive(path)) throw new AlreadyRunning(dataFolder);
    if (!isPipe(path)) await rm(path, { force: true });
    await listenPrivately(server, path);
  });

  return {
    answerWith: (given) => void (answer = given),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}

async function respond(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  answer: Answer | undefined,
): Promise<void> {
  const send = (status: number, body: unknown): void => {
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  if (!answer) return send(503, { error: "The gateway is starting." });
  try {
    send(200, await answer(JSON.parse(await text(incoming))));
  } catch (error) {
    send(500, { error: error instanceof Error ? error.message : "failed" });
  }
}

/** Undefined where no gateway holds the folder. */
export async function askControl(dataFolder: string, body: unknown): Promise<unknown> {
  const asking = request({
    socketPath: controlPath(dataFolder),
    path: "/",
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  asking.end(JSON.stringify(body));
  try {
    const [incoming] = (await once(asking, "response")) as [IncomingMessage];
    const answer = await text(incoming);
    if (incoming.statusCode === 200) return JSON.parse(answer);
    throw new Error(messageOf(answer));
  } catch (error) {
    if (error instanceof Error && isAbsent(error)) return undefined;
    throw error;
  }
}

export function controlPath(dataFolder: string): string {
  const folder = resolve(dataFolder);
  const digest = createHash("sha256").update(folder).digest("hex").slice(0, 24);
  if (process.platform === "win32") return `\\\\.\\pipe\\portcullis-${digest}`;
  const path = join(folder, "control.sock");
  return Buffer.byteLength(path) <= longestPath ? path : join(tmpdir(), `portcullis-${digest}.sock`);
}

const isPipe = (path: string): boolean => path.startsWith("\\\\.\\pipe\\");

async function duringTakeover(dataFolder: string, act: () => Promise<void>): Promise<void> {
  const guard = join(dataFolder, "control.lock");
  const giveUpAt = Date.now() + takeoverMilliseconds;
  for (;;) {
    try {
      await mkdir(guard);
      break;
    } catch {
      const age = Date.now() - ((await stat(guard).catch(() => undefined))?.mtimeMs ?? Date.now());
      if (age > takeoverMilliseconds) await rmdir(guard).catch(() => undefined);
      else if (Date.now() > giveUpAt) throw new AlreadyRunning(dataFolder);
      await sleep(25);
    }
  }
  try {
    await act();
  } finally {
    await rmdir(guard).catch(() => undefined);
  }
}

function isAlive(path: string): Promise<boolean> {
  return new Promise((done, fail) => {
    const asking = request({ socketPath: path, path: "/", method: "GET", timeout: 2_000 }, (incoming) => {
      incoming.resume();
      done(true);
    });
    asking.on("timeout", () => done(true));
    asking.on("error", (error) => (isAbsent(error) ? done(false) : fail(error)));
    asking.end();
  });
}

async function listenPrivately(server: Server, path: string): Promise<void> {
  const mask = process.platform === "win32" ? undefined : process.umask(0o177);
  try {
    await new Promise<void>((done, fail) => {
      server.once("error", fail);
      server.listen(path, () => done());
    });
  } finally {
    if (mask !== undefined) process.umask(mask);
  }
  if (!isPipe(path)) await chmod(path, 0o600);
}

const absentCodes = new Set(["ENOENT", "ECONNREFUSED", "ENOTSOCK"]);
const isAbsent = (error: Error): boolean => "code" in error && absentCodes.has(String(error.code));

function messageOf(answer: string): string {
  try {
    const { error } = JSON.parse(answer) as { error?: unknown };
    return typeof error === "string" ? error : "the gateway failed";
  } catch {
    return "the gateway failed";
  }
}
