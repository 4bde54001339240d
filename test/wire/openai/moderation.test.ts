// The raw addresses of classifiers on the OpenAI wire: what is sent to each, and what counts as an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { RawModerationCall } from "../../../src/core/moderation.ts";
import { decodeModeration, encodeModeration } from "../../../src/wire/openai/moderation.ts";

const to = {
  providerId: "vllm",
  upstreamModel: "guard",
  maxOutputTokens: undefined,
  capabilities: [],
  obligations: [],
} as const;

const completion: RawModerationCall = { type: "completion", prompt: "Task: …", maxOutputTokens: 32 };
const moderation: RawModerationCall = { type: "moderation", text: "Hi" };

const sent = (call: RawModerationCall): { path: string; body: unknown } => {
  const { path, body } = encodeModeration(call, to);
  return { path, body: JSON.parse(body) as unknown };
};

test("a raw prompt goes to /completions, and a text to /moderations", () => {
  assert.deepEqual(sent(completion), {
    path: "/completions",
    body: { model: "guard", prompt: "Task: …", max_tokens: 32, temperature: 0 },
  });
  assert.deepEqual(sent(moderation), { path: "/moderations", body: { model: "guard", input: "Hi" } });
});

test("an obligation that the provider cannot keep is told, not passed over", () => {
  for (const call of [completion, moderation]) {
    const { unsupported } = encodeModeration(call, { ...to, obligations: ["zdr-routing"] });
    assert.deepEqual(
      unsupported.map(({ param, droppable }) => [param, droppable]),
      [["obligation:zdr-routing", false]],
      call.type,
    );
  }
});

test("answers are read with their usage", () => {
  const usage = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
  const told = { input: 9, cachedInput: 0, cacheWrite: 0, output: 2, reasoning: 0 };
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
    for (const call of [completion, moderation])
      assert.throws(() => decodeModeration(call, body), WireFault, `${call.type} ${JSON.stringify(body)}`);
  }
});
