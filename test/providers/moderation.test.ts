// Asking classifiers over real sockets: a chat in whatever dialect the provider speaks, thoughts left out.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { asFailure } from "../../src/core/errors.ts";
import type { ModerationCall } from "../../src/core/moderation.ts";
import { createPools } from "../../src/providers/pools.ts";
import { createProviders } from "../../src/providers/providers.ts";
import { attemptFailureFrom } from "../../src/providers/upstream-failure.ts";
import { deploymentAt, permitted } from "../kit/deployments.ts";
import { type Behaviour, startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const pools = createPools({ httpsProxy: undefined, noProxy: undefined });
const providers = createProviders({ pools, keysOf: () => [] });
after(async () => {
  await pools.close();
  await upstream.close();
});

const { signal } = new AbortController();
const openai = deploymentAt(upstream.baseUrl);
const anthropic = { ...openai, provider: { ...openai.provider, dialect: "anthropic" } } as const;

const chat: ModerationCall = {
  type: "chat",
  turns: [
    { role: "system", text: "harm" },
    { role: "user", text: "Hi" },
    { role: "assistant", text: "Hello" },
  ],
  maxOutputTokens: 32,
  fields: { chat_template_kwargs: { guardian_config: { risk_name: "harm" } } },
};

const answer =
  (body: unknown): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  };

test("a chat is sent whole, at temperature 0, with its own fields beside it", async () => {
  const message = { role: "assistant", content: "safe", reasoning_content: "It greets." };
  const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
  upstream.behave(answer({ choices: [{ index: 0, message, finish_reason: "stop" }], usage }));
  const given = await providers.moderate(permitted(openai), chat, { signal });
  assert.deepEqual(
    [given.type === "text" && given.text, given.usage.input, given.usage.output],
    ["safe", 9, 2],
  );
  const seen = upstream.seen.at(-1);
  assert.equal(seen?.path, "/v1/chat/completions");
  assert.deepEqual(seen?.body["messages"], [
    { role: "system", content: "harm" },
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
  ]);
  assert.equal(seen?.body["temperature"], 0);
  assert.equal(seen?.body["max_tokens"] ?? seen?.body["max_completion_tokens"], 32);
  assert.deepEqual(seen?.body["chat_template_kwargs"], { guardian_config: { risk_name: "harm" } });
});

test("a model of another dialect can judge as well, where it is asked by a chat", async () => {
  const content = [{ type: "text", text: '{"violation":0,"categories":[]}' }];
  const usage = { input_tokens: 20, output_tokens: 8 };
  upstream.behave(
    answer({ id: "m", type: "message", role: "assistant", content, stop_reason: "end_turn", usage }),
  );
  const given = await providers.moderate(permitted(anthropic), chat, { signal });
  assert.equal(given.type === "text" && given.text, '{"violation":0,"categories":[]}');
  assert.equal(upstream.seen.at(-1)?.path, "/v1/v1/messages");
});

test("where a dialect has no raw address, nothing is sent", async () => {
  const before = upstream.seen.length;
  for (const call of [
    { type: "completion", prompt: "Task", maxOutputTokens: 32 },
    { type: "moderation", text: "Hi" },
  ] as const) {
    await assert.rejects(providers.moderate(permitted(anthropic), call, { signal }), (error) => {
      assert.equal(attemptFailureFrom(asFailure(error), "x").failure.code, "UNSUPPORTED_PARAMETER");
      return true;
    });
  }
  assert.equal(upstream.seen.length, before);
});
