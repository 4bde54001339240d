// What a caller's name means: deployment, model, alias, then anything of a provider that is on.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { checkRows } from "../../src/catalog/check.ts";
import { shippedTables } from "../../src/catalog/load.ts";
import { unlistedKept } from "../../src/catalog/names.ts";
import { catalogWith, shippedRows } from "../kit/catalog.ts";

const idsOf = (catalog: Catalog, name: string): readonly string[] =>
  catalog.resolve(name).map(({ id }) => id);

test("every listed deployment and every listed model is found by its id", () => {
  const catalog = catalogWith();
  for (const { id } of catalog.deployments) assert.deepEqual(idsOf(catalog, id), [id]);
  for (const { id } of catalog.models) {
    assert.equal(catalog.model(id)?.id, id);
    assert.ok(catalog.resolve(id).length > 0, id);
    assert.ok(catalog.resolve(id).every((deployment) => deployment.model.id === id));
  }
});

test("a deployment id comes before a model id", () => {
  // `qwen/qwen3-32b` is Qwen's own deployment; at Groq the upstream's name is spelled the same.
  const catalog = catalogWith({ groq: {}, qwen: {} });
  assert.deepEqual(idsOf(catalog, "qwen/qwen3-32b"), ["qwen/qwen3-32b"]);
  assert.deepEqual(idsOf(catalog, "groq/qwen/qwen3-32b"), ["groq/qwen/qwen3-32b"]);
  assert.ok(idsOf(catalog, "qwen3-32b").includes("groq/qwen/qwen3-32b"));
});

test("a model id with a slash comes before anything of the provider that it begins with", () => {
  const catalog = catalogWith({ openai: {}, groq: {} });
  const ids = idsOf(catalog, "openai/gpt-oss-120b");
  assert.ok(ids.includes("groq/openai/gpt-oss-120b"));
  assert.ok(!ids.includes("openai/gpt-oss-120b"));
  assert.equal(catalog.deployment("openai/gpt-oss-120b")?.provider.id, "openai");
});

test("an alias means the model or the one deployment that it names", () => {
  const catalog = catalogWith();
  assert.deepEqual(idsOf(catalog, "claude-sonnet-4.5"), idsOf(catalog, "claude-sonnet-4-5"));
  assert.deepEqual(idsOf(catalog, "gpt-oss-120b"), idsOf(catalog, "openai/gpt-oss-120b"));
  assert.deepEqual(idsOf(catalog, "claude-sonnet-4-5-20250929"), ["anthropic/claude-sonnet-4-5-20250929"]);
});

test("every alias leads somewhere", () => {
  const catalog = catalogWith();
  for (const alias of shippedRows.aliases.keys()) assert.ok(catalog.resolve(alias).length > 0, alias);
});

test("a dated name is the same model, but serves only those who ask for it", () => {
  const catalog = catalogWith();
  const dated = "anthropic/claude-sonnet-4-5-20250929";
  assert.equal(catalog.deployment(dated)?.model.id, "claude-sonnet-4-5");
  assert.equal(catalog.deployment(dated)?.upstreamModel, "claude-sonnet-4-5-20250929");
  assert.ok(!idsOf(catalog, "claude-sonnet-4-5").includes(dated));
  assert.ok(catalog.deploymentsOfModel("claude-sonnet-4-5").some(({ id }) => id === dated));
});

test("a region is split off only where a deployment is there", () => {
  const catalog = catalogWith({ deepseek: {} });
  assert.deepEqual(idsOf(catalog, "deepseek/deepseek-v4-pro@cn"), ["deepseek/deepseek-v4-pro"]);
  assert.deepEqual(idsOf(catalog, "deepseek-v4-pro@cn"), ["deepseek/deepseek-v4-pro"]);
  assert.equal(catalog.deployment("deepseek/deepseek-v4-pro@cn")?.id, "deepseek/deepseek-v4-pro");
});

test("a region that a listed deployment does not have is never served from elsewhere", () => {
  const catalog = catalogWith({ deepseek: {} });
  for (const name of ["deepseek/deepseek-v4-pro@eu", "deepseek-v4-pro@eu", "deepseek/deepseek-v4-pro@"]) {
    assert.deepEqual(idsOf(catalog, name), [], name);
    assert.equal(catalog.deployment(name), undefined, name);
  }
});

test("an @ in a name that is not listed belongs to the name", () => {
  const catalog = catalogWith({ vllm: { baseUrl: "http://127.0.0.1:1/v1" } });
  assert.equal(catalog.resolve("vllm/@cf/meta/llama@v2")[0], undefined);
  assert.equal(catalog.resolve("vllm/cf/meta/llama@v2")[0]?.upstreamModel, "cf/meta/llama@v2");
});

test("rows of the same model in two regions are told apart by region", () => {
  const openai = shippedTables.files["openai.json"] as { deployments: readonly object[] };
  const eu = { upstreamModel: "gpt-4o", model: "gpt-4o", region: "eu" };
  const rows = checkRows({
    ...shippedTables,
    files: { ...shippedTables.files, "openai.json": { ...openai, deployments: [...openai.deployments, eu] } },
  });
  const catalog = catalogWith({ openai: {} }, { rows });
  assert.deepEqual(idsOf(catalog, "openai/gpt-4o@eu"), ["openai/gpt-4o@eu"]);
  assert.deepEqual(idsOf(catalog, "gpt-4o@eu"), ["openai/gpt-4o@eu"]);
  assert.deepEqual(idsOf(catalog, "openai/gpt-4o"), ["openai/gpt-4o"]);
  assert.equal(catalog.deployment("openai/gpt-4o@eu")?.upstreamModel, "gpt-4o");
});

test("anything of a provider that is on is served, with nothing claimed of it", () => {
  const deployment = catalogWith({ openai: {} }).resolve("openai/ft:gpt-4o:acme::abc123")[0];
  assert.equal(deployment?.id, "openai/ft:gpt-4o:acme::abc123");
  assert.equal(deployment.upstreamModel, "ft:gpt-4o:acme::abc123");
  assert.deepEqual([deployment.unlisted, deployment.price, deployment.prices.length], [true, undefined, 0]);
  const { capabilities, contextTokens, vendor } = deployment.model;
  assert.deepEqual([capabilities, contextTokens, vendor], [[], undefined, "openai"]);
});

test("the vendor of what is not listed is known where the name says it, else unknown", () => {
  const catalog = catalogWith({ openrouter: {}, litellm: { baseUrl: "http://127.0.0.1:1" } });
  assert.equal(catalog.deployment("openrouter/deepseek/next-big-thing")?.model.vendor, "deepseek");
  assert.equal(catalog.deployment("openrouter/Acme/Model")?.model.vendor, "acme");
  assert.equal(catalog.deployment("litellm/gpt-4o")?.model.vendor, "openai");
  assert.equal(catalog.deployment("litellm/our-own")?.model.vendor, "unknown");
});

test("an unlisted deployment's model leads back to it", () => {
  const catalog = catalogWith({ openai: {} });
  assert.equal(catalog.model("openai/whatever")?.id, "openai/whatever");
  assert.deepEqual(
    catalog.deploymentsOfModel("openai/whatever").map(({ id }) => id),
    ["openai/whatever"],
  );
  assert.equal(
    catalog.models.some(({ id }) => id === "openai/whatever"),
    false,
  );
});

test("nothing of a provider that is off, of no provider, or of the demo is made up", () => {
  const catalog = catalogWith({ openai: {} });
  for (const name of [
    "groq/whatever",
    "acme/whatever",
    "demo/whatever",
    "whatever",
    "/x",
    "openai/",
    "",
    "openai",
  ]) {
    assert.deepEqual(idsOf(catalog, name), [], name);
    assert.equal(catalog.deployment(name), undefined, name);
  }
});

test("a name that could climb in a path or break a header is no name", () => {
  const catalog = catalogWith({ gemini: {} });
  for (const bad of [
    "../x",
    "a/../b",
    "a//b",
    "a/./b",
    "a b",
    "a\nb",
    "a?b",
    "a#b",
    "a%2e",
    "é",
    "x".repeat(300),
  ]) {
    assert.deepEqual(idsOf(catalog, `gemini/${bad}`), [], bad);
  }
  assert.equal(catalog.resolve("__proto__").length + catalog.resolve("constructor").length, 0);
});

test("an unlisted deployment is made once, and only so many are kept", () => {
  const catalog = catalogWith({ openai: {} });
  const first = catalog.deployment("openai/first");
  assert.equal(catalog.resolve("openai/first")[0], first);
  for (let index = 0; index < unlistedKept - 1; index += 1) catalog.deployment(`openai/other-${index}`);
  assert.equal(catalog.deployment("openai/first"), first);
  for (let index = 0; index < unlistedKept; index += 1) catalog.deployment(`openai/another-${index}`);
  assert.notEqual(catalog.deployment("openai/first"), first);
});
