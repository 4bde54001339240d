// Whatever an upstream sent, OpenAI's clients get what OpenAI's published schemas allow.
// Runs where the schemas lie beside the repository.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../../src/core/events.ts";
import { encodeChatAnswer } from "../../../src/wire/openai/client-answer.ts";
import { createChatChunkEncoder } from "../../../src/wire/openai/client-chunks.ts";
import { encodeEmbeddingAnswer } from "../../../src/wire/openai/client-embeddings.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { createServerEventDecoder } from "../../../src/wire/sse.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";
import { loadSchemaCheck, schemasPresent } from "../../kit/openai-schemas.ts";
import { type Recording, recordingsOf } from "../../kit/recordings.ts";

const skip = schemasPresent ? false : "no schemas beside the repository";
const style = { created: 1_700_000_000, requestedModel: "asked-for" };

/** What no recording has: everything at once, and as badly as a compatible server may send it. */
const oddities: readonly ModelEvent[] = [
  { type: "answer-begin", serviceTier: "on_demand" },
  { type: "reasoning-delta", choice: 0, text: "hm" },
  { type: "reasoning-seal", choice: 0, signature: "sig" },
  { type: "reasoning-seal", choice: 0, redacted: "blob" },
  {
    type: "text-delta",
    choice: 0,
    text: 'a\u2028"\n',
    logprobs: [{ token: "a" }, { token: "b", logprob: -1, top_logprobs: [{}] }],
  },
  { type: "text-delta", choice: 1, text: "b" },
  { type: "refusal-delta", choice: 2, text: "no" },
  { type: "tool-call-delta", choice: 3, call: 0, id: "c1", name: "f", arguments: "{", signature: "s" },
  { type: "tool-call-delta", choice: 3, call: 0, arguments: "}" },
  {
    type: "citations",
    choice: 0,
    citations: [{ type: "url_citation", url_citation: {} }, { type: "reference" }],
  },
  { type: "choice-finish", choice: 0, reason: "budget" },
  { type: "choice-finish", choice: 1, reason: "content_filter" },
  { type: "choice-finish", choice: 2, reason: "stop" },
  { type: "choice-finish", choice: 3, reason: "tool_calls" },
];

function decode(recording: Recording): readonly ModelEvent[] {
  if (!recording.streaming) return openaiDialect.decodeCompletion(recording.answer());
  const framing = createServerEventDecoder();
  const stream = openaiDialect.decodeStream();
  const events = [...framing.push(recording.streamBytes()), ...framing.end()];
  return [...events.flatMap((event) => [...stream.push(event)]), ...stream.end()];
}

function chunksOf(events: readonly ModelEvent[], includeUsage: boolean): readonly unknown[] {
  const encoder = createChatChunkEncoder({ ...style, includeUsage });
  const text = answerEvents(events)
    .map((event) => encoder.encode(event))
    .join("");
  const framing = createServerEventDecoder();
  return framing.push(Buffer.from(text)).map((event) => JSON.parse(event.data) as unknown);
}

test("answers and chunks made of every recording validate", { skip }, async (context) => {
  const check = await loadSchemaCheck();
  const recordings = recordingsOf("openai-chat").filter(
    (recording) => recording.status === 200 && !recording.exercises.includes("error-in-200"),
  );
  let chunks = 0;
  for (const events of [oddities, ...recordings.map(decode)]) {
    const whole = encodeChatAnswer(gathered(answerEvents(events)), style);
    assert.deepEqual(check("CreateChatCompletionResponse", JSON.parse(JSON.stringify(whole))), []);
    for (const chunk of [...chunksOf(events, true), ...chunksOf(events, false)]) {
      assert.deepEqual(check("CreateChatCompletionStreamResponse", chunk), [], JSON.stringify(chunk));
      chunks += 1;
    }
  }
  context.diagnostic(`${recordings.length} recordings, ${chunks} chunks`);
});

test("embedding answers validate in both encodings", { skip }, async () => {
  const check = await loadSchemaCheck();
  const answer = {
    embeddings: [{ index: 0, vector: [0.5, -0.25] }],
    usage: { input: 3, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  };
  for (const encodingFormat of ["float", "base64"] as const) {
    const encoded = encodeEmbeddingAnswer(answer, { model: "m", encodingFormat });
    assert.deepEqual(check("CreateEmbeddingResponse", encoded), []);
  }
});

test("a wrong chunk does not validate", { skip }, async () => {
  const check = await loadSchemaCheck();
  assert.notDeepEqual(check("CreateChatCompletionStreamResponse", { id: 1, choices: [] }), []);
});
