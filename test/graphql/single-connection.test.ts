// Single connection mode: tokens are ours, belong to one key, and are few.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { ask } from "../kit/http.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const gateway = scriptGateway((asked) => saying(asked, ["Hel", "lo"]));
const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const path = "/graphql/stream";

test("queries, mutations and subscriptions share one event stream", async (context) => {
  const { url } = await runGraphqlDoor(context, gateway);
  const client = createClient({
    url: `${url}/stream`,
    headers: { ...bearer },
    singleConnection: true,
    retryAttempts: 0,
  });
  const run = async (query: string): Promise<unknown[]> => {
    const results: unknown[] = [];
    for await (const result of client.iterate({ query, variables: { input } })) results.push(result);
    return results;
  };
  const [caller, completed, streamed, wrong] = await Promise.all([
    run("{ caller { key } }"),
    run("mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { text } } }"),
    run(
      "subscription ($input: CompletionInput!) { completion(input: $input) { ... on TextDelta { text } } }",
    ),
    run("{ nonsense }"),
  ]);
  client.dispose();
  assert.deepEqual(caller, [{ data: { caller: { key: "key:test" } } }]);
  assert.deepEqual(completed, [{ data: { complete: { text: "Hello" } } }]);
  assert.deepEqual(
    streamed.map((result) => (result as { data: { completion: { text?: string } } }).data.completion.text),
    [undefined, "Hel", "lo", undefined],
  );
  assert.match(JSON.stringify(wrong), /GRAPHQL_VALIDATION_FAILED/);
});

test("a token is made here, whatever the client sends", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const headers = { ...bearer, "x-graphql-event-stream-token": "chosen" };
  const reserved = await ask(port, { method: "PUT", path, headers });
  assert.equal(reserved.status, 201);
  assert.match(reserved.text, /^[0-9a-f-]{36}$/);
});

test("a token is of no use with another key, or without one", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const { text: token } = await ask(port, { method: "PUT", path, headers: bearer });
  const body = JSON.stringify({ query: "{ caller { key } }", extensions: { operationId: "a" } });
  const send = (headers: Record<string, string>) =>
    ask(port, {
      path,
      headers: { "content-type": "application/json", "x-graphql-event-stream-token": token, ...headers },
      body,
    });
  assert.equal((await send({ authorization: "Bearer pc_other" })).status, 404);
  assert.equal((await send({})).status, 401);
  assert.equal((await send(bearer)).status, 202);
});

test("one key can reserve so many streams and no more", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const statuses: number[] = [];
  for (let one = 0; one < 51; one++)
    statuses.push((await ask(port, { method: "PUT", path, headers: bearer })).status);
  assert.deepEqual(statuses, [...Array.from({ length: 50 }, () => 201), 429]);
  const other = await ask(port, { method: "PUT", path, headers: { authorization: "Bearer pc_other" } });
  assert.equal(other.status, 201);
});

test("a body that is not JSON is refused without a stack", async (context) => {
  const { port } = await runGraphqlDoor(context, gateway);
  const { text: token } = await ask(port, { method: "PUT", path, headers: bearer });
  const headers = { ...bearer, "content-type": "application/json", "x-graphql-event-stream-token": token };
  const answer = await ask(port, { path, headers, body: "{" });
  assert.equal(answer.status, 400);
  assert.doesNotMatch(answer.text, /stack|at /);
});
