// Which settings switch a provider on, and what is said where it is off.

import assert from "node:assert/strict";
import { test } from "node:test";
import { providerIds } from "../../src/catalog/providers.ts";
import { catalogWith } from "../kit/catalog.ts";

test("a provider with neither key nor base URL is off and names the variables to set", () => {
  const catalog = catalogWith();
  for (const id of providerIds) {
    const provider = catalog.provider(id);
    assert.equal(provider?.enabled, false, id);
    assert.match(
      provider?.disabledReason ?? "",
      new RegExp(`^Set ${id.toUpperCase().replaceAll("-", "_")}_(API_KEY|BASE_URL)`),
      id,
    );
  }
});

test("a key switches a provider on at its own origin", () => {
  const provider = catalogWith({ openai: {} }).provider("openai");
  assert.deepEqual(provider, {
    id: "openai",
    name: "OpenAI",
    dialect: "openai",
    baseUrl: "https://api.openai.com/v1",
    atOwnOrigin: true,
    enabled: true,
    disabledReason: undefined,
  });
});

for (const id of ["ollama", "vllm", "litellm", "portkey"]) {
  test(`${id} works at a base URL alone, and a key alone does not tell where it is`, () => {
    const here = catalogWith({ [id]: { baseUrl: "http://127.0.0.1:9/v1/" } }).provider(id);
    assert.deepEqual([here?.enabled, here?.baseUrl], [true, "http://127.0.0.1:9/v1"]);
    const nowhere = catalogWith({ [id]: { hasKey: true } }).provider(id);
    assert.deepEqual(
      [nowhere?.enabled, nowhere?.disabledReason],
      [false, `Set ${id.toUpperCase()}_BASE_URL.`],
    );
  });
}

test("an overridden base URL needs no key, and is not the provider's own origin", () => {
  const provider = catalogWith({ mistral: { baseUrl: "http://10.0.0.7:8000/v1" } }).provider("mistral");
  assert.deepEqual(
    [provider?.enabled, provider?.atOwnOrigin, provider?.baseUrl],
    [true, false, "http://10.0.0.7:8000/v1"],
  );
});

test("writing out the provider's own base URL overrides nothing and does not replace the key", () => {
  const baseUrl = "https://api.openai.com/v1/";
  const keyless = catalogWith({ openai: { baseUrl } }).provider("openai");
  assert.deepEqual([keyless?.atOwnOrigin, keyless?.enabled], [true, false]);
  assert.equal(catalogWith({ openai: { baseUrl, hasKey: true } }).provider("openai")?.enabled, true);
});

test("the demo provider needs nothing but not being switched off", () => {
  assert.equal(catalogWith().provider("demo")?.enabled, true);
  const off = catalogWith({}, { demo: false }).provider("demo");
  assert.deepEqual([off?.enabled, off?.disabledReason], [false, "Set PORTCULLIS_DEMO=1."]);
});

test("deployments of a provider that is off are listed, with the reason", () => {
  const deployment = catalogWith().deployment("openai/gpt-4o");
  assert.equal(deployment?.provider.enabled, false);
  assert.ok(catalogWith().deploymentsOfProvider("openai").length > 20);
});

test("a region goes with the origin", () => {
  assert.equal(catalogWith({ deepseek: {} }).deployment("deepseek/deepseek-v4-pro")?.region, "cn");
  const elsewhere = catalogWith({ deepseek: { baseUrl: "https://models.example.com/v1" } });
  assert.equal(elsewhere.deployment("deepseek/deepseek-v4-pro")?.region, undefined);
});

test("a provider with a host for each customer keeps its word at any of them, and tells its region", () => {
  const at = (settings: Record<string, { baseUrl?: string; hasKey?: boolean }>) => catalogWith(settings);
  const azure = at({ "azure-openai": { baseUrl: "https://clinic-eu.openai.azure.com/openai/v1" } });
  assert.equal(azure.provider("azure-openai")?.atOwnOrigin, true);
  const elsewhere = at({ "azure-openai": { baseUrl: "https://openai.azure.com.example.org/openai/v1" } });
  assert.equal(elsewhere.provider("azure-openai")?.atOwnOrigin, false);
  const plain = at({ "azure-openai": { baseUrl: "http://clinic-eu.openai.azure.com" } });
  assert.equal(plain.provider("azure-openai")?.atOwnOrigin, false);

  const frankfurt = at({
    bedrock: { baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com", hasKey: true },
  });
  const regions = (catalog: typeof frankfurt, id: string) => catalog.deployment(id)?.region;
  assert.equal(regions(frankfurt, "bedrock/amazon.nova-lite-v1:0"), "eu-central-1");
  assert.equal(regions(frankfurt, "bedrock/eu.anthropic.claude-sonnet-4-6"), "eu");
  assert.equal(regions(frankfurt, "bedrock/global.anthropic.claude-sonnet-4-6"), undefined);
  assert.equal(regions(at({ bedrock: {} }), "bedrock/some.model"), "us-east-1");
  const stateOf = (id: string) => frankfurt.deployment(id)?.provider;
  assert.equal(stateOf("bedrock/eu.anthropic.claude-sonnet-4-6")?.enabled, true);
  assert.equal(stateOf("bedrock/global.anthropic.claude-sonnet-4-6")?.enabled, true);
  assert.equal(stateOf("bedrock/us.anthropic.claude-sonnet-4-6")?.enabled, false);
  assert.match(stateOf("bedrock/us.anthropic.claude-sonnet-4-6")?.disabledReason ?? "", /BEDROCK_BASE_URL/);
  const proxied = at({ bedrock: { baseUrl: "https://proxy.example.org" } });
  assert.equal(proxied.deployment("bedrock/us.anthropic.claude-sonnet-4-6")?.provider.enabled, true);
  const named = frankfurt.resolve("claude-sonnet-4-6@eu").map(({ id }) => id);
  assert.deepEqual(named, ["bedrock/eu.anthropic.claude-sonnet-4-6"]);
  const held = (id: string) =>
    frankfurt
      .deployment(id)
      ?.guarantees.filter((one) => one.held)
      .map((one) => one.name);
  assert.deepEqual(held("bedrock/eu.anthropic.claude-sonnet-4-6"), [
    "no-training",
    "region:eu",
    "zero-retention",
  ]);
  assert.deepEqual(held("bedrock/eu.anthropic.claude-fable-5"), ["no-training", "region:eu"]);
});
