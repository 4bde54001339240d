// Draws keep their shares over many seeds, and retries stay a part of all calls over time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { drawShare, draw, turnOf } from "../../src/routing/draw.ts";
import { createRetryBudget } from "../../src/routing/retry-budget.ts";

const seeds = Array.from({ length: 5_000 }, (_, index) => `seed ${index}`);
const first = (seed: string, weights: Readonly<Record<string, number>>): string | undefined =>
  Object.entries(weights)
    .map(([name, weight]) => ({ name, turn: turnOf(seed, name, weight) }))
    .sort((x, y) => x.turn - y.turn)[0]?.name;

test("weights are kept, and nobody of no weight is drawn", () => {
  const drawn = seeds.map((seed) => first(seed, { a: 4, b: 1, c: 0 }));
  const share = drawn.filter((name) => name === "a").length / drawn.length;
  assert.ok(share > 0.78 && share < 0.82, String(share));
  assert.ok(!drawn.includes("c"));
});

test("one that goes moves only what was drawn for it", () => {
  for (const seed of seeds) {
    const before = first(seed, { a: 1, b: 1, c: 1 });
    const after = first(seed, { a: 1, b: 1 });
    if (before !== "c") assert.equal(after, before);
  }
});

test("arms have their shares, and the same name always has the same", () => {
  const arms = [
    { name: "old", share: 0.9 },
    { name: "new", share: 0.1 },
  ];
  const drawn = seeds.map((seed) => drawShare(draw("trial", seed), arms)?.name);
  assert.deepEqual(
    drawn,
    seeds.map((seed) => drawShare(draw("trial", seed), arms)?.name),
  );
  const share = drawn.filter((name) => name === "new").length / drawn.length;
  assert.ok(share > 0.085 && share < 0.115, String(share));
});

test("retries are one in five calls, and a few a second where there are few calls", () => {
  const clock = { now: 0 };
  const budget = createRetryBudget(() => clock.now);
  const taken = (tries: number): number =>
    Array.from({ length: tries }, () => budget.take()).filter(Boolean).length;
  assert.equal(taken(30), 10, "at first");
  for (let call = 0; call < 102; call++) budget.called();
  assert.equal(taken(100), 20);
  clock.now += 1_000;
  assert.equal(taken(100), 5);
  clock.now += 3_600_000;
  assert.equal(taken(100), 10, "what comes with time alone is never more than at first");
});
