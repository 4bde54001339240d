// Anthropic's recorded answers, read as Anthropic's own SDK reads them, however the bytes are cut.
// Runs over the recordings beside the repository, and over none where they are missing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { FinishReason, ModelEvent } from "../../../src/core/events.ts";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";
import { decodeBytes } from "../../kit/decoded-stream.ts";
import { gather, lastUsage } from "../../kit/gathered.ts";
import { type ExpectedReading, recordingsOf } from "../../kit/recordings.ts";
import { recut } from "../../kit/recut.ts";

const seeds = [1, 7, 42, 1001, 65537];
const recordings = recordingsOf("anthropic-messages");
const answers = recordings.filter((recording) => recording.status < 400);
const errors = recordings.filter((recording) => recording.status >= 400);

const finishes: Readonly<Record<string, FinishReason>> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  refusal: "content_filter",
};

function assertReading(events: readonly ModelEvent[], expected: ExpectedReading): void {
  const said = gather(events);
  const begin = events[0];
  assert.equal(begin?.type, "answer-begin");
  assert.equal(begin.upstreamId, expected.id);
  assert.equal(begin.upstreamModel, expected.model);
  assert.equal(said.text, expected.text);
  assert.deepEqual(
    said.toolCalls.map(({ id, name, ...call }) => ({ id, name, arguments: JSON.parse(call.arguments) })),
    expected.tool_calls,
  );
  assert.deepEqual(
    said.reasoning.flatMap((block) => block.signature ?? []),
    expected["thinking_signatures"],
  );
  assert.equal(said.reasoning.filter((block) => block.redacted).length, expected["redacted_thinking_blocks"]);
  assert.equal(said.finish, finishes[expected.finish ?? ""]);
  const count = (name: string): number => Number(expected.usage?.[name] ?? 0);
  const cached = count("cache_read_input_tokens");
  const written = count("cache_creation_input_tokens");
  assert.deepEqual(lastUsage(events), {
    input: count("input_tokens") + cached + written,
    cachedInput: cached,
    cacheWrite: written,
    output: count("output_tokens"),
    reasoning: 0,
  });
}

for (const recording of answers) {
  test(`${recording.id} reads as the SDK reads it`, () => {
    assert(recording.expected);
    if (!recording.streaming) {
      assertReading(anthropicDialect.decodeCompletion(recording.answer()), recording.expected);
      return;
    }
    const bytes = recording.streamBytes();
    const whole = decodeBytes(anthropicDialect, [bytes]);
    assertReading(whole, recording.expected);
    for (const seed of seeds) {
      assert.deepEqual(decodeBytes(anthropicDialect, recut(bytes, seed, 1 + (seed % 37))), whole);
    }
    // Behind its reason nothing is missing but the mark of the end.
    for (const end of [Buffer.from(bytes).lastIndexOf("message_delta"), Math.floor(bytes.length / 2)]) {
      assert.throws(() => decodeBytes(anthropicDialect, [bytes.subarray(0, end)]), WireFault);
    }
  });
}

for (const recording of errors) {
  test(`${recording.id} is a fault with its status`, () => {
    const fault = anthropicDialect.decodeError(recording.status, recording.answer());
    assert.equal(fault.status, recording.status);
    assert.equal(fault.kind, "error");
    assert.match(fault.message, /model/);
    assert.doesNotMatch(fault.message, /request_id|[{}]/);
  });
}

test("the recordings are counted", (context) => {
  context.diagnostic(`${recordings.length} Anthropic recordings, streams re-cut with ${seeds.length} seeds`);
});
