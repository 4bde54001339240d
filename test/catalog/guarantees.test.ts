// Which promises hold, and which ones do not although somebody published or wished them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { guarantees } from "../../src/catalog/guarantees.ts";
import type { GuaranteeRow } from "../../src/catalog/guarantees.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { catalogWith, guaranteeOf, holds, shippedRows } from "../kit/catalog.ts";

const anyOf: Readonly<Record<string, string>> = {
  openai: "openai/gpt-4o",
  anthropic: "anthropic/claude-sonnet-4-5",
  gemini: "gemini/gemini-2.5-pro",
};

for (const [provider, deployment] of Object.entries(anyOf)) {
  test(`${provider} holds no-training at its own origin, on evidence that was read`, () => {
    const guarantee = guaranteeOf(catalogWith({ [provider]: {} }), deployment, "no-training");
    assert.equal(guarantee?.held, true);
    assert.match(guarantee?.source ?? "", /^https:\/\//);
    assert.match(guarantee?.read ?? "", /^\d{4}-\d{2}-\d{2}$/);
  });
}

test("what is by contract ships as listed and not held, saying that it needs an attestation", () => {
  const catalog = catalogWith({ openai: {}, anthropic: {}, gemini: {} });
  for (const [provider, name] of [
    ["openai", "baa"],
    ["openai", "dpa"],
    ["openai", "zero-retention"],
    ["anthropic", "baa"],
    ["anthropic", "zero-retention"],
    ["gemini", "dpa"],
  ] as const) {
    const guarantee = guaranteeOf(catalog, anyOf[provider] ?? "", name);
    assert.equal(guarantee?.held, false, `${provider} ${name}`);
    assert.match(guarantee?.because ?? "", /^Needs an attestation: /);
  }
});

test("no row holds a contract, whoever the provider is", () => {
  const byContract = guarantees.filter((row) => ["baa", "dpa"].includes(row.name));
  assert.ok(byContract.length > 0);
  assert.deepEqual(new Set(byContract.map((row) => row.basis)), new Set(["agreement"]));
});

test("what nobody published is absent", () => {
  const catalog = catalogWith({ deepseek: {}, openrouter: {} });
  assert.equal(guaranteeOf(catalog, "deepseek/deepseek-v4-pro", "no-training"), undefined);
  assert.equal(guaranteeOf(catalog, "openrouter/openai/gpt-4o", "no-training"), undefined);
});

test("of two sources that differ the worse one counts", () => {
  const guarantee = guaranteeOf(catalogWith({ mistral: {} }), "mistral/mistral-large-2512", "no-training");
  assert.equal(guarantee?.held, false);
  assert.match(guarantee?.source ?? "", /opt-out/);
});

test("an overridden base URL drops every guarantee of every provider", () => {
  for (const row of shippedRows.providers) {
    if (row.dialect === "demo") continue;
    const catalog = catalogWith({ [row.id]: { hasKey: true, baseUrl: "https://proxy.example.com/v1" } });
    const deployment = catalog.deploymentsOfProvider(row.id)[0] ?? catalog.deployment(`${row.id}/some-model`);
    assert.ok(deployment, row.id);
    for (const { name, held, because } of deployment.guarantees) {
      assert.equal(held, false, `${row.id} ${name}`);
      assert.ok(because);
    }
  }
});

test("a server at a loopback or private address is self-hosted, and nothing else follows from it", () => {
  for (const id of ["ollama", "vllm", "openai"]) {
    for (const baseUrl of [
      "http://localhost:11434/v1",
      "http://192.168.1.20:8000/v1",
      "http://[::1]:8000/v1",
    ]) {
      const catalog = catalogWith({ [id]: { baseUrl } });
      assert.deepEqual(held(catalog, `${id}/llama3.2`), ["self-hosted"], `${id} at ${baseUrl}`);
    }
  }
});

test("a server elsewhere is not self-hosted until somebody attests it", () => {
  const guarantee = guaranteeOf(
    catalogWith({ vllm: { baseUrl: "https://gpu.example.com/v1" } }),
    "vllm/llama3.2",
    "self-hosted",
  );
  assert.equal(guarantee?.held, false);
  assert.match(guarantee?.because ?? "", /neither a loopback nor a private address/);
});

test("a relay on this machine is not self-hosted: it passes requests on", () => {
  for (const id of ["litellm", "portkey", "openrouter", "tokenmix"]) {
    const catalog = catalogWith({ [id]: { baseUrl: "http://127.0.0.1:4001/v1" } });
    assert.deepEqual(held(catalog, `${id}/gpt-4o`), [], id);
  }
});

test("the demos hold self-hosted, no-training and zero-retention", () => {
  assert.deepEqual(held(catalogWith(), "demo/echo"), ["no-training", "self-hosted", "zero-retention"]);
});

const evidence = (until: string): GuaranteeRow => ({
  subject: "xai",
  name: "soc2",
  basis: "published",
  source: "https://example.com/report",
  read: "2026-01-01",
  until,
  attestedBy: "third-party",
});

test("published evidence counts to the last millisecond before its day, and the catalog says when that is", () => {
  const rows = { ...shippedRows, guarantees: [...shippedRows.guarantees, evidence("2027-01-01")] };
  const end = Date.parse("2027-01-01T00:00:00.000Z");
  const before = catalogWith({ xai: {} }, { rows, now: new Date(end - 1) });
  assert.equal(holds(before, "xai/grok-4.3", "soc2"), true);
  assert.equal(before.validUntil, end);
  const after = catalogWith({ xai: {} }, { rows, now: new Date(end) });
  assert.equal(holds(after, "xai/grok-4.3", "soc2"), false);
  assert.match(guaranteeOf(after, "xai/grok-4.3", "soc2")?.because ?? "", /2027-01-01/);
  assert.equal(after.validUntil, Number.POSITIVE_INFINITY);
});

test("of two expiries the sooner one counts", () => {
  const rows = {
    ...shippedRows,
    guarantees: [...shippedRows.guarantees, evidence("2028-01-01"), evidence("2027-01-01")],
  };
  const catalog = catalogWith({ xai: {} }, { rows });
  assert.deepEqual(guaranteeOf(catalog, "xai/grok-4.3", "soc2")?.until, new Date("2027-01-01"));
});

const held = (catalog: Catalog, deploymentId: string): readonly string[] =>
  (catalog.deployment(deploymentId)?.guarantees ?? [])
    .filter((guarantee) => guarantee.held)
    .map(({ name }) => name);
