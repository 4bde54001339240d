// What an administrator's word makes true: for that subject, at that origin, until that moment, and no further.

import assert from "node:assert/strict";
import { test } from "node:test";
import { attestation, catalogWith, guaranteeOf, holds, someMoment } from "../kit/catalog.ts";

const zeroAt = (attestations: Parameters<typeof attestation>[0][], deployment = "openai/gpt-4o"): boolean =>
  holds(
    catalogWith({ openai: {}, anthropic: {} }, { attestations: attestations.map((one) => attestation(one)) }),
    deployment,
    "zero-retention",
  );

test("an attestation of a provider holds for all its deployments and for no other provider's", () => {
  assert.equal(zeroAt([{}]), true);
  assert.equal(zeroAt([{}], "openai/gpt-4.1"), true);
  assert.equal(zeroAt([{}], "openai/anything-unlisted"), true);
  assert.equal(zeroAt([{}], "anthropic/claude-sonnet-4-5"), false);
});

test("an attestation of a deployment holds for that one", () => {
  const one = { subject: "openai/gpt-4o" };
  assert.equal(zeroAt([one]), true);
  assert.equal(zeroAt([one], "openai/gpt-4.1"), false);
});

test("an attested guarantee shows who said so, on what evidence", () => {
  const catalog = catalogWith({ openai: {} }, { attestations: [attestation()] });
  assert.deepEqual(guaranteeOf(catalog, "openai/gpt-4o", "zero-retention"), {
    name: "zero-retention",
    held: true,
    source: "https://example.com/contract",
    read: "2026-11-01",
    until: undefined,
    attestedBy: "administrator",
    because: undefined,
  });
});

const at = (baseUrl: string): boolean =>
  holds(
    catalogWith({ openai: { hasKey: true, baseUrl } }, { attestations: [attestation()] }),
    "openai/gpt-4o",
    "zero-retention",
  );

test("an attestation holds at the origin it was made for, and at no other", () => {
  assert.equal(at("https://api.openai.com/v1"), true);
  assert.equal(at("https://api.openai.com/v1/"), true);
  assert.equal(at("https://eu.api.openai.com/v1"), false);
  assert.equal(at("http://api.openai.com/v1"), false);
  assert.equal(at("https://api.openai.com"), false);
});

test("an overridden origin can be attested as itself", () => {
  const origin = "https://eu.api.openai.com/v1";
  const catalog = catalogWith(
    { openai: { hasKey: true, baseUrl: origin } },
    { attestations: [attestation({ origin, guarantee: "region:eu" })] },
  );
  assert.equal(holds(catalog, "openai/gpt-4o", "region:eu"), true);
  assert.equal(holds(catalog, "openai/gpt-4o", "no-training"), false);
});

test("self-hosted can be attested where the address does not show it", () => {
  const origin = "https://gpu.example.com/v1";
  const catalog = catalogWith(
    { vllm: { baseUrl: origin } },
    { attestations: [attestation({ subject: "vllm", guarantee: "self-hosted", origin })] },
  );
  assert.equal(holds(catalog, "vllm/llama3.2", "self-hosted"), true);
});

test("an attestation ends at its millisecond, and the catalog says when", () => {
  const until = new Date(someMoment.getTime() + 1);
  const parts = { attestations: [attestation({ until })] };
  const before = catalogWith({ openai: {} }, parts);
  assert.equal(holds(before, "openai/gpt-4o", "zero-retention"), true);
  assert.equal(before.validUntil, until.getTime());
  const after = catalogWith({ openai: {} }, { ...parts, now: until });
  assert.equal(holds(after, "openai/gpt-4o", "zero-retention"), false);
  assert.match(guaranteeOf(after, "openai/gpt-4o", "zero-retention")?.because ?? "", /attestation/);
});

test("of several attestations the one that lasts longest counts", () => {
  const soon = attestation({ id: "soon", until: new Date("2026-12-01") });
  const late = attestation({ id: "late", until: new Date("2027-12-01") });
  const past = attestation({ id: "past", until: new Date("2026-01-01") });
  const catalog = catalogWith({ openai: {} }, { attestations: [soon, late, past] });
  assert.deepEqual(guaranteeOf(catalog, "openai/gpt-4o", "zero-retention")?.until, late.until);
});

test("a guarantee that no row knows can be attested too", () => {
  const catalog = catalogWith(
    { groq: {} },
    {
      attestations: [
        attestation({ subject: "groq", guarantee: "soc2", origin: "https://api.groq.com/openai/v1" }),
      ],
    },
  );
  assert.equal(holds(catalog, "groq/openai/gpt-oss-120b", "soc2"), true);
});

test("a model that keeps data whatever was agreed is not covered by its provider's attestation", () => {
  const word = { origin: "https://api.anthropic.com" };
  const whole = { ...word, subject: "anthropic" };
  assert.equal(zeroAt([whole], "anthropic/claude-sonnet-4-5"), true);
  assert.equal(zeroAt([whole], "anthropic/claude-fable-5"), false);
  assert.equal(zeroAt([{ ...word, subject: "anthropic/claude-fable-5" }], "anthropic/claude-fable-5"), true);
});
