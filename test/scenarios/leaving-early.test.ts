// Who hangs up while a long prompt is still being weighed leaves nothing behind: no call, no record, no work.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const text = "Mail jane.doe@example.com, card 4111 1111 1111 1111, call +44 20 7946 0958. ".repeat(13_000);
const model = "ollama/test";
const mutation = "mutation ($input: CompletionInput!) { complete(input: $input) { __typename } }";
const variables = { input: { model, messages: [{ user: { text } }] } };

const doors: readonly (readonly [string, string, unknown])[] = [
  ["REST", "/v1/chat/completions", { model, messages: [{ role: "user", content: text }] }],
  ["REST embeddings", "/v1/embeddings", { model, input: text }],
  ["REST moderations", "/v1/moderations", { input: text }],
  ["GraphQL", "/graphql", { query: mutation, variables }],
];

for (const [door, path, body] of doors) {
  test(`who leaves during the weighing is forgotten (${door})`, async () => {
    const linesBefore = gateway.logLines.length;
    const asking = request(gateway.url + path, {
      method: "POST",
      headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
    });
    asking.on("error", () => undefined);
    asking.end(JSON.stringify(body));
    await once(asking, "finish");
    // It has arrived and is being looked into: that takes longer than this.
    await sleep(60);
    asking.destroy();
    await sleep(100);
    const before = process.threadCpuUsage();
    await sleep(300);
    const { user, system } = process.threadCpuUsage(before);
    assert.ok(user + system < 100_000, `${user + system} µs of work for nobody`);
    assert.equal(upstream.seen.length, 0, "no provider was called");
    const { rows } = await gateway.app.store.records.verify();
    assert.equal(rows, 0, "nothing is recorded");
    const faults = gateway.logLines.slice(linesBefore).filter((line) => /"level":(?:50|"error")/.test(line));
    assert.deepEqual(faults, []);
  });
}
