// Reading Anthropic's answers: the same neutral events whole or streamed, and faults where it breaks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import { anthropicDialect } from "../../../src/wire/anthropic/dialect.ts";
import { decodeBytes } from "../../kit/decoded-stream.ts";
import { fixtureBytes, fixtureJson } from "../../kit/fixtures.ts";
import { gather, lastUsage } from "../../kit/gathered.ts";
import { recut } from "../../kit/recut.ts";

const body = fixtureJson("thinking-and-tools.json", import.meta.url) as { content: unknown[] };
const stream = fixtureBytes("thinking-and-tools.sse", import.meta.url);

const expected = {
  text: "Schöner Tag 🌤️",
  refusal: "",
  reasoning: [
    { text: "Two places are asked — first the weather.", signature: "c2lnLW9uZQ==/+0" },
    { text: "", redacted: "ZW5jcnlwdGVk" },
  ],
  toolCalls: [
    { id: "toolu_a", name: "weather", arguments: '{"place":"Zürich","days":2}' },
    { id: "toolu_b", name: "now", arguments: "{}" },
  ],
  citations: [
    {
      type: "url_citation",
      url_citation: { url: "https://weather.example/zurich", title: "Zürich", start_index: 0, end_index: 15 },
    },
  ],
  logprobs: [],
  finish: "tool_calls",
};

test("a whole answer and a streamed one say the same", () => {
  for (const events of [anthropicDialect.decodeCompletion(body), decodeBytes(anthropicDialect, [stream])]) {
    assert.deepEqual(gather(events), expected);
    assert.deepEqual(lastUsage(events), {
      input: 325,
      cachedInput: 300,
      cacheWrite: 5,
      output: 90,
      reasoning: 40,
    });
    assert.deepEqual(events[0], {
      type: "answer-begin",
      upstreamId: "msg_fixture_1",
      upstreamModel: "claude-opus-4-6",
      serviceTier: "standard",
    });
    assert.equal(events.filter((event) => event.type === "answer-begin").length, 1);
  }
});

test("cuts at odd bytes change nothing", () => {
  const whole = decodeBytes(anthropicDialect, [stream]);
  for (let seed = 1; seed <= 30; seed++) {
    assert.deepEqual(decodeBytes(anthropicDialect, recut(stream, seed, 1 + (seed % 13))), whole);
  }
});

test("a stream cut before its reason is truncated and has no finish, one cut behind it lacks nothing", () => {
  const text = Buffer.from(stream).toString("utf8");
  const decoder = anthropicDialect.decodeStream();
  const unmarked = Buffer.from(text.slice(0, text.indexOf("event: message_stop")));
  assert.deepEqual(
    decodeBytes(anthropicDialect, [unmarked]),
    decodeBytes(anthropicDialect, [Buffer.from(text)]),
  );
  const before = text.slice(0, text.indexOf("event: message_delta"));
  const events = before
    .split("\n")
    .filter((line) => line.startsWith("data: "))
    .flatMap((line) => decoder.push({ event: undefined, data: line.slice(6) }));
  assert.equal(
    events.some((event) => event.type === "choice-finish"),
    false,
  );
  assert.throws(() => decoder.end(), { name: "WireFault", kind: "truncated" });
});

const finishes = {
  end_turn: "stop",
  stop_sequence: "stop",
  pause_turn: "stop",
  max_tokens: "length",
  model_context_window_exceeded: "length",
  tool_use: "tool_calls",
  refusal: "content_filter",
  something_new: "stop",
};

for (const [word, reason] of Object.entries(finishes)) {
  test(`stop_reason ${word} becomes ${reason}`, () => {
    const answer = { type: "message", content: [], stop_reason: word, usage: {} };
    assert.equal(gather(anthropicDialect.decodeCompletion(answer)).finish, reason);
  });
}

test("a refusal's explanation is kept as refusal text", () => {
  const answer = {
    content: [],
    stop_reason: "refusal",
    stop_details: { type: "refusal", explanation: "Against the policy." },
  };
  assert.equal(gather(anthropicDialect.decodeCompletion(answer)).refusal, "Against the policy.");
});

const embedded = [
  ["overloaded_error", 503],
  ["rate_limit_error", 429],
  ["api_error", 500],
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["an_error_of_the_future", 500],
] as const;

for (const [type, status] of embedded) {
  test(`${type} inside a stream is a fault with status ${status}`, () => {
    const error = { type: "error", error: { type, message: "It went wrong." } };
    const push = () => anthropicDialect.decodeStream().push({ event: "error", data: JSON.stringify(error) });
    assert.throws(push, { name: "WireFault", kind: "error", status });
    assert.throws(() => anthropicDialect.decodeCompletion(error), { name: "WireFault", status });
  });
}

const garbage: readonly unknown[] = [
  undefined,
  null,
  "text",
  7,
  [],
  {},
  { content: "x" },
  { content: [null] },
];

const early = () =>
  anthropicDialect.decodeStream().push({ event: "message_stop", data: '{"type":"message_stop"}' });

test("what is no message is a malformed answer", () => {
  for (const answer of garbage) {
    assert.throws(() => anthropicDialect.decodeCompletion(answer), { name: "WireFault", kind: "malformed" });
  }
  for (const data of ["", "{", "[]", "null", '{"type":"content_block_delta","index":3,"delta":{}}']) {
    const push = () => anthropicDialect.decodeStream().push({ event: undefined, data });
    assert.throws(push, { name: "WireFault", kind: "malformed" });
  }
  assert.throws(early, WireFault);
});
