// How the guard ends: blocked, failed, left by the caller, or cut by the upstream; and what it costs.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import { newSafetySummary } from "../../src/safety/verdicts.ts";
import { cut, finish, guard, piece, randomSource, stream } from "./guarded.ts";
import { githubToken } from "./planted.ts";
import { screenOneByOne } from "../kit/batches.ts";

const allow = () => ({ action: "flag" as const, rule: "test" });

test("a block tells once, leaves the upstream at once and ends the stream", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<ModelEvent> {
    try {
      yield piece("text-delta", `It is ${githubToken} `);
      await new Promise(() => undefined);
    } finally {
      closed = true;
    }
  }
  let blocks = 0;
  const out = [];
  const summary = newSafetySummary();
  const decide = () => ({ action: "block" as const, rule: undefined });
  for await (const event of screenOneByOne(source(), { decide, summary, onBlock: () => (blocks += 1) }))
    out.push(event.type);
  assert.deepEqual(out, ["text-delta", "safety-notice", "choice-finish"]);
  assert.deepEqual([closed, blocks], [true, 1]);
  const { verdicts, ...rest } = summary;
  assert.deepEqual(
    verdicts.map(({ classifier, outcome, action, checkedTo }) => [classifier, outcome, action, checkedTo]),
    [["deterministic", "hit", "block", 47]],
  );
  assert.deepEqual(rest, {
    classifiers: ["deterministic"],
    notRun: [],
    categories: ["secret.github-token"],
  });
});

test("the caller's return runs inward at once, also while the upstream stalls", async () => {
  let returned = false;
  const stalled: AsyncIterable<ModelEvent> = {
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise(() => undefined),
      return: () => {
        returned = true;
        return Promise.resolve({ done: true, value: undefined });
      },
    }),
  };
  const screened = screenOneByOne(stalled, { decide: allow, summary: newSafetySummary() });
  const waiting = screened.next();
  const left = screened.return?.();
  assert.ok(returned);
  assert.deepEqual(await left, { done: true, value: undefined });
  void waiting;
});

test("an error in the classifier or the policy ends the answer as unavailable, with nothing more released", async () => {
  const decide = () => {
    throw new Error("no policy");
  };
  const seen: string[] = [];
  const events = stream([piece("text-delta", `Safe words. ${githubToken} `), finish()]);
  await assert.rejects(
    async () => {
      for await (const event of screenOneByOne(events, { decide, summary: newSafetySummary() }))
        seen.push(event.type);
    },
    (error) => error instanceof Failure && error.code === "SAFETY_UNAVAILABLE",
  );
  assert.deepEqual(seen, []);
});

test("a failure of the upstream passes as it is, and what was held is dropped", async () => {
  async function* source(): AsyncGenerator<ModelEvent> {
    yield piece("text-delta", "The card is 4111 1111");
    throw new Failure("UPSTREAM_TIMEOUT");
  }
  let text = "";
  await assert.rejects(
    async () => {
      for await (const event of screenOneByOne(source(), { decide: allow, summary: newSafetySummary() })) {
        if (event.type === "text-delta") text += event.text;
      }
    },
    (error) => error instanceof Failure && error.code === "UPSTREAM_TIMEOUT",
  );
  assert.equal(text, "The card is ");
});

test("an upstream that ends without a finish reason still has its last words judged and given", async () => {
  const { texts } = await guard([piece("text-delta", "The very last word")], () => "block");
  assert.equal(texts.get("0 text-delta"), "The very last word");
  const hit = await guard([piece("text-delta", `It is ${githubToken}`)], () => "block");
  assert.deepEqual([hit.texts.get("0 text-delta"), hit.finishes], ["It is ", ["0 content_filter"]]);
});

test("clean prose waits for no more than the word it is in", async () => {
  const text = "The quick brown fox jumps over the lazy dog and keeps running until dawn. ".repeat(3);
  let received = 0;
  let longest = 0;
  async function* source(): AsyncGenerator<ModelEvent> {
    for (const chunk of cut(text, randomSource(2), 6)) {
      received += chunk.length;
      yield piece("text-delta", chunk);
    }
  }
  let released = 0;
  for await (const event of screenOneByOne(source(), { decide: allow, summary: newSafetySummary() })) {
    if (event.type === "text-delta") released += event.text.length;
    longest = Math.max(longest, received - released);
  }
  assert.equal(released, text.length);
  assert.ok(longest <= 12, `${longest} characters were held`);
});

test("a long answer comes out to its last word", async () => {
  const sentence = "In 2024 the team wrote 12 reports; the 3rd of them (see page 17) went to Berlin. ";
  const chunks = 60_000;
  async function* source(): AsyncGenerator<ModelEvent> {
    for (let index = 0; index < chunks; index++)
      yield piece("text-delta", sentence.slice((index % 4) * 20, (index % 4) * 20 + 20));
  }
  let released = 0;
  for await (const event of screenOneByOne(source(), { decide: allow, summary: newSafetySummary() })) {
    if (event.type === "text-delta") released += event.text.length;
  }
  assert.equal(released, chunks * 20);
});
