// Reading answers of the OpenAI dialect as single providers twist it.
// The chunks are written by hand after what each provider documents or was seen to send.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";

type Chunk = Readonly<Record<string, unknown>>;

function streamed(chunks: readonly Chunk[], done = true): readonly ModelEvent[] {
  const stream = openaiDialect.decodeStream();
  const events = chunks.flatMap((chunk) => [
    ...stream.push({ event: undefined, data: JSON.stringify(chunk) }),
  ]);
  if (done) stream.push({ event: undefined, data: "[DONE]" });
  return [...events, ...stream.end()];
}

const delta = (part: Chunk, more: Chunk = {}, index = 0): Chunk => ({
  id: "a",
  model: "m",
  choices: [{ index, delta: part, finish_reason: null, ...more }],
});
const stop = delta({}, { finish_reason: "stop" });
const calls = (...entries: Chunk[]): Chunk => delta({ tool_calls: entries });
const choicesOf = (events: readonly ModelEvent[]) => gathered(answerEvents(events)).choices;

test("tool calls keep apart however a provider numbers them", () => {
  const call = (more: Chunk, name?: string, args?: unknown): Chunk => ({
    ...more,
    function: { name, arguments: args },
  });
  const forms: Readonly<Record<string, readonly Chunk[]>> = {
    openai: [
      calls(call({ index: 0, id: "x" }, "f", ""), call({ index: 1, id: "y" }, "g", "")),
      calls(call({ index: 1 }, undefined, '{"b":2}')),
      calls(call({ index: 0 }, undefined, '{"a":1}')),
    ],
    "ollama, every index 0": [
      calls(call({ index: 0, id: "x" }, "f", '{"a":1}')),
      calls(call({ index: 0, id: "y" }, "g", '{"b":2}')),
    ],
    "mistral, no index": [calls(call({ id: "x" }, "f", '{"a":1}'), call({ id: "y" }, "g", '{"b":2}'))],
    "index from 1, id repeated": [
      calls(call({ index: 1, id: "x" }, "f", "")),
      calls(call({ index: 1, id: "x" }, undefined, '{"a":1}')),
      calls(call({ index: 2, id: "y" }, "g", '{"b":2}')),
    ],
    "arguments parsed": [
      calls(call({ index: 0, id: "x" }, "f", { a: 1 }), call({ index: 1, id: "y" }, "g", { b: 2 })),
    ],
    "name after arguments": [
      calls(call({ index: 0, id: "x" }, undefined, '{"a"')),
      calls(call({ index: 0 }, "f", ":1}"), call({ index: 1, id: "y" }, "g", '{"b":2}')),
    ],
  };
  for (const [form, chunks] of Object.entries(forms)) {
    const [choice] = choicesOf(streamed([...chunks, stop]));
    assert.deepEqual(
      choice?.toolCalls,
      [
        { id: "x", name: "f", arguments: '{"a":1}' },
        { id: "y", name: "g", arguments: '{"b":2}' },
      ],
      form,
    );
  }
});

test("a call without an id gets one, and a call without arguments gets empty ones", () => {
  const [choice] = choicesOf(
    streamed([calls({ function: { name: "f" } }, { function: { name: "g" } }), stop]),
  );
  const [first, second] = choice?.toolCalls ?? [];
  assert.match(first?.id ?? "", /^call_[0-9a-f]{32}$/);
  assert.notEqual(first?.id, second?.id);
  assert.deepEqual([first?.arguments, second?.arguments], ["{}", "{}"]);
});

test("a thought signature stays with its call", () => {
  const signed = {
    index: 0,
    id: "x",
    function: { name: "f", arguments: "{}" },
    extra_content: { google: { thought_signature: "s" } },
  };
  assert.equal(choicesOf(streamed([calls(signed), stop]))[0]?.toolCalls[0]?.signature, "s");
});

test("reasoning is read under every name it has, once", () => {
  const forms: readonly Chunk[] = [
    { reasoning_content: "hm" },
    { reasoning: "hm" },
    { reasoning: "hm", reasoning_details: [{ type: "reasoning.text", text: "hm" }] },
    { reasoning_details: [{ type: "reasoning.summary", summary: "hm" }] },
    { content: [{ type: "thinking", thinking: [{ type: "text", text: "hm" }] }] },
    { reasoning_content: "hm", thinking_blocks: [{ type: "thinking", thinking: "hm" }] },
  ];
  for (const form of forms) {
    const [choice] = choicesOf(streamed([delta(form), delta({ content: "so" }), stop]));
    assert.deepEqual(choice?.reasoning, [{ text: "hm" }], JSON.stringify(form));
    assert.equal(choice?.text, "so");
  }
});

test("signatures seal reasoning and encrypted details stay whole", () => {
  const encrypted = { type: "reasoning.encrypted", data: "blob", id: "rs_1", format: "openai-responses-v1" };
  const [choice] = choicesOf(
    streamed([
      delta({
        reasoning: "hm",
        reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "sig" }],
      }),
      delta({ reasoning_details: [encrypted] }),
      stop,
    ]),
  );
  assert.deepEqual(choice?.reasoning, [
    { text: "hm", signature: "sig" },
    { text: "", redacted: JSON.stringify(encrypted) },
  ]);
});

const usageOf = (
  usage: unknown,
  place: (usage: unknown) => Chunk = (value) => ({ choices: [], usage: value }),
) =>
  streamed([delta({ content: "a" }), stop, place(usage)]).findLast((event) => event.type === "usage")?.usage;

test("usage counts reasoning and cache once, wherever it stands", () => {
  const xai = {
    prompt_tokens: 12,
    completion_tokens: 1,
    total_tokens: 303,
    completion_tokens_details: { reasoning_tokens: 290 },
  };
  assert.deepEqual(usageOf(xai), { input: 12, cachedInput: 0, cacheWrite: 0, output: 291, reasoning: 290 });
  const openai = { ...xai, completion_tokens: 300, total_tokens: 312 };
  assert.deepEqual(usageOf(openai), {
    input: 12,
    cachedInput: 0,
    cacheWrite: 0,
    output: 300,
    reasoning: 290,
  });
  const plain = { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 };
  const cached = { input: 9, cachedInput: 4, cacheWrite: 0, output: 2, reasoning: 0 };
  for (const habit of [
    { prompt_tokens_details: { cached_tokens: 4 } },
    { prompt_cache_hit_tokens: 4 },
    { num_cached_tokens: 4 },
  ]) {
    assert.deepEqual(usageOf({ ...plain, ...habit }), cached);
  }
  const uncached = { ...cached, cachedInput: 0 };
  assert.deepEqual(
    usageOf(plain, (usage) => ({ choices: [], x_groq: { usage } })),
    uncached,
  );
  assert.deepEqual(
    usageOf(plain, (usage) => delta({}, { usage })),
    uncached,
  );
});

const finishOf = (word: string | null) =>
  choicesOf(streamed([delta({ content: "a" }), delta({}, { finish_reason: word })]))[0]?.finish;

test("finish reasons of other dialects become ours, and the last word counts", () => {
  const words = {
    stop: "stop",
    end_turn: "stop",
    length: "length",
    model_length: "length",
    tool_use: "tool_calls",
    function_call: "tool_calls",
    SAFETY: "content_filter",
  };
  for (const [word, reason] of Object.entries(words)) assert.equal(finishOf(word), reason);
  assert.equal(finishOf(null), "stop");
  assert.throws(() => finishOf("error"), WireFault);
});

test("a stream without its end is truncated, one without [DONE] is not", () => {
  assert.throws(() => streamed([delta({ content: "a" })], false), { kind: "truncated" });
  assert.throws(() => streamed([], true), { kind: "truncated" });
  assert.throws(() => streamed([delta({ content: "a" }), stop, delta({ content: "b" }, {}, 1)], false), {
    kind: "truncated",
  });
  assert.equal(choicesOf(streamed([delta({ content: "a" }), stop], false))[0]?.finish, "stop");
});

test("an error inside a stream is an error, and no finish comes before it", () => {
  const stream = openaiDialect.decodeStream();
  const push = (data: string, event?: string) => stream.push({ event, data });
  const before = [delta({ content: "a" }), stop].flatMap((chunk) => [...push(JSON.stringify(chunk))]);
  assert.ok(before.every((event) => event.type !== "choice-finish"));
  assert.throws(() => push('{"error":{"code":429,"message":"slow down"}}'), {
    status: 429,
    message: "slow down",
  });
  assert.throws(() => push('{"error":"gone wrong"}'), { status: 502 });
  assert.throws(() => push('{"message":"odd","type":"overloaded_error"}', "error"), { status: 503 });
  assert.throws(() => push('{"object":"error","message":"bad","code":400}'), { status: 400 });
  assert.throws(() => push("<html>"), { kind: "malformed" });
  assert.deepEqual(push('{"error":null,"choices":[]}'), []);
});

test("choices, logprobs, refusals and citations arrive apart", () => {
  const logprobs = { content: [{ token: "a", logprob: -1, bytes: null, top_logprobs: [] }] };
  const [first, second] = choicesOf(
    streamed([
      delta({ content: "b" }, {}, 1),
      delta({ content: "a" }, { logprobs }),
      delta({ refusal: "no" }, {}, 1),
      { ...delta({}), citations: ["https://example.org"] },
    ]),
  );
  assert.deepEqual([first?.text, second?.text, second?.refusal], ["a", "b", "no"]);
  assert.deepEqual(first?.logprobs, logprobs.content);
  assert.equal(JSON.stringify(first?.citations).includes("https://example.org"), true);
});

test("a body that is no answer is malformed or an error", () => {
  assert.throws(() => openaiDialect.decodeCompletion("hello"), { kind: "malformed" });
  assert.throws(() => openaiDialect.decodeCompletion({ choices: [] }), WireFault);
  assert.throws(
    () => openaiDialect.decodeCompletion({ error: { message: "no", code: "rate_limit_exceeded" } }),
    { status: 429 },
  );
});
