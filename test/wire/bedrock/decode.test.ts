// Reading Converse answers, whole and streamed: the same events either way, usage counted once, errors told apart.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import { bedrockDialect } from "../../../src/wire/bedrock/dialect.ts";
import { createEventStreamFraming } from "../../../src/wire/bedrock/event-stream.ts";
import { eventStream } from "../../kit/event-stream.ts";

type Written = readonly (readonly [string, unknown])[];

function decodeStream(...written: Written): readonly ModelEvent[] {
  const framing = createEventStreamFraming();
  const decoder = bedrockDialect.decodeStream();
  const events = framing.push(eventStream(...written)).flatMap((event) => decoder.push(event));
  return [...events, ...decoder.end()];
}

const usage = {
  inputTokens: 10,
  outputTokens: 7,
  totalTokens: 1117,
  cacheReadInputTokens: 1000,
  cacheWriteInputTokens: 100,
};

const whole = {
  output: {
    message: {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "hm", signature: "sig" } } },
        { reasoningContent: { redactedContent: "blob" } },
        { text: "Let me see." },
        { toolUse: { toolUseId: "t1", name: "weather", input: { place: "Zürich" } } },
        { toolUse: { toolUseId: "t2", name: "now", input: {} } },
      ],
    },
  },
  stopReason: "tool_use",
  usage,
};

const at = (contentBlockIndex: number, delta: object): readonly [string, unknown] => [
  "contentBlockDelta",
  { contentBlockIndex, delta },
];
const stop = (contentBlockIndex: number): readonly [string, unknown] => [
  "contentBlockStop",
  { contentBlockIndex },
];

const streamed: Written = [
  ["messageStart", { role: "assistant" }],
  at(0, { reasoningContent: { text: "hm" } }),
  at(0, { reasoningContent: { signature: "sig" } }),
  stop(0),
  at(1, { reasoningContent: { redactedContent: "blob" } }),
  stop(1),
  at(2, { text: "Let me see." }),
  stop(2),
  ["contentBlockStart", { contentBlockIndex: 3, start: { toolUse: { toolUseId: "t1", name: "weather" } } }],
  at(3, { toolUse: { input: '{"place":"Zürich"}' } }),
  stop(3),
  ["contentBlockStart", { contentBlockIndex: 4, start: { toolUse: { toolUseId: "t2", name: "now" } } }],
  stop(4),
  ["messageStop", { stopReason: "tool_use" }],
  ["metadata", { usage, metrics: { latencyMs: 1 } }],
];

const choice = 0;
const expected: readonly ModelEvent[] = [
  { type: "answer-begin" },
  { type: "reasoning-delta", choice, text: "hm" },
  { type: "reasoning-seal", choice, signature: "sig" },
  { type: "reasoning-seal", choice, redacted: "blob" },
  { type: "text-delta", choice, text: "Let me see." },
  { type: "tool-call-delta", choice, call: 0, id: "t1", name: "weather", arguments: "" },
  { type: "tool-call-delta", choice, call: 0, arguments: '{"place":"Zürich"}' },
  { type: "tool-call-delta", choice, call: 1, id: "t2", name: "now", arguments: "" },
  { type: "tool-call-delta", choice, call: 1, arguments: "{}" },
  {
    type: "usage",
    usage: { input: 1110, cachedInput: 1000, cacheWrite: 100, output: 7, reasoning: 0 },
  },
  { type: "choice-finish", choice, reason: "tool_calls" },
];

test("a streamed answer says what a whole one says", () => {
  assert.deepEqual(decodeStream(...streamed), expected);
  const read = bedrockDialect.decodeCompletion(whole);
  // A whole call comes with its input: the empty object is written by the model itself.
  assert.deepEqual(read, expected);
});

test("every stop reason is told, and a model that gave up is an error", () => {
  const reasonOf = (stopReason: string) =>
    bedrockDialect.decodeCompletion({ ...whole, stopReason }).findLast((one) => one.type === "choice-finish");
  for (const [word, reason] of [
    ["end_turn", "stop"],
    ["max_tokens", "length"],
    ["guardrail_intervened", "content_filter"],
    ["content_filtered", "content_filter"],
    ["a_word_of_tomorrow", "stop"],
  ]) {
    assert.equal(reasonOf(word ?? "")?.reason, reason);
  }
  assert.throws(() => reasonOf("malformed_tool_use"), WireFault);
});

test("an exception inside a stream is what its name stands for, also after text", () => {
  for (const [name, status] of [
    ["throttlingException", 429],
    ["validationException", 400],
    ["modelStreamErrorException", 502],
    ["serviceUnavailableException", 503],
    ["internalServerException", 500],
  ] as const) {
    assert.throws(() => decodeStream(...streamed.slice(0, 8), [name, { message: "why" }]), { status });
  }
});

test("a stream without its stop is truncated, whatever was said", () => {
  for (let length = 0; length < streamed.length - 2; length += 1) {
    assert.throws(() => decodeStream(...streamed.slice(0, length)), { kind: "truncated" }, String(length));
  }
});

test("errors are told by status and words, without the words of a refused credential", () => {
  const read = (status: number, message: string) => bedrockDialect.decodeError(status, { message });
  assert.equal(read(400, "Input is too long for requested model.").kind, "context-length");
  assert.equal(read(400, "The provided model identifier is invalid.").status, 404);
  assert.equal(read(424, "The model failed.").status, 502);
  assert.equal(read(408, "Model timed out").status, 504);
  assert.doesNotMatch(read(403, "User arn:aws:iam::123:user/x is not authorized").message, /arn/);
});

test("garbage is a wire fault", () => {
  for (const body of [null, [], {}, { output: {} }, { output: { message: { content: [1] } } }, "text"]) {
    assert.throws(() => bedrockDialect.decodeCompletion(body), WireFault);
  }
  assert.throws(() => decodeStream(["messageStart", "nope"]), WireFault);
});
