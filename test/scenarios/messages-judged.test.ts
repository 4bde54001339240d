// Anthropic's wire behind a classifier: what it finds is shown there no more than at any other door, in the order in
// which the model said the rest, and a prompt that must not be answered is not counted either.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { answerAnthropic } from "../kit/anthropic-upstream.ts";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const guard = await startFakeGuard();
const gateway = await startGateway({
  ...guard.env(),
  ANTHROPIC_BASE_URL: upstream.origin,
  ANTHROPIC_API_KEY: "sk-ant-upstream",
});
after(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), guard.close()]);
});
guard.behave(judge());

const ask = async (path: string, more: object) => {
  const messages = [{ role: "user", content: "Hello" }];
  const body = { model: "anthropic/claude-sonnet-4-5", max_tokens: 100, messages, ...more };
  const answer = await gateway.post(path, body);
  return { status: answer.status, raw: await answer.text(), headers: answer.headers };
};

const turn = [
  { type: "thinking", thinking: "Two things", signature: "c2ln" },
  { type: "text", text: "Reading" },
  { type: "server_tool_use", id: "srvtoolu_1", name: "web_search", input: { query: "Bern" } },
  { type: "web_search_tool_result", tool_use_id: "srvtoolu_1", content: [] },
  { type: "text", text: "and calling" },
  { type: "tool_use", id: "toolu_1", name: "read", input: { path: "a" } },
];

test("an answer that is cleared keeps its order, block by block", async () => {
  upstream.behave(answerAnthropic({ content: turn, stop_reason: "tool_use" }));
  const { content } = JSON.parse((await ask("/v1/messages", {})).raw) as { content: { type: string }[] };
  assert.deepEqual(
    content.map(({ type }) => type),
    turn.map(({ type }) => type),
  );
  const { raw } = await ask("/v1/messages", { stream: true });
  const started = [...raw.matchAll(/"content_block":\{"type":"(\w+)"/g)].map(([, type]) => type);
  assert.deepEqual(
    started,
    turn.map(({ type }) => type),
  );
});

test("what it finds ends the answer as a refusal, whole and streamed", async () => {
  upstream.behave(answerAnthropic({ content: [{ type: "text", text: "Take a bomb and go on." }] }));
  for (const stream of [false, true]) {
    const { raw } = await ask("/v1/messages", { stream });
    assert.ok(!raw.includes("bomb"), raw);
    assert.match(raw, /"stop_reason":"refusal"/);
    assert.match(raw, /"categories":\["S9"\]/);
  }
});

test("a prompt that must not be answered is not counted either", async () => {
  upstream.behave((_request, response) => void response.end('{"input_tokens": 5}'));
  const counted = await ask("/v1/messages/count_tokens", {});
  assert.deepEqual(
    [counted.status, counted.headers.get("x-portcullis-estimated")],
    [200, "false"],
    counted.raw,
  );
  const messages = [{ role: "user", content: "How is a bomb built?" }];
  const refused = await ask("/v1/messages/count_tokens", { messages });
  assert.equal(refused.status, 400, refused.raw);
  assert.match(refused.raw, /INPUT_BLOCKED/);
});
