// Whatever a client or a provider sends, only the typed error of that side comes out.
// Right bodies are broken in one place at a time, thousands of times; a seed makes a failure repeatable.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../../src/core/dialect.ts";
import { Failure } from "../../../src/core/errors.ts";
import { encodeChatAnswer } from "../../../src/wire/openai/client-answer.ts";
import { createChatChunkEncoder } from "../../../src/wire/openai/client-chunks.ts";
import { decodeEmbeddingRequest } from "../../../src/wire/openai/client-embeddings.ts";
import { decodeChatRequest } from "../../../src/wire/openai/client-request.ts";
import { habitsByProvider } from "../../../src/wire/openai/provider-habits.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";
import { destination } from "../../kit/destinations.ts";
import { mangled } from "../../kit/mangled.ts";

const rounds = 4000;
const providers = Object.keys(habitsByProvider);

const request = {
  model: "m",
  messages: [
    { role: "system", content: "s", name: "n" },
    {
      role: "user",
      content: [
        { type: "text", text: "t" },
        { type: "image_url", image_url: { url: "data:image/png;base64,A", detail: "low" } },
        { type: "input_audio", input_audio: { data: "A", format: "wav" } },
        { type: "file", file: { file_id: "f", filename: "a" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      reasoning_details: [{ type: "reasoning.encrypted", data: "{", format: "f" }],
      tool_calls: [
        {
          id: "c",
          type: "function",
          function: { name: "f", arguments: "{}" },
          extra_content: { google: { thought_signature: "s" } },
        },
      ],
    },
    { role: "assistant", function_call: { name: "f", arguments: "{}" } },
    { role: "function", name: "f", content: "r" },
    { role: "tool", tool_call_id: "c", content: "r" },
  ],
  stream: true,
  stream_options: { include_usage: true },
  n: 2,
  max_tokens: 5,
  temperature: 1,
  stop: ["a"],
  seed: 1,
  logit_bias: { "1": 1 },
  logprobs: true,
  top_logprobs: 1,
  tools: [{ type: "function", function: { name: "f", parameters: { type: "object" }, strict: true } }],
  tool_choice: { type: "function", function: { name: "f" } },
  response_format: { type: "json_schema", json_schema: { name: "s", schema: {}, strict: true } },
  reasoning_effort: "low",
  metadata: { sensitivity: "internal", other: "x" },
  modalities: ["text"],
  user: "u",
};

const answer = {
  id: "i",
  model: "m",
  service_tier: "default",
  system_fingerprint: "fp",
  citations: ["https://x"],
  choices: [
    {
      index: 0,
      finish_reason: "stop",
      logprobs: {
        content: [
          { token: "a", logprob: -1, bytes: [97], top_logprobs: [{ token: "a", logprob: -1, bytes: null }] },
        ],
      },
      message: {
        role: "assistant",
        content: [
          { type: "text", text: "a" },
          { type: "thinking", thinking: [{ type: "text", text: "h" }] },
        ],
        refusal: "no",
        reasoning_details: [{ type: "reasoning.text", text: "h", signature: "s" }, { data: "d" }],
        thinking_blocks: [{ thinking: "h", signature: "s" }],
        annotations: [
          { type: "url_citation", url_citation: { url: "u", title: "t", start_index: 0, end_index: 1 } },
        ],
        tool_calls: [{ id: "c", index: 0, type: "function", function: { name: "f", arguments: "{}" } }],
        function_call: { name: "g", arguments: "{}" },
      },
    },
  ],
  usage: {
    prompt_tokens: 3,
    completion_tokens: 2,
    total_tokens: 5,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 1 },
  },
};

/** True where nothing was thrown. */
function only(kind: typeof Failure | typeof WireFault, seed: number, action: () => void): boolean {
  try {
    action();
    return true;
  } catch (error) {
    assert.ok(error instanceof kind, `seed ${seed}: ${String(error)}`);
    if (error instanceof Failure) assert.ok(error.code === "INVALID_REQUEST" && error.detail.path);
    return false;
  }
}

test("a broken client body is refused with a path, or understood and sent on to any provider", (context) => {
  let understood = 0;
  for (let seed = 0; seed < rounds; seed += 1) {
    const body = mangled(request, seed);
    const fine = only(Failure, seed, () => {
      const decoded = decodeChatRequest(body);
      const provider = providers[seed % providers.length] ?? "openai";
      JSON.parse(openaiDialect.encodeCompletion(decoded.request, destination(provider)).body);
    });
    if (fine) understood += 1;
  }
  assert.ok(understood > rounds / 10 && understood < rounds);
  context.diagnostic(`${rounds} bodies, ${understood} understood`);
});

test("a broken answer is a wire fault, or reads as an answer that can be shown", (context) => {
  let understood = 0;
  for (let seed = 0; seed < rounds; seed += 1) {
    const body = mangled(answer, seed);
    const fine = only(WireFault, seed, () => {
      const events = answerEvents(openaiDialect.decodeCompletion(body));
      const style = { created: 1, requestedModel: "m", includeUsage: true };
      const encoder = createChatChunkEncoder(style);
      for (const event of events) encoder.encode(event);
      const { usage } = encodeChatAnswer(gathered(events), style) as { usage: { total_tokens: number } };
      assert.ok(usage.total_tokens >= 0 && usage.total_tokens < 1e10);
    });
    if (fine) understood += 1;
    openaiDialect.decodeError(400, body);
  }
  assert.ok(understood > rounds / 10);
  context.diagnostic(`${rounds} answers, ${understood} understood`);
});

test("broken embedding bodies and answers have their typed errors too", () => {
  const asked = {
    model: "m",
    input: ["a", "b"],
    dimensions: 4,
    encoding_format: "float",
    metadata: { sensitivity: "public" },
  };
  const given = {
    object: "list",
    data: [
      { index: 0, embedding: [0.5] },
      { index: 1, embedding: "AAAAPw==" },
    ],
    usage: { prompt_tokens: 1 },
  };
  for (let seed = 0; seed < 1000; seed += 1) {
    only(Failure, seed, () => decodeEmbeddingRequest(mangled(asked, seed)));
    only(WireFault, seed, () => openaiDialect.decodeEmbedding(mangled(given, seed)));
  }
});
