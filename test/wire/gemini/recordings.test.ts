// Gemini's recorded answers, compared with a reading of their parts that is not ours, however the bytes are cut.
// Runs over the recordings beside the repository, and over none where they are missing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { FinishReason, ModelEvent } from "../../../src/core/events.ts";
import { geminiDialect } from "../../../src/wire/gemini/dialect.ts";
import { decodeBytes } from "../../kit/decoded-stream.ts";
import { gather, lastUsage } from "../../kit/gathered.ts";
import { type ExpectedReading, recordingsOf } from "../../kit/recordings.ts";
import { recut } from "../../kit/recut.ts";

const seeds = [1, 7, 42, 1001, 65537];
const recordings = recordingsOf("gemini-generate", "gemini-embedding");
const isError = (exercises: readonly string[]): boolean =>
  exercises.includes("error-body") || exercises.includes("error-in-200");
const answers = recordings.filter((recording) => !isError(recording.exercises));
const errors = recordings.filter((recording) => isError(recording.exercises));

const finishes: Readonly<Record<string, FinishReason>> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  MODEL_ARMOR: "content_filter",
};

function assertReading(events: readonly ModelEvent[], expected: ExpectedReading): void {
  const said = gather(events);
  const begin = events[0];
  assert.equal(begin?.type, "answer-begin");
  assert.equal(begin.upstreamId, expected.id);
  assert.equal(begin.upstreamModel, expected.model);
  assert.equal(said.text, expected.text);
  const calls = said.toolCalls.map((call) => ({ ...call, arguments: JSON.parse(call.arguments) as unknown }));
  for (const [index, call] of (expected.tool_calls ?? []).entries()) {
    assert.equal(calls[index]?.name, call.name);
    assert.deepEqual(calls[index]?.arguments, call.arguments);
    if (call.id === undefined) assert.match(calls[index]?.id ?? "", /^call_gemini_.{1,28}$/);
    else assert.equal(calls[index]?.id, call.id);
  }
  assert.equal(calls.length, expected.tool_calls?.length);
  const signatures = [...said.reasoning, ...said.toolCalls].flatMap((block) => block.signature ?? []);
  assert.equal(signatures.length, expected["thought_signatures"]);
  const natural = expected.finish === undefined ? "content_filter" : finishes[expected.finish];
  assert.equal(said.finish, calls.length > 0 ? "tool_calls" : natural);
  assertUsage(events, expected.usage ?? {});
}

function assertUsage(events: readonly ModelEvent[], usage: Readonly<Record<string, unknown>>): void {
  const count = (name: string): number => Number(usage[name] ?? 0);
  const read = lastUsage(events);
  assert(read);
  assert.equal(read.input, count("promptTokenCount") + count("toolUsePromptTokenCount"));
  assert.equal(read.cachedInput, count("cachedContentTokenCount"));
  assert.equal(read.output, count("candidatesTokenCount") + count("thoughtsTokenCount"));
  assert.equal(read.reasoning, count("thoughtsTokenCount"));
  const total = usage["totalTokenCount"];
  // A prompt that was blocked has no total.
  if (total !== undefined) assert.equal(read.input + read.output, total);
}

for (const recording of answers) {
  test(`${recording.id} reads as its parts say`, () => {
    assert(recording.expected);
    if (!recording.streaming) {
      assertReading(geminiDialect.decodeCompletion(recording.answer()), recording.expected);
      return;
    }
    const bytes = recording.streamBytes();
    const whole = decodeBytes(geminiDialect, [bytes]);
    assertReading(whole, recording.expected);
    for (const seed of seeds) {
      assert.deepEqual(decodeBytes(geminiDialect, recut(bytes, seed, 1 + (seed % 37))), whole);
    }
    for (const end of [bytes.length - 30, Math.floor(bytes.length / 2)]) {
      assert.throws(() => decodeBytes(geminiDialect, [bytes.subarray(0, end)]), WireFault);
    }
  });
}

for (const recording of errors) {
  test(`${recording.id} is a fault with its status`, () => {
    const body = recording.answer() as { error: { code: number; message: string } };
    const fault = geminiDialect.decodeError(body.error.code, body);
    assert.equal(fault.status, body.error.code);
    assert.equal(fault.kind, "error");
    assert.equal(fault.message, body.error.message);
    const within = { name: "WireFault", status: body.error.code };
    assert.throws(() => geminiDialect.decodeCompletion(body), within);
    assert.throws(() => geminiDialect.decodeEmbedding(body), within);
  });
}

test("the recordings are counted", (context) => {
  context.diagnostic(`${recordings.length} Gemini recordings, streams re-cut with ${seeds.length} seeds`);
});
