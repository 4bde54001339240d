// What a client of the OpenAI API sends through us to OpenAI arrives as it was written.
// Bodies are made at random from every documented field; a seed makes a failure repeatable.

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeChatRequest } from "../../../src/wire/openai/client-request.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { destination } from "../../kit/destinations.ts";
import { randomOf } from "../../kit/recut.ts";

type Body = Record<string, unknown>;

const rounds = 500;

/** Each documented field with values that have one spelling; those with two have tests of their own. */
const choices: Readonly<Record<string, readonly unknown[]>> = {
  n: [2, 128],
  max_completion_tokens: [1, 4096],
  temperature: [0, 0.7, 2],
  top_p: [0, 1],
  stop: [["\n"], ["a", "b"]],
  seed: [0, -5],
  presence_penalty: [-2, 1],
  frequency_penalty: [0, 2],
  logit_bias: [{}, { "50256": -100 }],
  logprobs: [true, false],
  tools: [
    [
      {
        type: "function",
        function: {
          name: "f",
          description: "d",
          parameters: { type: "object", properties: {} },
          strict: true,
        },
      },
    ],
    [{ type: "function", function: { name: "g" }, cache_control: { type: "ephemeral" } }],
  ],
  tool_choice: [
    "auto",
    "none",
    "required",
    { type: "function", function: { name: "f" } },
    { type: "allowed_tools", allowed_tools: { mode: "auto", tools: [] } },
  ],
  parallel_tool_calls: [true, false],
  response_format: [
    { type: "json_object" },
    {
      type: "json_schema",
      json_schema: { name: "s", description: "d", schema: { type: "object" }, strict: true },
    },
  ],
  reasoning_effort: ["none", "minimal", "high", "max"],
  metadata: [{ a: "b" }],
  user: ["u"],
  store: [true],
  service_tier: ["flex"],
  verbosity: ["low"],
  prediction: [{ type: "content", content: "x" }],
  web_search_options: [{ search_context_size: "low" }],
  safety_identifier: ["s"],
  prompt_cache_key: ["k"],
  a_field_of_tomorrow: [{ deep: [1, null] }],
};

const texts = ["", "plain", 'quote " back \\ slash', "日本 👋🏽\u2028", "line\r\nend"];

function bodyOf(seed: number): Body {
  const random = randomOf(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const text = () => pick(texts);
  const messageMakers: readonly (() => Body)[] = [
    () => ({ role: pick(["system", "developer"]), content: text() }),
    () => ({ role: "user", content: text(), name: "n" }),
    () => ({
      role: "user",
      content: [
        { type: "text", text: text() },
        {
          type: "image_url",
          image_url: { url: pick(["https://x/y.png", "data:image/png;base64,AAAA"]), detail: "low" },
        },
      ],
    }),
    () => ({
      role: "user",
      content: [
        { type: "input_audio", input_audio: { data: "AAAA", format: pick(["wav", "mp3"]) } },
        { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
        { type: "file", file: { file_id: "f" } },
      ],
    }),
    () => ({ role: "user", content: [{ type: "text", text: text(), cache_control: { type: "ephemeral" } }] }),
    () => ({ role: "assistant", content: text() }),
    () => ({ role: "assistant", content: null, refusal: text() }),
    () => ({
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "c1", type: "function", function: { name: "f", arguments: '{"a": 1}' } },
        { id: "c2", type: "function", function: { name: "g", arguments: "" } },
      ],
    }),
    () => ({
      role: "tool",
      tool_call_id: "c1",
      content: pick([
        text(),
        [
          { type: "text", text: "a" },
          { type: "text", text: "b" },
        ],
      ]),
    }),
  ];
  const body: Body = {
    model: "m",
    messages: Array.from({ length: 1 + Math.floor(random() * 6) }, () => pick(messageMakers)()),
  };
  for (const [name, values] of Object.entries(choices)) if (random() < 0.4) body[name] = pick(values);
  if (body["logprobs"] === true && random() < 0.5) body["top_logprobs"] = 5;
  if (random() < 0.5) Object.assign(body, { stream: true, stream_options: { include_usage: true } });
  return body;
}

const sentOn = (body: Body): { body: unknown; unsupported: readonly unknown[] } => {
  const { request } = decodeChatRequest(structuredClone(body));
  const encoded = openaiDialect.encodeCompletion(request, destination("openai", { upstreamModel: "m" }));
  return { body: JSON.parse(encoded.body) as unknown, unsupported: encoded.unsupported };
};

test("a request arrives at OpenAI as its client wrote it", (context) => {
  for (let seed = 0; seed < rounds; seed += 1) {
    const body = bodyOf(seed);
    assert.deepEqual(sentOn(body), { body, unsupported: [] }, `seed ${seed}`);
  }
  context.diagnostic(`${rounds} bodies`);
});

test("fields with two spellings arrive in the newer one", () => {
  const body = {
    model: "m",
    messages: [{ role: "user", content: [{ type: "text", text: "a" }] }],
    max_tokens: 5,
    stop: "x",
    n: 1,
    stream: false,
    response_format: { type: "text" },
  };
  assert.deepEqual(sentOn(body).body, {
    model: "m",
    messages: [{ role: "user", content: "a" }],
    max_completion_tokens: 5,
    stop: ["x"],
  });
});
