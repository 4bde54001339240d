// What OpenAI clients are answered: chunks, whole answers, and that the official SDK reads both the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import type { AnswerEvent } from "../../../src/core/answer.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import { encodeChatAnswer } from "../../../src/wire/openai/client-answer.ts";
import { type ChunkStyle, createChatChunkEncoder } from "../../../src/wire/openai/client-chunks.ts";
import { encodeEmbeddingAnswer } from "../../../src/wire/openai/client-embeddings.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { createServerEventDecoder } from "../../../src/wire/sse.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";

const style: ChunkStyle = { created: 1_700_000_000, requestedModel: "asked", includeUsage: true };
const usage = { input: 3, cachedInput: 1, cacheWrite: 0, output: 2, reasoning: 1 };
const begin: ModelEvent = {
  type: "answer-begin",
  upstreamModel: "m-1",
  fingerprint: "fp",
  serviceTier: "default",
};
const told: readonly ModelEvent[] = [
  begin,
  { type: "reasoning-delta", choice: 0, text: "hm" },
  { type: "reasoning-seal", choice: 0, signature: "sig" },
  { type: "text-delta", choice: 0, text: 'a "b"\n' },
  { type: "text-delta", choice: 1, text: "c" },
  { type: "text-delta", choice: 0, text: "👋" },
  { type: "tool-call-delta", choice: 1, call: 0, id: "x", name: "f", arguments: "" },
  { type: "tool-call-delta", choice: 1, call: 1, id: "y", name: "g", arguments: "{}" },
  { type: "tool-call-delta", choice: 1, call: 0, arguments: '{"a":1}' },
  { type: "choice-finish", choice: 0, reason: "budget" },
  { type: "choice-finish", choice: 1, reason: "tool_calls" },
  { type: "usage", usage },
];

interface Chunk {
  readonly choices: readonly {
    readonly index: number;
    readonly delta: Record<string, unknown>;
    readonly finish_reason: string | null;
  }[];
  readonly [more: string]: unknown;
}

function chunksOf(events: readonly AnswerEvent[], more: Partial<ChunkStyle> = {}): readonly Chunk[] {
  const encoder = createChatChunkEncoder({ ...style, ...more });
  const text = events.map((event) => encoder.encode(event)).join("");
  return createServerEventDecoder()
    .push(Buffer.from(text))
    .map((event) => JSON.parse(event.data) as Chunk);
}

test("every choice begins with its role, every chunk has the same name, usage comes last and alone", () => {
  const chunks = chunksOf(answerEvents(told));
  for (const index of [0, 1]) {
    const deltas = chunks.flatMap((chunk) =>
      chunk.choices.filter((choice) => choice.index === index).map((choice) => choice.delta),
    );
    assert.deepEqual(deltas[0], { role: "assistant", content: "", refusal: null });
    assert.equal(deltas.filter((delta) => "role" in delta).length, 1);
  }
  for (const chunk of chunks) {
    assert.deepEqual(
      [
        chunk["id"],
        chunk["object"],
        chunk["created"],
        chunk["model"],
        chunk["system_fingerprint"],
        chunk["service_tier"],
      ],
      ["chatcmpl-req_1", "chat.completion.chunk", 1_700_000_000, "m-1", "fp", "default"],
    );
  }
  const last = chunks.at(-1);
  assert.deepEqual(last?.choices, []);
  assert.match(JSON.stringify(last), /"total_tokens":5.*"cost_usd":"0.00000125"/);
  assert.ok(chunks.slice(0, -1).every((chunk) => chunk["usage"] === null));
  assert.ok(chunksOf(answerEvents(told), { includeUsage: false }).every((chunk) => !("usage" in chunk)));
});

test("a whole answer says what its chunks say", () => {
  const whole = encodeChatAnswer(gathered(answerEvents(told)), style) as {
    choices: { message: Record<string, unknown>; finish_reason: string }[];
    usage: unknown;
  };
  const [first, second] = whole.choices;
  assert.equal(first?.finish_reason, "length");
  assert.deepEqual(first?.message, {
    role: "assistant",
    content: 'a "b"\n👋',
    refusal: null,
    reasoning_content: "hm",
    reasoning_details: [{ type: "reasoning.text", text: "hm", signature: "sig", index: 0 }],
  });
  assert.deepEqual(second?.message["tool_calls"], [
    { id: "x", type: "function", function: { name: "f", arguments: '{"a":1}' } },
    { id: "y", type: "function", function: { name: "g", arguments: "{}" } },
  ]);
  assert.deepEqual(whole.usage, chunksOf(answerEvents(told)).at(-1)?.["usage"]);
});

test("OpenAI's own SDK folds the chunks into the whole answer", async () => {
  const lines = chunksOf(answerEvents(told))
    .map((chunk) => `${JSON.stringify(chunk)}\n`)
    .join("");
  const read = await ChatCompletionStream.fromReadableStream(
    new Blob([lines]).stream(),
  ).finalChatCompletion();
  const whole = encodeChatAnswer(gathered(answerEvents(told)), style) as unknown as typeof read;
  for (const [index, choice] of whole.choices.entries()) {
    assert.equal(read.choices[index]?.message.content ?? "", choice.message.content ?? "");
    assert.equal(read.choices[index]?.finish_reason, choice.finish_reason);
    assert.deepEqual(
      (read.choices[index]?.message.tool_calls ?? []).map((call) =>
        "function" in call ? [call.id, call.function.name, call.function.arguments] : call,
      ),
      (choice.message.tool_calls ?? []).map((call) =>
        "function" in call ? [call.id, call.function.name, call.function.arguments] : call,
      ),
    );
  }
});

test("our chunks read by our own dialect are the same events again", () => {
  const stream = openaiDialect.decodeStream();
  const again = chunksOf(answerEvents(told)).flatMap((chunk) => [
    ...stream.push({ event: undefined, data: JSON.stringify(chunk) }),
  ]);
  const before = gathered(answerEvents(told)).choices;
  const after = gathered(answerEvents([...again, ...stream.end()])).choices;
  assert.deepEqual(
    after,
    before.map((choice) => (choice.finish === "budget" ? { ...choice, finish: "length" } : choice)),
  );
});

test("a cut answer says which categories cut it", () => {
  const cut: readonly AnswerEvent[] = answerEvents([
    begin,
    { type: "text-delta", choice: 0, text: "a" },
    { type: "choice-finish", choice: 0, reason: "content_filter" },
  ]);
  const notice: AnswerEvent = {
    type: "safety-notice",
    choice: 0,
    categories: ["violence"],
    redacted: true,
    retractFrom: 1,
  };
  const events = cut.flatMap((event): AnswerEvent[] =>
    event.type === "choice-finish" ? [notice, event] : [event],
  );
  const chunks = chunksOf(events);
  assert.deepEqual(chunks.find((chunk) => "portcullis" in chunk)?.["portcullis"], {
    safety: [{ choice: 0, categories: ["violence"], redacted: true, retract_from: 1 }],
  });
  const finish = chunks.find((chunk) => chunk.choices[0]?.finish_reason === "content_filter");
  assert.deepEqual(finish?.["portcullis"], { categories: ["violence"] });
  assert.match(
    JSON.stringify(encodeChatAnswer(gathered(events), style)),
    /"safety":\[\{"choice":0,"categories":\["violence"\]/,
  );
});

test("clients of the old functions are answered with function_call", () => {
  const events = answerEvents([
    begin,
    { type: "tool-call-delta", choice: 0, call: 0, id: "x", name: "f", arguments: "{}" },
    { type: "choice-finish", choice: 0, reason: "tool_calls" },
  ]);
  const chunks = chunksOf(events, { legacyFunctions: true });
  assert.deepEqual(chunks[1]?.choices[0]?.delta, { function_call: { name: "f", arguments: "{}" } });
  assert.equal(chunks[2]?.choices[0]?.finish_reason, "function_call");
  const whole = JSON.stringify(encodeChatAnswer(gathered(events), { ...style, legacyFunctions: true }));
  assert.match(whole, /"function_call":\{"name":"f","arguments":"\{\}"\}.*"finish_reason":"function_call"/);
});

test("nothing is said of a choice that was cancelled", () => {
  assert.equal(
    createChatChunkEncoder(style).encode({ type: "choice-finish", choice: 0, reason: "cancelled" }),
    "",
  );
});

test("embeddings written as base64 read back as the same floats", () => {
  const answer = { embeddings: [{ index: 0, vector: [0.5, -0.25, 3] }], usage };
  const encoded = encodeEmbeddingAnswer(answer, { model: "m", encodingFormat: "base64" });
  assert.deepEqual(openaiDialect.decodeEmbedding(encoded).embeddings, answer.embeddings);
});
