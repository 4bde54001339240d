// A reader who is slow stops the answer at its source; nothing piles up in between.

import assert from "node:assert/strict";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { scriptGateway, started } from "../kit/scripted-answers.ts";

const query = `subscription ($input: CompletionInput!) {
  completion(input: $input) { ... on TextDelta { text } }
}`;
const variables = { input: { model: "demo/echo", messages: [{ user: { text: "Go on." } }] } };
const text = "x".repeat(16_384);
/** What sockets on loopback swallow before they say no, and room beside it. */
const mostBytesAhead = 24_000_000;

/** Gives as fast as it is asked, and counts. */
function eager() {
  const given = { count: 0 };
  const gateway = scriptGateway(async function* (asked, signal) {
    yield started(asked);
    while (!signal.aborted) {
      given.count++;
      yield { type: "text-delta", choice: 0, text };
      await new Promise((resolve) => setImmediate(resolve));
    }
  });
  return { gateway, given };
}

function open(
  port: number,
  path: string,
  method: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: "127.0.0.1", port, path, method, agent: false, headers: { ...bearer, ...headers } },
      resolve,
    );
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function firstText(response: IncomingMessage): Promise<string> {
  for await (const chunk of response) return String(chunk);
  return "";
}

const json = { "content-type": "application/json" };

async function settles(given: { count: number }): Promise<void> {
  await eventually(() => given.count > 0);
  let before = -1;
  await eventually(async () => {
    before = given.count;
    await new Promise((resolve) => setTimeout(resolve, 250));
    return given.count === before;
  }, 10_000);
  assert.ok(given.count * text.length < mostBytesAhead, `${given.count} deltas ran ahead`);
}

for (const [name, accept] of [
  ["event stream", "text/event-stream"],
  ["multipart stream", "multipart/mixed;boundary=graphql;subscriptionSpec=1.0"],
] as const) {
  test(`a reader who stops reading an ${name} stops the answer`, async (context) => {
    const { gateway, given } = eager();
    const { port } = await runGraphqlDoor(context, gateway);
    const response = await open(port, "/graphql", "POST", { ...json, accept }, { query, variables });
    response.pause();
    await settles(given);
    const before = given.count;
    response.resume();
    await eventually(() => given.count > before + 100);
    response.destroy();
    await eventually(() => gateway.open() === 0);
  });
}

test("a reader who stops reading a single connection stops every answer on it", async (context) => {
  const { gateway, given } = eager();
  const { port } = await runGraphqlDoor(context, gateway);
  const token = await firstText(await open(port, "/graphql/stream", "PUT", {}));
  const headers = { "x-graphql-event-stream-token": token };
  const events = await open(port, "/graphql/stream", "GET", { ...headers, accept: "text/event-stream" });
  events.pause();
  for (const operationId of ["a", "b"]) {
    const body = { query, variables, extensions: { operationId } };
    const accepted = await open(port, "/graphql/stream", "POST", { ...json, ...headers }, body);
    assert.equal(accepted.statusCode, 202);
    accepted.resume();
  }
  await settles(given);
  events.destroy();
  await eventually(() => gateway.open() === 0);
});
