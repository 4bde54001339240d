// Classifiers over the OpenAI wire: what is sent for each kind of call, and what counts as an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { ModerationCall } from "../../../src/core/moderation.ts";
import { decodeModeration, encodeModeration } from "../../../src/wire/openai/moderation.ts";

const to = {
  providerId: "vllm",
  upstreamModel: "guard",
  maxOutputTokens: undefined,
  capabilities: [],
  obligations: [],
} as const;

const chat: ModerationCall = {
  type: "chat",
  turns: [
    { role: "user", text: "Hi" },
    { role: "assistant", text: "Hello" },
  ],
  maxOutputTokens: 32,
  fields: { chat_template_kwargs: { guardian_config: { risk_name: "harm" } } },
};
const completion: ModerationCall = { type: "completion", prompt: "Task: …", maxOutputTokens: 32 };
const moderation: ModerationCall = { type: "moderation", text: "Hi" };

const sent = (call: ModerationCall): { path: string; body: Record<string, unknown> } => {
  const { path, body } = encodeModeration(call, to);
  return { path, body: JSON.parse(body) as Record<string, unknown> };
};

test("a chat is sent whole, at temperature 0, with its own fields beside it", () => {
  const { path, body } = sent(chat);
  assert.equal(path, "/chat/completions");
  assert.deepEqual(body["messages"], [
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Hello" },
  ]);
  assert.equal(body["temperature"], 0);
  assert.equal(body["max_tokens"] ?? body["max_completion_tokens"], 32);
  assert.deepEqual(body["chat_template_kwargs"], { guardian_config: { risk_name: "harm" } });
});

test("a raw prompt goes to /completions, and a text to /moderations", () => {
  assert.deepEqual(sent(completion), {
    path: "/completions",
    body: { model: "guard", prompt: "Task: …", max_tokens: 32, temperature: 0 },
  });
  assert.deepEqual(sent(moderation), { path: "/moderations", body: { model: "guard", input: "Hi" } });
});

test("an obligation that the provider cannot keep is told, not passed over", () => {
  const bound = { ...to, obligations: ["zdr-routing"] } as const;
  for (const call of [chat, completion, moderation]) {
    const { unsupported } = encodeModeration(call, bound);
    assert.deepEqual(
      unsupported.map(({ param, droppable }) => [param, droppable]),
      [["obligation:zdr-routing", false]],
      call.type,
    );
  }
});

test("answers are read with their usage, thoughts left out", () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
  const message = { role: "assistant", content: "safe", reasoning_content: "It greets." };
  const whole = { choices: [{ index: 0, message, finish_reason: "stop" }], usage };
  const told = { input: 9, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 };
  assert.deepEqual(decodeModeration(chat, whole), { type: "text", text: "safe", usage: told });
  assert.deepEqual(decodeModeration(completion, { choices: [{ text: "\n\nsafe" }], usage }), {
    type: "text",
    text: "\n\nsafe",
    usage: told,
  });
  const result = { flagged: true, categories: { hate: true, illicit: null }, category_scores: { hate: 0.9 } };
  const scores = decodeModeration(moderation, { id: "m", model: "omni", results: [result] });
  assert.ok(scores.type === "scores");
  assert.deepEqual([scores.flagged, scores.categories, scores.scores], [true, { hate: true }, { hate: 0.9 }]);
});

test("what is no answer of the kind is a fault, and so is an error inside a 200", () => {
  const bodies: readonly unknown[] = [
    undefined,
    "safe",
    {},
    { choices: [] },
    { choices: [{ text: 1 }] },
    { choices: [{ text: "safe" }, { text: "unsafe" }] },
    { results: [] },
    { results: [{ flagged: "no", categories: {} }] },
    { results: [{ flagged: false, categories: { hate: "no" } }] },
    {
      results: [
        { flagged: false, categories: {} },
        { flagged: true, categories: {} },
      ],
    },
    { error: { message: "overloaded", code: 503 } },
  ];
  for (const body of bodies) {
    const calls = [chat, completion, moderation].filter(
      // A chat answer without a text is an empty text, which no format takes for a verdict.
      (call) => call.type !== "chat" || (body as { choices?: unknown } | undefined)?.choices === undefined,
    );
    for (const call of calls)
      assert.throws(() => decodeModeration(call, body), WireFault, `${call.type} ${JSON.stringify(body)}`);
  }
});
