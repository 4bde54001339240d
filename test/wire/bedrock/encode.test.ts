// Writing Converse requests: conversation, media, tools, sampling and what cannot be said there.
// By hand from AWS's API reference, since no recording of it is at hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Destination } from "../../../src/core/dialect.ts";
import type { CompletionRequest, Message } from "../../../src/core/request.ts";
import { bedrockDialect } from "../../../src/wire/bedrock/dialect.ts";
import { ask, destinationOf, encodeWith, requestOf } from "../../kit/wire-requests.ts";

const claude = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const nova = "amazon.nova-2-lite-v1:0";

const encode = (request: Partial<CompletionRequest>, model = claude, more: Partial<Destination> = {}) =>
  encodeWith(bedrockDialect, requestOf(request), destinationOf(model, { providerId: "bedrock", ...more }));

const tool = { name: "weather", description: "Weather", parameters: { type: "object", properties: {} } };

test("the model is in the path, escaped, and streaming is another operation", () => {
  assert.equal(encode({}).path, "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse");
  assert.match(encode({ stream: true }).path, /\/converse-stream$/);
  assert.equal(encode({}, "a/../b").path, "/model/a%2F..%2Fb/converse");
});

test("a conversation keeps its order, its calls and its sealed reasoning", () => {
  const messages: readonly Message[] = [
    {
      role: "system",
      parts: [{ type: "text", text: "Be brief", extras: { cache_control: { type: "ephemeral" } } }],
    },
    ask("Weather in Zürich?"),
    {
      role: "assistant",
      parts: [{ type: "text", text: "Let me see." }],
      toolCalls: [{ id: "call:1", name: "weather", arguments: '{"place":"Zürich"}' }],
      reasoning: [{ text: "hm", signature: "sig" }, { text: "", redacted: "blob" }, { text: "unsealed" }],
    },
    { role: "tool", toolCallId: "call:1", parts: [{ type: "text", text: "Rain" }] },
    { ...ask("And tomorrow?"), name: "Ann" },
  ];
  const { body, params, unsupported } = encode({ messages, tools: [tool], toolChoice: { mode: "required" } });
  assert.deepEqual(body["system"], [{ text: "Be brief" }, { cachePoint: { type: "default" } }]);
  assert.deepEqual(body["messages"], [
    { role: "user", content: [{ text: "Weather in Zürich?" }] },
    {
      role: "assistant",
      content: [
        { reasoningContent: { reasoningText: { text: "hm", signature: "sig" } } },
        { reasoningContent: { redactedContent: "blob" } },
        { text: "Let me see." },
        { toolUse: { toolUseId: "call_1", name: "weather", input: { place: "Zürich" } } },
      ],
    },
    {
      role: "user",
      content: [
        { toolResult: { toolUseId: "call_1", content: [{ text: "Rain" }] } },
        { text: "And tomorrow?" },
      ],
    },
  ]);
  assert.deepEqual(body["toolConfig"], {
    tools: [
      { toolSpec: { name: "weather", description: "Weather", inputSchema: { json: tool.parameters } } },
    ],
    toolChoice: { any: {} },
  });
  assert.deepEqual(params, ["dropped messages[2].reasoning[2] unsigned", "dropped messages[4].name"]);
  assert.deepEqual(unsupported, []);
});

test("bytes travel inside; an address is never handed on, not even one of S3", () => {
  const parts = [
    { type: "image", base64: "iVBORw0KGgoAAA" },
    { type: "file", base64: "JVBERi0", mimeType: "application/pdf", name: "Q3_report.pdf" },
    { type: "video", base64: "AAAA", mimeType: "video/mp4" },
    { type: "image", url: "https://x/y.png" },
    { type: "file", url: "s3://their-bucket/secret.pdf", mimeType: "application/pdf" },
    { type: "audio", base64: "AAAA", mimeType: "audio/wav" },
  ] as const;
  const { body, unsupported } = encode({ messages: [{ role: "user", parts }] });
  assert.deepEqual(body["messages"], [
    {
      role: "user",
      content: [
        { image: { format: "png", source: { bytes: "iVBORw0KGgoAAA" } } },
        { document: { format: "pdf", source: { bytes: "JVBERi0" }, name: "Q3 report pdf" } },
        { video: { format: "mp4", source: { bytes: "AAAA" } } },
      ],
    },
  ]);
  assert.deepEqual(
    unsupported,
    [3, 4, 5].map((index) => `messages[0].parts[${index}]!`),
  );
});

test("settings have places of their own, Claude's as Anthropic has them", () => {
  const settings = {
    maxOutputTokens: 9000,
    temperature: 1.5,
    topP: 0.5,
    stop: ["END"],
    responseFormat: { type: "schema", name: "a", schema: { type: "object" }, strict: true },
    extras: { service_tier: "priority", metadata: { case: "17" }, top_k: 5 },
  } as const;
  const plain = encode({ ...settings }, claude, { maxOutputTokens: 8000 });
  assert.deepEqual(plain.body["inferenceConfig"], {
    maxTokens: 8000,
    stopSequences: ["END"],
    temperature: 1,
  });
  assert.deepEqual(plain.body["additionalModelRequestFields"], { top_k: 5 });
  assert.deepEqual(plain.body["outputConfig"], {
    textFormat: {
      type: "json_schema",
      structure: { jsonSchema: { name: "a", schema: '{"type":"object"}' } },
    },
  });
  assert.deepEqual(plain.body["serviceTier"], { type: "priority" });
  assert.deepEqual(plain.body["requestMetadata"], { case: "17" });
  assert.deepEqual(plain.unsupported, ["top_p"]);

  const thinking = encode({ reasoning: "medium", maxOutputTokens: 20_000 });
  assert.deepEqual(thinking.body["additionalModelRequestFields"], {
    thinking: { type: "enabled", budget_tokens: 8192 },
  });
  const novaThinking = encode({ reasoning: "high" }, nova);
  assert.deepEqual(novaThinking.body["additionalModelRequestFields"], {
    reasoningConfig: { type: "enabled", maxReasoningEffort: "high" },
  });
  assert.deepEqual(encode({ reasoning: "low" }, "meta.llama4-scout-17b-instruct-v1:0").unsupported, [
    "reasoning_effort",
  ]);
  assert.deepEqual(encode({ reasoning: "none" }, "meta.llama4-scout-17b-instruct-v1:0").unsupported, []);
});

test("what Converse cannot say is refused or reported, and a policy's duties are kept", () => {
  const { unsupported, params } = encode(
    {
      n: 2,
      seed: 1,
      logprobs: true,
      presencePenalty: 0,
      frequencyPenalty: 1,
      responseFormat: { type: "json" },
      tools: [tool],
      parallelToolCalls: false,
      extras: { guardrailConfig: { guardrailIdentifier: "x" }, user: "u", metadata: { a: 1 } },
    },
    nova,
  );
  assert.deepEqual(unsupported.toSorted(), [
    "frequency_penalty",
    "logprobs",
    "metadata",
    "n",
    "parallel_tool_calls",
    "response_format",
    "seed",
    "user",
  ]);
  assert.deepEqual(params, ["dropped presence_penalty 0", "dropped guardrailConfig"]);
  const hidden = encode({ extras: { metadata: { a: "b" } } }, nova, {
    obligations: ["no-client-metadata", "store:false", "zdr-routing"],
  });
  assert.equal(hidden.body["requestMetadata"], undefined);
  assert.deepEqual(hidden.unsupported, ["obligation:zdr-routing!"]);
});

test("no tool is called where none may be", () => {
  const { body, params } = encode({ tools: [tool], toolChoice: { mode: "none" } });
  assert.equal(body["toolConfig"], undefined);
  assert.deepEqual(params, ["mapped tool_choice none → toolConfig (left out)"]);
});
