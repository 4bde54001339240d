// What a client of the Messages API reads while an answer is being made, event by event.
// The SDK's own reading is in `doors/anthropic-clients.test.ts`; here are the moments that it hides.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { AnswerEvent } from "../../../src/core/answer.ts";
import { createMessageEventEncoder } from "../../../src/wire/anthropic/client-events.ts";
import { decodeMessagesRequest } from "../../../src/wire/anthropic/client-request.ts";
import { receipt, started } from "../../kit/scripted-answers.ts";

const encoderOf = () => createMessageEventEncoder({ requestedModel: "m", stopSequences: [], places: [] });
const start = started({ requestId: "r" } as Parameters<typeof started>[0]);
const text = (said: string): AnswerEvent => ({ type: "text-delta", choice: 0, text: said });
const call = (number: number, args: string, more: object = {}): AnswerEvent => ({
  type: "tool-call-delta",
  choice: 0,
  call: number,
  arguments: args,
  ...more,
});

const dataOf = (sent: string): Record<string, unknown>[] =>
  sent
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .map((line) => JSON.parse(line.slice("data: ".length)) as Record<string, unknown>);

test("silence is broken by a comment before the message began, and by a ping after it", () => {
  const encoder = encoderOf();
  encoder.encode(start);
  assert.match(encoder.keepAlive?.() ?? "", /^: /);
  encoder.encode({ type: "answer-begin" });
  assert.equal(encoder.keepAlive?.(), 'event: ping\ndata: {"type":"ping"}\n\n');
});

test("what safety did is told at once, in a ping, and again at the end", () => {
  const encoder = encoderOf();
  encoder.encode(start);
  const notice = { choice: 0, categories: ["contact.email"], redacted: true } as const;
  const [begun, ping] = dataOf(encoder.encode({ type: "safety-notice", ...notice }));
  assert.equal(begun?.["type"], "message_start");
  assert.deepEqual(ping, { type: "ping", portcullis: { safety: [notice] } });
  encoder.encode({ type: "choice-finish", choice: 0, reason: "stop" });
  const [ending] = dataOf(encoder.encode({ type: "finished", receipt: receipt("r") }));
  const { safety } = (ending ?? {})["portcullis"] as { safety: unknown };
  assert.deepEqual(safety, [notice]);
});

test("a text leaves as it comes, whatever it holds", () => {
  const encoder = encoderOf();
  encoder.encode(start);
  const said = 'He said "no"\n\u2028 — 🌤️ \\ \u0000';
  const sent = Array.from(said, (piece) => encoder.encode(text(piece))).join("");
  const deltas = dataOf(sent).flatMap((data) => (data["delta"] as { text: string } | undefined)?.text ?? []);
  assert.equal(deltas.join(""), said);
});

test("calls that are written at once come one after the other, the first as it comes", () => {
  const encoder = encoderOf();
  encoder.encode(start);
  const blocksOf = (sent: string): unknown[] =>
    dataOf(sent).map(({ type, index }) => `${String(type).replace("content_block_", "")} ${String(index)}`);
  encoder.encode({ type: "answer-begin" });
  assert.deepEqual(blocksOf(encoder.encode(call(0, '{"a":', { id: "c0", name: "f" }))), [
    "start 0",
    "delta 0",
  ]);
  assert.deepEqual(blocksOf(encoder.encode(call(1, '{"b":"}"', { id: "c1", name: "g" }))), []);
  assert.deepEqual(blocksOf(encoder.encode(call(0, "1}"))), ["delta 0", "stop 0", "start 1", "delta 1"]);
  assert.deepEqual(blocksOf(encoder.encode(call(1, "}"))), ["delta 1"]);
  assert.deepEqual(blocksOf(encoder.encode({ type: "choice-finish", choice: 0, reason: "tool_calls" })), [
    "stop 1",
  ]);
});

test("a source that another model named is no citation of Claude's when it comes back", () => {
  const citation = { type: "web_search_result_location", url: "https://example.com/", encrypted_index: "" };
  const content = [{ type: "text", text: "So.", citations: [citation] }];
  const messages = [
    { role: "user", content: "?" },
    { role: "assistant", content },
  ];
  const { request } = decodeMessagesRequest({ model: "m", max_tokens: 1, messages }, []);
  assert.deepEqual(request.messages[1]?.parts, [{ type: "text", text: "So." }]);
});
