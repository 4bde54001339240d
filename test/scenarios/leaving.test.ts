// A caller who leaves cancels the upstream at once, through every door, and the account is settled.

import assert from "node:assert/strict";
import { request } from "node:http";
import { after, test } from "node:test";
import { createClient } from "graphql-sse";
import { startGateway } from "../kit/gateway.ts";
import { stall, startUpstream, streamOpenai, type Behaviour } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const mostMilliseconds = 1_000;
const model = "ollama/test";
const messages = [{ role: "user", content: "Hello" }];
const input = { model, messages: [{ user: { text: "Hello" } }] };
const mutation = "mutation ($input: CompletionInput!) { complete(input: $input) { __typename } }";
const subscription = "subscription ($input: CompletionInput!) { completion(input: $input) { __typename } }";

/** Sends, waits until the upstream has been reached and a little longer, then hangs up. */
function hangUp(path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    const before = upstream.seen.length;
    const asking = request(gateway.url + path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${gateway.adminKey}`,
        "content-type": "application/json",
        ...headers,
      },
    });
    asking.on("error", () => undefined);
    asking.on("response", (answer) => answer.on("error", () => undefined).resume());
    asking.end(JSON.stringify(body));
    const leave = async (): Promise<void> => {
      const deadline = Date.now() + 5_000;
      while (upstream.seen.length === before) {
        if (Date.now() > deadline) throw new Error("the upstream was never reached");
        await pause(5);
      }
      await pause(60);
      const leftAt = performance.now();
      asking.destroy();
      const closedAt = await Promise.race([
        upstream.seen.at(-1)?.closedEarly,
        pause(3_000).then(() => Infinity),
      ]);
      resolve((closedAt ?? Infinity) - leftAt);
    };
    leave().catch(reject);
  });
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const eventStream = { accept: "text/event-stream" };
const cases: readonly [string, Behaviour, string, unknown, Record<string, string>][] = [
  ["REST, whole", stall, "/v1/chat/completions", { model, messages }, {}],
  ["REST, stream not begun", stall, "/v1/chat/completions", { model, messages, stream: true }, {}],
  [
    "REST, stream stalled",
    streamOpenai(["Hel", "lo "], { ending: "stall" }),
    "/v1/chat/completions",
    { model, messages, stream: true },
    {},
  ],
  ["REST, embeddings", stall, "/v1/embeddings", { model, input: "Hello" }, {}],
  ["GraphQL, mutation", stall, "/graphql", { query: mutation, variables: { input } }, {}],
  [
    "GraphQL, subscription not begun",
    stall,
    "/graphql",
    { query: subscription, variables: { input } },
    eventStream,
  ],
  [
    "GraphQL, subscription stalled",
    streamOpenai(["Hel", "lo "], { ending: "stall" }),
    "/graphql",
    { query: subscription, variables: { input } },
    eventStream,
  ],
];

for (const [name, behaviour, path, body, headers] of cases) {
  test(`${name}: the upstream is closed within ${mostMilliseconds} ms`, async () => {
    upstream.behave(behaviour);
    const took = await hangUp(path, body, headers);
    assert.ok(took < mostMilliseconds, `closed after ${took.toFixed(1)} ms`);
  });
}

test("single connection mode: ending one operation closes its upstream, and the connection goes on", async () => {
  upstream.behave(streamOpenai(["Hel", "lo "], { ending: "stall" }));
  const client = createClient({
    singleConnection: true,
    url: `${gateway.url}/graphql/stream`,
    headers: { authorization: `Bearer ${gateway.adminKey}` },
    retryAttempts: 0,
  });
  const before = upstream.seen.length;
  const results = client.iterate({ query: subscription, variables: { input } });
  await results.next();
  while (upstream.seen.length === before) await pause(5);
  await pause(50);
  const leftAt = performance.now();
  await results.return?.();
  const closedAt = (await upstream.seen.at(-1)?.closedEarly) ?? Infinity;
  assert.ok(closedAt - leftAt < mostMilliseconds, `closed after ${(closedAt - leftAt).toFixed(1)} ms`);
  const again = client.iterate({ query: "{ caller { key } }" });
  assert.equal((await again.next()).done, false);
  client.dispose();
});

test("what was used until the caller left is settled, and marked as an estimate", async () => {
  upstream.behave(streamOpenai(["Hel", "lo "], { ending: "stall" }));
  await hangUp("/v1/chat/completions", { model, messages, stream: true });
  await pause(200);
  const line = gateway.logLines
    .map((text) => JSON.parse(text) as Record<string, unknown>)
    .findLast((one) => one["msg"] === "request");
  assert.equal(line?.["outcome"], "cancelled");
  const receipt = await gateway.graphql<{
    receipt: { estimated: boolean; usage: { output: number }; attempts: { outcome: string }[] };
  }>("query ($id: ID!) { receipt(id: $id) { estimated usage { output } attempts { outcome } } }", {
    id: line?.["requestId"],
  });
  assert.equal(receipt.data.receipt.estimated, true);
  assert.ok(receipt.data.receipt.usage.output > 0);
  assert.deepEqual(receipt.data.receipt.attempts, [{ outcome: "cancelled" }]);
});
