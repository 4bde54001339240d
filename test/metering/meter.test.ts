// What usage costs, and what is counted where a provider says nothing or was cut off.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Price } from "../../src/core/deployment.ts";
import { noUsage } from "../../src/core/events.ts";
import { formatUsd } from "../../src/core/money.ts";
import { createMeter } from "../../src/metering/meter.ts";
import { reckon, worstCase } from "../../src/metering/reckon.ts";

const price: Price = {
  version: "v1",
  inputUsdPerMillion: 3,
  outputUsdPerMillion: 15,
  cachedInputUsdPerMillion: 0.3,
  cacheWriteUsdPerMillion: 3.75,
  audioInputUsdPerMillion: undefined,
  audioOutputUsdPerMillion: undefined,
  reasoningUsdPerMillion: undefined,
  tiers: [
    {
      aboveInputTokens: 200_000,
      inputUsdPerMillion: 6,
      outputUsdPerMillion: 22.5,
      cachedInputUsdPerMillion: 0.6,
      cacheWriteUsdPerMillion: 7.5,
    },
  ],
  source: "test",
  validFrom: new Date(0),
};

test("cached tokens are billed once, at their own rate", () => {
  const usage = { ...noUsage, input: 1000, cachedInput: 800, cacheWrite: 100, output: 10, reasoning: 5 };
  assert.equal(formatUsd(reckon(usage, price)), "0.001065");
});

test("a tier applies to the whole request once its input passes the limit", () => {
  assert.equal(formatUsd(reckon({ ...noUsage, input: 200_000 }, price)), "0.6");
  assert.equal(formatUsd(reckon({ ...noUsage, input: 200_001 }, price)), "1.200006");
});

test("the worst case is never below the bill", () => {
  for (const input of [0, 1, 999, 200_000, 200_001]) {
    for (const cachedInput of [0, input]) {
      for (const cacheWrite of [0, input - cachedInput]) {
        const bill = reckon({ ...noUsage, input, cachedInput, cacheWrite, output: 77 }, price);
        assert.ok(bill <= worstCase(input, 77, price));
      }
    }
  }
});

test("the provider's own figures count, and are not an estimate", () => {
  const meter = createMeter(price, 50);
  meter.count({ type: "text-delta", choice: 0, text: "Hello" });
  meter.count({ type: "choice-finish", choice: 0, reason: "stop" });
  meter.count({ type: "usage", usage: { ...noUsage, input: 9, output: 2 } });
  assert.deepEqual(meter.read(), {
    usage: { ...noUsage, input: 9, output: 2 },
    cost: 57_000_000,
    estimated: false,
  });
});

test("a stream that was cut is estimated at bytes by three, and says so", () => {
  const meter = createMeter(price, 50);
  meter.count({ type: "text-delta", choice: 0, text: "Grüße" });
  assert.deepEqual(meter.read(), {
    usage: { ...noUsage, input: 50, output: 3 },
    cost: 50 * 3e6 + 3 * 15e6,
    estimated: true,
  });
});

test("a figure given at the start of a cut stream does not hide what came after it", () => {
  const meter = createMeter(price, 50);
  meter.count({ type: "usage", usage: { ...noUsage, input: 20, output: 1 } });
  meter.count({ type: "text-delta", choice: 0, text: "x".repeat(300) });
  assert.deepEqual(meter.read().usage, { ...noUsage, input: 20, output: 100 });
  assert.equal(meter.read().estimated, true);
});

test("what never said anything costs nothing", () => {
  assert.deepEqual(createMeter(price, 50).read(), { usage: noUsage, cost: 0, estimated: false });
});

test("an unknown price gives no cost, not zero", () => {
  const meter = createMeter(undefined, 1);
  meter.count({ type: "text-delta", choice: 0, text: "x" });
  assert.equal(meter.read().cost, undefined);
});

test("what the provider says that it charged is what it cost, also where nobody knows the price", () => {
  const usage = { ...noUsage, input: 1000, output: 10, chargedUsd: 0.000_123_456_789 };
  for (const known of [price, undefined]) {
    const meter = createMeter(known, 1000);
    meter.count({ type: "text-delta", choice: 0, text: "Hi" });
    meter.count({ type: "usage", usage });
    meter.count({ type: "choice-finish", choice: 0, reason: "stop" });
    assert.equal(formatUsd(meter.read().cost ?? 0), "0.000123456789");
  }
});
