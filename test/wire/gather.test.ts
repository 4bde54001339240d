// Gathering the events of one answer into the whole, as both doors show it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerEvent } from "../../src/core/answer.ts";
import { createGatherer } from "../../src/wire/gather.ts";
import { answerEvents, gathered } from "../kit/answer-events.ts";
import { threadMilliseconds } from "../kit/thread-time.ts";

test("each choice is gathered apart, in the order of its index", () => {
  const answer = gathered(
    answerEvents([
      { type: "answer-begin", upstreamId: "u", upstreamModel: "m", fingerprint: "f", serviceTier: "flex" },
      { type: "text-delta", choice: 1, text: "b" },
      { type: "text-delta", choice: 0, text: "a", logprobs: [1] },
      { type: "text-delta", choice: 0, text: "c", logprobs: [2] },
      { type: "refusal-delta", choice: 1, text: "no" },
      { type: "citations", choice: 0, citations: ["x"] },
      { type: "choice-finish", choice: 1, reason: "content_filter" },
      { type: "choice-finish", choice: 0, reason: "length" },
    ]),
  );
  assert.deepEqual(
    answer.choices.map(({ index, text, refusal, finish }) => [index, text, refusal, finish]),
    [
      [0, "ac", "", "length"],
      [1, "b", "no", "content_filter"],
    ],
  );
  assert.deepEqual([answer.choices[0]?.logprobs, answer.choices[0]?.citations], [[1, 2], ["x"]]);
  assert.deepEqual(
    [answer.upstreamId, answer.upstreamModel, answer.fingerprint, answer.serviceTier],
    ["u", "m", "f", "flex"],
  );
});

test("a seal ends a block of reasoning, an encrypted one stands alone, the last may be open", () => {
  const [choice] = gathered(
    answerEvents([
      { type: "reasoning-delta", choice: 0, text: "one" },
      { type: "reasoning-seal", choice: 0, signature: "s" },
      { type: "reasoning-delta", choice: 0, text: "two" },
      { type: "reasoning-seal", choice: 0, redacted: "r" },
      { type: "reasoning-delta", choice: 0, text: "thr" },
      { type: "reasoning-delta", choice: 0, text: "ee" },
    ]),
  ).choices;
  assert.deepEqual(choice?.reasoning, [
    { text: "one", signature: "s" },
    { text: "two" },
    { text: "", redacted: "r" },
    { text: "three" },
  ]);
});

test("a call's arguments join however its deltas interleave", () => {
  const [choice] = gathered(
    answerEvents([
      { type: "tool-call-delta", choice: 0, call: 1, id: "y", name: "g", arguments: "" },
      { type: "tool-call-delta", choice: 0, call: 0, id: "x", name: "f", arguments: '{"a"' },
      { type: "tool-call-delta", choice: 0, call: 1, arguments: "{}", signature: "s" },
      { type: "tool-call-delta", choice: 0, call: 0, arguments: ":1}" },
    ]),
  ).choices;
  assert.deepEqual(choice?.toolCalls, [
    { id: "x", name: "f", arguments: '{"a":1}' },
    { id: "y", name: "g", arguments: "{}", signature: "s" },
  ]);
});

test("an answer that was not finished cannot be gathered", () => {
  const gatherer = createGatherer();
  for (const event of answerEvents([{ type: "text-delta", choice: 0, text: "a" }]).slice(0, -1))
    gatherer.push(event);
  assert.throws(() => gatherer.done(), /before it was finished/);
});

test("notices stay with the answer", () => {
  const notice: AnswerEvent = { type: "safety-notice", choice: 0, categories: ["c"], redacted: false };
  const [started, ...others] = answerEvents([{ type: "text-delta", choice: 0, text: "a" }]);
  assert.ok(started);
  assert.deepEqual(gathered([started, notice, ...others]).notices, [notice]);
});

/** Milliseconds to gather that many deltas. */
const timeOf = (deltas: number): number => {
  const events = answerEvents(
    Array.from({ length: deltas }, () => ({ type: "text-delta", choice: 0, text: "token " }) as const),
  );
  const began = threadMilliseconds();
  assert.equal(gathered(events).choices[0]?.text.length, deltas * 6);
  return threadMilliseconds() - began;
};

test("a long answer is gathered in linear time", () => {
  timeOf(10_000);
  const [short, long] = [timeOf(20_000), timeOf(200_000)];
  assert.ok(long < short * 60 + 200, `${short} ms for 20,000 deltas, ${long} ms for ten times as many`);
});
