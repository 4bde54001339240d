// Which names mean the same model, and that doubt keeps them apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { identify, isSnapshot, vendorOf } from "../../src/catalog/identity.ts";

const sold: Readonly<Record<string, readonly string[]>> = {
  anthropic: ["claude-sonnet-4-5"],
  openai: ["gpt-4o"],
  qwen: ["qwen3-32b"],
  mistral: ["mistral-large-2512"],
};
const has = (provider: string, name: string): boolean => sold[provider]?.includes(name) ?? false;

const same: readonly (readonly [string, string, string, string])[] = [
  ["anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5", "anthropic"],
  ["anthropic", "claude-sonnet-4-5-20250929", "claude-sonnet-4-5", "anthropic"],
  ["openrouter", "anthropic/claude-sonnet-4.5", "claude-sonnet-4-5", "anthropic"],
  ["openrouter", "openai/gpt-4o", "gpt-4o", "openai"],
  ["openrouter", "mistralai/mistral-large-2512", "mistral-large-2512", "mistral"],
  ["groq", "qwen/qwen3-32b", "qwen3-32b", "alibaba"],
  ["together", "zai-org/GLM-5.1", "z-ai/glm-5.1", "zai"],
  ["openrouter", "z-ai/glm-5.1", "z-ai/glm-5.1", "zai"],
  ["fireworks", "accounts/fireworks/models/glm-5p1", "z-ai/glm-5.1", "zai"],
  ["fireworks", "accounts/fireworks/models/kimi-k2p6", "moonshotai/kimi-k2.6", "moonshotai"],
  ["groq", "llama-3.3-70b-versatile", "meta-llama/llama-3.3-70b-instruct", "meta"],
];

for (const [provider, name, model, vendor] of same) {
  test(`${provider}'s ${name} is ${model} of ${vendor}`, () => {
    assert.deepEqual(identify(provider, name, has), { model, vendor });
  });
}

const apart: readonly (readonly [string, string, string])[] = [
  ["anthropic", "claude-opus-9-20270101", "claude-opus-9-20270101"],
  ["openai", "gpt-4o-2024-05-13", "gpt-4o-2024-05-13"],
  ["fireworks", "accounts/fireworks/routers/kimi-k2p6-fast", "moonshotai/kimi-k2.6-fast"],
  ["together", "pearl-ai/gemma-4-31b-it", "pearl-ai/gemma-4-31b-it"],
  ["openrouter", "mistralai/saba", "mistralai/saba"],
];

for (const [provider, name, model] of apart) {
  test(`${provider}'s ${name} stays ${model}`, () => {
    assert.equal(identify(provider, name, has).model, model);
  });
}

test("a snapshot is a dated name of a model with an undated one", () => {
  assert.equal(isSnapshot("claude-sonnet-4-5-20250929", "claude-sonnet-4-5"), true);
  assert.equal(isSnapshot("claude-sonnet-4-5", "claude-sonnet-4-5"), false);
  assert.equal(isSnapshot("qwen/qwen3.5-plus-20260420", "qwen3.5-plus-20260420"), false);
});

test("a host's own name says nothing of a vendor", () => {
  assert.equal(vendorOf("vllm", "our-model"), "unknown");
  assert.equal(vendorOf("vllm", "mistral-7b"), "mistral");
  assert.equal(vendorOf("openai", "ft:gpt-4o:x"), "openai");
});
