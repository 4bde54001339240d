// Who leaves cancels the answer at once, whole or streamed, stalled or not, over every transport.

import assert from "node:assert/strict";
import { request as httpRequest, type ClientRequest } from "node:http";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { scriptGateway, stalled, started, type ScriptedGateway } from "../kit/scripted-answers.ts";
import { eventually } from "../kit/eventually.ts";

const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const whole = "mutation ($input: CompletionInput!) { complete(input: $input) { __typename } }";
const streamed = "subscription ($input: CompletionInput!) { completion(input: $input) { __typename seq } }";
const mostMilliseconds = 1_000;

/** Says one word, if that, and then nothing more until it is cancelled. */
const silent = (words: number): ScriptedGateway =>
  scriptGateway(async function* (asked, signal) {
    if (words > 0) yield started(asked);
    for (let word = 0; word < words; word++) yield { type: "text-delta", choice: 0, text: "word " };
    await stalled(signal);
  });

/** Talks for as long as somebody listens. */
const talkative = (): ScriptedGateway =>
  scriptGateway(async function* (asked, signal) {
    yield started(asked);
    while (!signal.aborted) {
      yield { type: "text-delta", choice: 0, text: "word " };
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });

function send(port: number, accept: string, query: string): ClientRequest {
  const body = JSON.stringify({ query, variables: { input } });
  const request = httpRequest({
    host: "127.0.0.1",
    port,
    path: "/graphql",
    method: "POST",
    agent: false,
    headers: { ...bearer, accept, "content-type": "application/json" },
  });
  request.on("error", () => undefined);
  request.on("response", (response) => {
    response.on("error", () => undefined);
    response.resume();
  });
  request.end(body);
  return request;
}

const multipart = 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0';

for (const [name, accept, query, gatewayOf] of [
  ["a whole answer that stalls before its first word", "application/json", whole, () => silent(0)],
  ["a whole answer that stalls later", "application/json", whole, () => silent(2)],
  ["an event stream that stalls before its first word", "text/event-stream", streamed, () => silent(0)],
  ["an event stream that stalls later", "text/event-stream", streamed, () => silent(2)],
  ["an event stream that goes on", "text/event-stream", streamed, talkative],
  ["a multipart stream that stalls", multipart, streamed, () => silent(2)],
] as const) {
  test(`leaving cancels ${name} within ${mostMilliseconds} ms`, async (context) => {
    const gateway = gatewayOf();
    const { port, faults } = await runGraphqlDoor(context, gateway);
    const request = send(port, accept, query);
    await eventually(() => gateway.open() === 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const left = performance.now();
    request.destroy();
    await eventually(() => gateway.open() === 0);
    const took = (gateway.aborts[0] ?? Infinity) - left;
    context.diagnostic(`${took.toFixed(1)} ms`);
    assert.ok(took < mostMilliseconds, `${took} ms`);
    assert.deepEqual(faults, []);
  });
}

test("ending one operation of a single connection cancels it and no other", async (context) => {
  const gateway = silent(1);
  const { url } = await runGraphqlDoor(context, gateway);
  const client = createClient({
    url: `${url}/stream`,
    headers: { ...bearer },
    singleConnection: true,
    retryAttempts: 0,
  });
  const run = (): (() => void) =>
    client.subscribe({ query: streamed, variables: { input } }, { next() {}, error() {}, complete() {} });
  const end = run();
  run();
  await eventually(() => gateway.open() === 2);
  const left = performance.now();
  end();
  await eventually(() => gateway.open() === 1);
  assert.ok((gateway.aborts[0] ?? Infinity) - left < mostMilliseconds);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(gateway.open(), 1);
  client.dispose();
  await eventually(() => gateway.open() === 0);
});

test("closing a single connection cancels everything on it", async (context) => {
  const gateway = silent(1);
  const { url } = await runGraphqlDoor(context, gateway);
  const client = createClient({
    url: `${url}/stream`,
    headers: { ...bearer },
    singleConnection: true,
    retryAttempts: 0,
  });
  for (let one = 0; one < 5; one++) {
    client.subscribe({ query: streamed, variables: { input } }, { next() {}, error() {}, complete() {} });
  }
  await eventually(() => gateway.open() === 5);
  const left = performance.now();
  client.dispose();
  await eventually(() => gateway.open() === 0);
  assert.ok(Math.max(...gateway.aborts) - left < mostMilliseconds);
});

test("200 streams opened and dropped leave nothing running", async (context) => {
  const gateway = silent(1);
  const { port, server } = await runGraphqlDoor(context, gateway);
  for (let round = 0; round < 4; round++) {
    const requests = Array.from({ length: 50 }, () => send(port, "text/event-stream", streamed));
    await eventually(() => gateway.open() === 50);
    for (const request of requests) request.destroy();
    await eventually(() => gateway.open() === 0);
  }
  const connections = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
  await eventually(async () => (await connections()) === 0);
});
