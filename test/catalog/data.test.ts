// What the shipped rows must be, whatever they say: enough of them, well formed, each price with its evidence.
// It never asks for one price or model by value; those change.

import assert from "node:assert/strict";
import { test } from "node:test";
import { providerIds, providers } from "../../src/catalog/providers.ts";
import { shippedRows } from "../kit/catalog.ts";

const ids = (list: readonly { readonly id: string }[]): readonly string[] => list.map(({ id }) => id);

test("every provider of the contract has a row, in one dialect each", () => {
  const expected =
    "anthropic azure-openai bedrock deepseek demo fireworks gemini groq litellm mistral ollama openai openrouter portkey qwen together tokenmix vllm xai";
  assert.deepEqual(ids(providers).toSorted(), expected.split(" "));
  assert.equal(providerIds.includes("demo"), false);
  assert.equal(providerIds.length, providers.length - 1);
});

test("at least 150 distinct models are there, besides the demos", () => {
  const real = shippedRows.models.filter((model) => model.vendor !== "portcullis");
  assert.ok(new Set(ids(real)).size >= 150, `only ${real.length}`);
  assert.ok(new Set(real.map((model) => model.name)).size >= 150);
});

test("every deployment id is unique and is its provider, a slash and the upstream's own name", () => {
  assert.equal(new Set(ids(shippedRows.deployments)).size, shippedRows.deployments.length);
  for (const row of shippedRows.deployments) {
    const region = row.region === undefined ? "" : `@${row.region}`;
    assert.equal(row.id, `${row.provider}/${row.upstreamModel}${region}`);
    assert.match(row.id, /^[a-z0-9-]+\/[\w~][\w./:@+-]*$/);
  }
});

test("every price has a source, a date and a version", () => {
  const priced = shippedRows.deployments.filter((row) => row.price !== undefined);
  assert.ok(priced.length >= 300);
  for (const { id, provider, price } of priced) {
    assert.ok(price);
    if (provider !== "demo") assert.match(price.source, /^https:\/\//, id);
    assert.ok(price.validFrom.getTime() > Date.parse("2026-01-01") - 1, id);
    assert.match(price.version, /^\d{4}-\d{2}-\d{2}$/, id);
  }
});

test("every provider that is called by key has deployments of its own, save those that relay anything", () => {
  const withRows = new Set(shippedRows.deployments.map((row) => row.provider));
  const without = providers.filter((row) => !withRows.has(row.id));
  assert.deepEqual(ids(without).toSorted(), ["litellm", "ollama", "portkey", "tokenmix", "vllm"]);
});

const able = (capability: string): readonly string[] =>
  ids(shippedRows.models.filter((model) => (model.capabilities as readonly string[]).includes(capability)));

test("embedding and image models are there and say so", () => {
  for (const id of [
    "text-embedding-3-small",
    "text-embedding-3-large",
    "gemini-embedding-001",
    "mistral-embed",
  ]) {
    assert.ok(able("EMBEDDING").includes(id), id);
  }
  for (const id of ["gpt-image-1", "gemini-2.5-flash-image"])
    assert.ok(able("IMAGE_OUTPUT").includes(id), id);
});

test("context tiers, cache writes, audio and reasoning prices came over where the source has them", () => {
  const prices = shippedRows.deployments.flatMap((row) => (row.price ? [row.price] : []));
  assert.ok(prices.some((price) => price.tiers.length > 0));
  assert.ok(prices.some((price) => price.cacheWriteUsdPerMillion !== undefined));
  assert.ok(prices.some((price) => price.audioInputUsdPerMillion !== undefined));
  assert.ok(prices.some((price) => price.reasoningUsdPerMillion !== undefined));
});

test("the demos are free, are called demos, and cover every feature", () => {
  const demos = shippedRows.deployments.filter((row) => row.provider === "demo");
  const expected =
    "demo/echo demo/embedding demo/flaky demo/guard demo/image demo/slow demo/story demo/tools demo/unsafe";
  assert.deepEqual(ids(demos).toSorted(), expected.split(" "));
  for (const { model, price } of demos) {
    assert.match(model, /^demo-/);
    assert.match(shippedRows.models.find((row) => row.id === model)?.name ?? "", /^Demo: /);
    assert.deepEqual([price?.inputUsdPerMillion, price?.outputUsdPerMillion, price?.source], [0, 0, "demo"]);
  }
});

const at = (model: string): readonly string[] =>
  shippedRows.deployments.filter((row) => row.model === model).map((row) => row.provider);

test("one model at several providers is one model", () => {
  assert.deepEqual(at("openai/gpt-oss-120b"), ["groq", "together", "fireworks", "openrouter", "bedrock"]);
  assert.deepEqual(at("meta-llama/llama-3.3-70b-instruct"), ["groq", "together", "openrouter", "bedrock"]);
});
