// Tools that a provider ran are counted at their fees, summed over attempts, and held for before a call.

import assert from "node:assert/strict";
import { test } from "node:test";
import { toolFeesOf } from "../../src/catalog/tool-fees.ts";
import { addUsage, noUsage } from "../../src/core/events.ts";
import type { Tool } from "../../src/core/request.ts";
import { picodollarsOf } from "../../src/core/money.ts";
import { costOfUses, worstCaseOfUses } from "../../src/metering/tool-uses.ts";
import { anthropicDialect } from "../../src/wire/anthropic/dialect.ts";
import { completion } from "../kit/destinations.ts";

const fees = toolFeesOf("anthropic");

test("what Anthropic counts is billed by its name", () => {
  const usage = {
    input_tokens: 1,
    output_tokens: 1,
    server_tool_use: { web_search_requests: 3, web_fetch_requests: 2 },
  };
  const content = [{ type: "text", text: "Bern" }];
  const events = anthropicDialect.decodeCompletion({
    type: "message",
    role: "assistant",
    content,
    stop_reason: "end_turn",
    usage,
  });
  const counted = events.findLast((event) => event.type === "usage")?.usage ?? assert.fail();
  assert.deepEqual(counted.toolUses, { web_search: 3, web_fetch: 2 });
  assert.deepEqual(costOfUses(counted, fees), { cost: picodollarsOf(0.03), whole: true });
  assert.deepEqual(addUsage(counted, { ...noUsage, toolUses: { web_search: 1 } }).toolUses, {
    web_search: 4,
    web_fetch: 2,
  });
});

test("a use without a known fee costs nothing that we know, and is not the whole", () => {
  const uses = { ...noUsage, toolUses: { web_search: 1, code_execution: 1 } };
  assert.deepEqual(costOfUses(uses, fees), { cost: picodollarsOf(0.01), whole: false });
  assert.deepEqual(costOfUses(noUsage, toolFeesOf("nobody")), { cost: 0, whole: true });
});

test("the worst case holds for as many uses as the request allows, else for ten", () => {
  const claude = (more: object): Tool => ({
    name: "web_search",
    parameters: undefined,
    extras: { type: "web_search_20250305", ...more },
  });
  const held = (tools: readonly Tool[], extras = {}): number =>
    worstCaseOfUses(completion({ tools, extras }), fees);
  assert.equal(held([claude({ max_uses: 3 })]), picodollarsOf(0.03));
  assert.equal(held([claude({})]), picodollarsOf(0.1));
  assert.equal(held([claude({})], { max_tool_calls: 2 }), picodollarsOf(0.02));
  assert.equal(held([{ name: "web_search", parameters: {} }]), 0);
});
