// What goes over the wire when an answer is streamed: when the head leaves, how it ends, how fast it is pulled.
// Read with bare sockets, since clients hide most of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import { bearer, runDoor } from "../kit/rest-door.ts";
import { askJson, errorOf, openSocket, requestText } from "../kit/http.ts";
import { receipt, saying, scriptGateway, stalled, started } from "../kit/scripted-answers.ts";

const path = "/v1/chat/completions";
const streamed = { model: "auto", stream: true, messages: [{ role: "user", content: "hi" }] };
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("a finished stream ends with [DONE], and usage comes in a chunk of its own only when asked for", async (context) => {
  const { port } = await runDoor(
    context,
    scriptGateway((asked) => saying(asked, ["a", "b"])),
  );
  const plain = await askJson(port, path, streamed, bearer);
  assert.equal(plain.status, 200);
  assert.match(String(plain.headers["content-type"]), /^text\/event-stream/);
  assert.equal(plain.headers["x-portcullis-deployment"], "demo/echo");
  assert.equal(plain.headers["x-portcullis-cost-usd"], undefined);
  assert.ok(plain.text.endsWith("data: [DONE]\n\n"));
  assert.doesNotMatch(plain.text, /prompt_tokens/);

  const withUsage = await askJson(
    port,
    path,
    { ...streamed, stream_options: { include_usage: true } },
    bearer,
  );
  const events = withUsage.text.split("\n\n").filter((event) => event !== "");
  assert.equal(events.at(-1), "data: [DONE]");
  const usage = JSON.parse((events.at(-2) ?? "").slice("data: ".length));
  assert.deepEqual(usage.choices, []);
  assert.equal(usage.usage.total_tokens, 18);
  assert.match(JSON.stringify(usage), /0\.000412/);
});

test("a failure before the first event has its own status and is no stream", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    await pause(5);
    throw new Failure("UPSTREAM_TIMEOUT");
  });
  const { port } = await runDoor(context, gateway);
  const answer = await askJson(port, path, streamed, bearer);
  assert.equal(answer.status, 504);
  assert.equal(answer.headers["x-should-retry"], "true");
  assert.equal(errorOf(answer).code, "upstream_timeout");
});

test("a failure after the first event is the last event: no finish reason, no [DONE]", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "half" };
    await pause(5);
    throw new TypeError("secret detail of ours");
  });
  const { port, faults } = await runDoor(context, gateway);
  const answer = await askJson(port, path, streamed, bearer);
  assert.equal(answer.status, 200);
  const events = answer.text.split("\n\n").filter((event) => event !== "");
  const last = JSON.parse((events.at(-1) ?? "").slice("data: ".length));
  assert.equal(last.error.code, "internal_error");
  assert.doesNotMatch(answer.text, /\[DONE\]|secret detail|"finish_reason":"/);
  assert.equal(faults.length, 1);
});

test("silence is broken by comments, before the first event too, and a later failure is an event", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    await pause(220);
    yield started(asked);
    await pause(220);
    throw new Failure("UPSTREAM_FAILED");
  });
  const { port } = await runDoor(context, gateway, { keepAliveMilliseconds: 90 });
  const answer = await askJson(port, path, streamed, bearer);
  assert.equal(answer.status, 200);
  const comments = answer.text.split("\n\n").filter((event) => event.startsWith(":"));
  assert.ok(comments.length >= 3 && comments.length <= 5, `${comments.length} comments in 440 ms`);
  assert.match(answer.text, /data: \{"error":.*upstream_failed.*\n\n$/);
});

test("comments stay out while events flow", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    for (let index = 0; index < 12; index++) {
      yield { type: "text-delta", choice: 0, text: "x" };
      await pause(20);
    }
    yield { type: "choice-finish", choice: 0, reason: "stop" };
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const { port } = await runDoor(context, gateway, { keepAliveMilliseconds: 150 });
  const answer = await askJson(port, path, streamed, bearer);
  assert.doesNotMatch(answer.text, /^:/m);
});

test("what comes in one turn leaves as few writes, and every event is whole", async (context) => {
  const pieces = Array.from({ length: 500 }, (_, index) => `${index} `);
  const { port } = await runDoor(
    context,
    scriptGateway((asked) => saying(asked, pieces)),
  );
  const answer = await askJson(port, path, streamed, bearer);
  const text = answer.text
    .split("\n\n")
    .filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice(6)).choices[0]?.delta.content ?? "")
    .join("");
  assert.equal(text, pieces.join(""));
});

test("a caller who reads slowly stops the generator, and reading on starts it again", async (context) => {
  let made = 0;
  const piece = "x".repeat(10_000);
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    for (; made < 3_000; made++) yield { type: "text-delta", choice: 0, text: piece };
    yield { type: "choice-finish", choice: 0, reason: "stop" };
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const { port } = await runDoor(context, gateway);
  const { socket, until } = openSocket(port);
  socket.write(requestText(path, JSON.stringify(streamed), bearer));
  socket.pause();
  await pause(250);
  const whilePaused = made;
  await pause(150);
  assert.equal(made, whilePaused, "went on while nobody read");
  assert.ok(made < 2_000, `${made} of 3000 pieces made while nobody read`);
  socket.resume();
  await until("data: [DONE]");
  assert.equal(made, 3_000);
  socket.destroy();
});

test("a caller who leaves while the stream waits for them frees everything", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    for (;;) yield { type: "text-delta", choice: 0, text: "x".repeat(10_000) };
  });
  const { port, door } = await runDoor(context, gateway);
  const { socket } = openSocket(port);
  socket.write(requestText(path, JSON.stringify(streamed), bearer));
  socket.pause();
  await pause(200);
  socket.destroy();
  await pause(50);
  assert.equal(gateway.open(), 0);
  assert.equal(door.running(), 0);
});

test("a caller who stopped reading is let go after a while", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    for (;;) yield { type: "text-delta", choice: 0, text: "x".repeat(10_000) };
  });
  const { port, door } = await runDoor(context, gateway, { keepAliveMilliseconds: 60 });
  const { socket } = openSocket(port);
  socket.write(requestText(path, JSON.stringify(streamed), bearer));
  socket.pause();
  await pause(250);
  assert.equal(gateway.open(), 1, "let go too soon");
  await pause(600);
  assert.deepEqual([gateway.open(), door.running()], [0, 0]);
  socket.destroy();
});

test("a stream cut by the server ends with an error event", async (context) => {
  const gateway = scriptGateway(async function* (asked, signal) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "so far" };
    await stalled(signal);
  });
  const { port, door } = await runDoor(context, gateway);
  const answer = askJson(port, path, streamed, bearer);
  while (door.running() === 0 || gateway.open() === 0) await pause(2);
  await pause(10);
  door.cut();
  const { text } = await answer;
  assert.match(text, /so far[\s\S]*data: \{"error":.*overloaded.*\}\n\n$/);
  assert.doesNotMatch(text, /\[DONE\]/);
  await pause(5);
  assert.equal(gateway.open(), 0);
});
