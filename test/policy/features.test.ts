// What a request asks for besides an answer drops guarantees, and some permits oblige the call.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { CompletionRequest, Extras } from "../../src/core/request.ts";
import { callerWith, completion, deploymentWith, policyOf, weighed } from "../kit/policy-parts.ts";

const policy = await policyOf(`
  p, kept, allow, role:kept, complete, up to internal, with zero-retention, always, R
  p, near, allow, role:near, complete, up to internal, with region:eu, always, R
  p, house, allow, role:house, complete, up to internal, with self-hosted, always, R
  p, learn, allow, role:learn, complete, up to restricted+pii, with no-training, always, R
  p, known, allow, role:known, complete, up to internal, anywhere, always, R
  p, not-acme, deny, anyone, anything, internal or above, if vendor:acme, always, R
  g2, self-hosted, zero-retention`);

const guarantees = ["zero-retention", "no-training", "self-hosted", "region:eu"];
const deployment = deploymentWith({ guarantees, vendor: "Other" });
const ask = (role: string, request: CompletionRequest) =>
  policy.permit(weighed({ caller: callerWith(role), data: "internal", request }), [deployment]);

const cases: readonly (readonly [what: string, extras: Extras, drops: readonly string[]])[] = [
  ["nothing special", {}, []],
  ["store: false", { store: false }, []],
  ["a function tool", { tools: [{ type: "function", name: "f" }] }, []],
  ["an answer kept at the provider", { store: true }, ["kept"]],
  ["a run in the background", { background: true }, ["kept"]],
  ["a prompt cache of a day", { prompt_cache_retention: "24h" }, ["kept"]],
  ["a prompt cache in memory", { prompt_cache_retention: "in_memory" }, []],
  ["web search", { web_search_options: {} }, ["kept", "near", "house"]],
  ["a tool of the provider's own", { tools: [{ type: "web_search_20250305" }] }, ["kept", "near", "house"]],
  ["Gemini's search", { tools: [{ googleSearch: {} }] }, ["kept", "near", "house"]],
  ["a shared prompt", { provider: { data_collection: "allow" } }, ["kept", "learn"]],
  ["other models that may answer", { models: ["a", "b"] }, ["kept", "near", "house", "learn", "known"]],
  ["a host chosen upstream", { provider: { order: ["x"] } }, ["kept", "near", "house", "learn", "known"]],
];

test("a tool named by its type alone runs at the provider, unless the type is one of those that run here", () => {
  const isAllowed = (type: string): boolean => {
    const tools = [{ name: "t", parameters: undefined, extras: { type } }];
    return ask("role:kept", { ...completion(), tools }).allowed.length > 0;
  };
  assert.equal(isAllowed("web_search_20250305"), false);
  assert.equal(isAllowed("bash_20250124"), true);
  const isAllowedWhole = (block: Extras): boolean => {
    const tools = [{ name: "t", parameters: undefined, native: { dialect: "responses", block } as const }];
    return ask("role:kept", { ...completion(), words: "responses", tools }).allowed.length > 0;
  };
  assert.equal(isAllowedWhole({ type: "web_search" }), false);
  assert.equal(isAllowedWhole({ type: "code_interpreter", container: { type: "auto" } }), false);
  assert.equal(isAllowedWhole({ type: "apply_patch" }), true);
});

for (const [what, extras, drops] of cases) {
  test(`${what} drops ${drops.length === 0 ? "nothing" : drops.join(", ")}`, () => {
    const closed = ["kept", "near", "house", "learn", "known"].filter(
      (role) => ask(`role:${role}`, completion(extras)).allowed.length === 0,
    );
    assert.deepEqual(closed, drops);
  });
}

const withFile = (extras: Extras): CompletionRequest => ({
  ...completion(),
  messages: [{ role: "user", parts: [{ type: "file", base64: "eA==", extras }] }],
});

test("a file that lies at the provider drops zero retention, one sent along does not", () => {
  assert.equal(ask("role:kept", withFile({})).allowed.length, 1);
  assert.equal(ask("role:kept", withFile({ file_id: "file-1" })).allowed.length, 0);
});

test("a refusal names the feature that is to blame", () => {
  const { considered } = ask("role:kept", completion({ store: true }));
  assert.match(considered[0]?.because ?? "", /storing the answer \(store: true\) drops zero-retention\.$/);
});

test("features of one request never touch the next", () => {
  assert.equal(ask("role:kept", completion({ store: true })).allowed.length, 0);
  assert.equal(ask("role:kept", completion()).allowed.length, 1);
});

const obliged = [
  ["openai", "public", "role:known", []],
  ["openai", "internal", "role:known", ["store:false"]],
  ["openai", "public", "role:learn", ["store:false"]],
  ["openai", "confidential+pii", "role:learn", ["store:false", "no-client-metadata"]],
  ["openrouter", "public", "role:known", []],
  ["openrouter", "internal", "role:known", ["zdr-routing"]],
  ["groq", "internal", "role:known", []],
  ["groq", "confidential", "role:learn", ["no-client-metadata"]],
] as const;

for (const [provider, data, role, obligations] of obliged) {
  test(`${data} data at ${provider} for ${role} obliges to ${obligations.join(", ") || "nothing"}`, () => {
    const target = deploymentWith({ provider: { id: provider }, guarantees, vendor: "Other" });
    const permit = policy.permit(weighed({ caller: callerWith(role), data }), [target]);
    assert.deepEqual(permit.allowed[0]?.obligations, obligations);
  });
}

test("Azure keeps answers by the same flag as OpenAI, and is obliged alike", () => {
  const provider = { id: "azure-openai", dialect: "azure" } as const;
  const target = deploymentWith({ provider, guarantees, vendor: "Other" });
  const permit = policy.permit(weighed({ caller: callerWith("role:known"), data: "internal" }), [target]);
  assert.deepEqual(permit.allowed[0]?.obligations, ["store:false"]);
});
