// What is measured of a deployment: percentiles and averages of now, and nothing of long ago.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createVitalsBook } from "../../src/routing/vitals.ts";

const clock = { now: 1_000_000 };
const within = (value: number | undefined, wanted: number): void =>
  assert.ok(value !== undefined && Math.abs(value / wanted - 1) < 0.12, `${value} is not about ${wanted}`);

test("percentiles are right to a tenth", () => {
  const book = createVitalsBook(() => clock.now);
  for (let index = 1; index <= 100; index++) book.firstToken("a/b", index * 10);
  const { firstToken } = book.of("a/b") ?? {};
  within(firstToken?.p50, 500);
  within(firstToken?.p95, 950);
});

test("errors and speed are shares and averages, newer calls counting for more", () => {
  const book = createVitalsBook(() => clock.now);
  for (let index = 0; index < 10; index++) book.ended("a/b", index < 3);
  within(book.of("a/b")?.errorRate, 0.3);
  clock.now += 20 * 60_000;
  for (let index = 0; index < 10; index++) book.ended("a/b", false);
  assert.ok((book.of("a/b")?.errorRate ?? 1) < 0.05);
  book.wrote("a/b", 100, 1_000);
  within(book.of("a/b")?.tokensPerSecond, 100);
});

test("what was not called for long is unknown again", () => {
  const book = createVitalsBook(() => clock.now);
  book.firstToken("a/b", 100);
  book.ended("a/b", false);
  assert.ok(book.of("a/b"));
  clock.now += 3_600_000;
  assert.equal(book.of("a/b"), undefined);
  assert.equal(book.of("never/called"), undefined);
});
