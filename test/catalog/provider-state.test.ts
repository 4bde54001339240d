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
      new RegExp(`^Set ${id.toUpperCase()}_(API_KEY|BASE_URL)`),
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
