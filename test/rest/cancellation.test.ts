// A caller who leaves cancels the upstream at once, however they leave and whatever is going on.
// And leaving leaves nothing behind.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import OpenAI from "openai";
import { bearer, runDoor, testKey, type RunningDoor } from "../kit/rest-door.ts";
import { openSocket, requestText } from "../kit/http.ts";
import {
  saying,
  scriptGateway,
  stalled,
  started,
  type Script,
  type ScriptedGateway,
} from "../kit/scripted-answers.ts";

const path = "/v1/chat/completions";
const messages = [{ role: "user" as const, content: "hi" }];
const bodyOf = (stream: boolean) => JSON.stringify({ model: "auto", stream, messages });
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Silent from the start. */
const silent: Script = async function* (_, signal) {
  yield* [];
  await stalled(signal);
};
/** Silent after a word. */
const stalling: Script = async function* (asked, signal) {
  yield started(asked);
  yield { type: "text-delta", choice: 0, text: "one" };
  await stalled(signal);
};
/** A word every few milliseconds, for good. */
const chatty: Script = async function* (asked) {
  yield started(asked);
  for (;;) {
    yield { type: "text-delta", choice: 0, text: "word " };
    await pause(3);
  }
};

const resources = (): number =>
  process.getActiveResourcesInfo().filter((kind) => kind !== "TickObject").length;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function heapAfterCollection(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

async function until(what: () => boolean, milliseconds: number): Promise<number> {
  const begin = performance.now();
  while (!what()) {
    if (performance.now() - begin > milliseconds)
      throw new Error(`not within ${milliseconds} ms: ${String(what)}`);
    await pause(1);
  }
  return performance.now() - begin;
}

async function readAll(client: OpenAI, stream: boolean, signal: AbortSignal): Promise<void> {
  const answer = await client.chat.completions.create({ model: "auto", messages, stream }, { signal });
  if (Symbol.asyncIterator in answer) for await (const chunk of answer) void chunk;
}

type Leave = (running: RunningDoor, stream: boolean) => () => void;

/** Each begins a request and answers how to leave it. */
const waysToLeave: Readonly<Record<string, Leave>> = {
  "the SDK aborts": (running, stream) => {
    const client = new OpenAI({ baseURL: running.baseURL, apiKey: testKey, maxRetries: 0 });
    const controller = new AbortController();
    void Promise.allSettled([readAll(client, stream, controller.signal)]);
    return () => controller.abort();
  },
  "the socket is closed": (running, stream) => leaveSocket(running, stream, "destroy"),
  "the socket is reset": (running, stream) => leaveSocket(running, stream, "resetAndDestroy"),
};

function leaveSocket(running: RunningDoor, stream: boolean, how: "destroy" | "resetAndDestroy"): () => void {
  const { socket } = openSocket(running.port);
  socket.write(requestText(path, bodyOf(stream), bearer));
  return () => void socket[how]();
}

/** How long after leaving the gateway's signal fired. */
async function cancelledAfter(gateway: ScriptedGateway, running: RunningDoor, leave: () => void) {
  await until(() => gateway.open() === 1, 1_000);
  await pause(30);
  const left = performance.now();
  leave();
  await until(() => gateway.aborts.length > 0, 1_000);
  await until(() => gateway.open() === 0 && running.door.running() === 0, 1_000);
  assert.deepEqual(running.faults, []);
  return (gateway.aborts[0] ?? Infinity) - left;
}

for (const [situation, script, stream] of [
  ["a whole answer that is still awaited", silent, false],
  ["a stream before its first event", silent, true],
  ["a stream that went silent", stalling, true],
  ["a stream in full flow", chatty, true],
] as const) {
  for (const [way, begin] of Object.entries(waysToLeave)) {
    test(`leaving ${situation} cancels it at once: ${way}`, async (context) => {
      const gateway = scriptGateway(script);
      const running = await runDoor(context, gateway);
      const after = await cancelledAfter(gateway, running, begin(running, stream));
      context.diagnostic(`${after.toFixed(1)} ms`);
      assert.ok(after < 1_000, `cancelled after ${after} ms`);
    });
  }
}

test("leaving while the body is still being sent frees the exchange", async (context) => {
  const gateway = scriptGateway(silent);
  const running = await runDoor(context, gateway);
  const { socket } = openSocket(running.port);
  socket.write(requestText(path, "", { ...bearer, "content-length": "1000" }));
  await until(() => running.door.running() === 1, 500);
  socket.destroy();
  await until(() => running.door.running() === 0, 50);
  assert.deepEqual([gateway.asked.length, running.faults, running.refused], [0, [], []]);
});

test("an aborted signal that nobody obeys still frees the door", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "one" };
    await pause(400);
  });
  const running = await runDoor(context, gateway);
  const { socket, until: receive } = openSocket(running.port);
  socket.write(requestText(path, bodyOf(true), bearer));
  await receive("one");
  socket.destroy();
  await until(() => running.door.running() === 0, 50);
  await until(() => gateway.open() === 0, 1_000);
  assert.deepEqual(running.faults, []);
});

test("a client that only finished sending is still served, whole and streamed", async (context) => {
  const running = await runDoor(
    context,
    scriptGateway(async function* (asked) {
      await pause(120);
      yield* saying(asked, ["late"]);
    }),
  );
  for (const stream of [false, true]) {
    const { socket, until: receive, closed } = openSocket(running.port);
    socket.end(requestText(path, bodyOf(stream), bearer));
    const answer = await receive("late");
    assert.match(answer, /HTTP\/1\.1 200 OK/);
    if (stream) await receive("[DONE]");
    await closed;
  }
});

test("2,000 opened and dropped streams leave no socket, exchange, timer or memory behind", async (context) => {
  const gateway = scriptGateway(stalling);
  const running = await runDoor(context, gateway);
  const dropOne = async (): Promise<void> => {
    const { socket, until: receive, closed } = openSocket(running.port);
    socket.write(requestText(path, bodyOf(true), bearer));
    await receive("one");
    socket.destroy();
    await closed;
  };
  const dropMany = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += 50) await Promise.all(Array.from({ length: 50 }, dropOne));
    await until(() => running.door.running() === 0 && gateway.open() === 0, 1_000);
  };
  await dropMany(200);
  await pause(20);
  const before = resources();
  const heapBefore = heapAfterCollection();
  await dropMany(2_000);
  await pause(20);
  assert.equal(gateway.aborts.length, 2_200);
  // The script's own notes.
  gateway.asked.length = 0;
  gateway.aborts.length = 0;
  const grown = heapAfterCollection() - heapBefore;
  assert.equal(await running.server.connections(), 0);
  // 1 KB a stream would be a leak; the noise of the runtime is far below.
  assert.ok(grown < 2_000_000, `the heap grew by ${grown} bytes`);
  assert.ok(resources() <= before, `${before} resources before, ${resources()} after`);
  assert.deepEqual(running.faults, []);
});
