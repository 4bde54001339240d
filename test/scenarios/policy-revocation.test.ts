// A version published to abort ends the answers that it denies, on every replica; another one does not.

import assert from "node:assert/strict";
import { after } from "node:test";
import { onEachDatabase } from "../kit/each-database.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { denyOllama, fileList, withRows } from "../kit/shipped-policy.ts";
import { startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
after(() => upstream.close());
const env = () => ({ OLLAMA_BASE_URL: upstream.baseUrl });

async function publish(gateway: RunningGateway, revoke: "ABORT" | "NONE"): Promise<void> {
  const { data } = await gateway.graphql<{ publishPolicy: { __typename: string } }>(
    "mutation ($input: PublishPolicyInput!) { publishPolicy(input: $input) { __typename } }",
    { input: { files: fileList(withRows(denyOllama)), revoke } },
  );
  assert.equal(data.publishPolicy.__typename, "PolicyPublication");
}

const subscription =
  'subscription { completion(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { __typename ... on TextDelta { text } ... on CompletionFailed { failure { __typename code message } receipt { outcome } } } }';
const rest = { model: "ollama/test", messages: [{ role: "user", content: "Hello" }], stream: true };

/** Opens a stream at each door and waits for its first byte. */
async function openStreams(gateway: RunningGateway): Promise<readonly Promise<string>[]> {
  const answers = await Promise.all([
    gateway.post("/graphql", { query: subscription }, { accept: "text/event-stream" }),
    gateway.post("/v1/chat/completions", rest),
  ]);
  return answers.map((answer) => answer.text());
}

onEachDatabase(
  "running answers end within a second where a version is published to abort them",
  env,
  async (gateway, other) => {
    upstream.behave(streamOpenai(["The first sentence. ", "The second one. "], { ending: "stall" }));
    const demo = gateway.post("/v1/chat/completions", { ...rest, model: "demo/slow" });
    const running = await openStreams(other);
    const upstreamCalls = upstream.seen.slice(-2);
    const publishedAt = performance.now();
    await publish(gateway, "ABORT");
    const [events, chunks] = await Promise.all(running);
    const took = performance.now() - publishedAt;
    assert.ok(took < 2_000, `${took} ms`);
    assert.match(
      events ?? "",
      /"CompletionFailed","failure":\{"__typename":"PolicyDenied","code":"POLICY_REVOKED"/,
    );
    assert.match(events ?? "", /"outcome":"POLICY_REVOKED"/);
    assert.match(chunks ?? "", /data: \{"error":.*policy_revoked/);
    assert.doesNotMatch(chunks ?? "", /\[DONE\]/);
    await Promise.all(upstreamCalls.map(({ closedEarly }) => closedEarly));
    assert.match(await (await demo).text(), /\[DONE\]/, "what it still permits goes on");
    const next = await gateway.post("/v1/chat/completions", rest);
    assert.equal(next.status, 403);
  },
);

onEachDatabase("running answers end under their own version where it is not", env, async (gateway, other) => {
  upstream.behave(streamOpenai(["One. ", "Two. ", "Three. "], { pauseMilliseconds: 500 }));
  const running = await openStreams(other);
  await publish(gateway, "NONE");
  const [events, chunks] = await Promise.all(running);
  assert.doesNotMatch(events ?? "", /CompletionFailed/);
  assert.match(chunks ?? "", /\[DONE\]/);
});
