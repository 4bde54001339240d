// Reading what clients of /v1/chat/completions and /v1/embeddings send, and refusing mistakes by their path.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/core/errors.ts";
import { decodeEmbeddingRequest } from "../../../src/wire/openai/client-embeddings.ts";
import { decodeChatRequest } from "../../../src/wire/openai/client-request.ts";

const messages = [{ role: "user", content: "hi" }];
const chat = (more: Readonly<Record<string, unknown>>) =>
  decodeChatRequest({ model: "m", messages, ...more });
const inputs = (input: unknown) => decodeEmbeddingRequest({ model: "m", input }).request.inputs;
const say = (...list: readonly unknown[]) => chat({ messages: list });

test("a tool without its type is a function where it has one", () => {
  const tools = [{ function: { name: "now" } }];
  assert.equal(decodeChatRequest({ model: "m", messages, tools }).request.tools?.[0]?.name, "now");
  assert.throws(() => decodeChatRequest({ model: "m", messages, tools: [{ name: "now" }] }), {
    message: /Invalid value: 'nothing'/,
  });
});

test("what a client says of a call beyond its function goes along, its place in a stream does not", () => {
  const call = { index: 0, id: "c", type: "function", function: { name: "f", arguments: "{}" }, note: "x" };
  const [message] = say({ role: "assistant", content: null, tool_calls: [call] }).request.messages;
  assert.deepEqual(message?.role === "assistant" && message.toolCalls[0]?.extras, { note: "x" });
});

test("a mistake is INVALID_REQUEST with the path of the field", () => {
  const mistakes: readonly (readonly [string, unknown])[] = [
    ["body", []],
    ["body", null],
    ["model", { messages }],
    ["model", { model: "", messages }],
    ["model", { model: 4, messages }],
    ["messages", { model: "m" }],
    ["messages", { model: "m", messages: [] }],
    ["messages", { model: "m", messages: "hi" }],
    ["messages[0]", { model: "m", messages: ["hi"] }],
    ["messages[0].role", { model: "m", messages: [{ role: "bot", content: "x" }] }],
    ["messages[0].role", { model: "m", messages: [{ content: "x" }] }],
    ["messages[0].content", { model: "m", messages: [{ role: "user" }] }],
    ["messages[0].content", { model: "m", messages: [{ role: "user", content: null }] }],
    ["messages[0].content", { model: "m", messages: [{ role: "assistant", content: null }] }],
    ["messages[0].content", { model: "m", messages: [{ role: "user", content: [] }] }],
    ["messages[0].content[0].type", { model: "m", messages: [{ role: "user", content: [{ type: "x" }] }] }],
    [
      "messages[0].content[0].type",
      { model: "m", messages: [{ role: "user", content: [{ type: "constructor" }] }] },
    ],
    [
      "messages[0].content[0].text",
      { model: "m", messages: [{ role: "user", content: [{ type: "text" }] }] },
    ],
    [
      "messages[0].content[0].image_url.url",
      { model: "m", messages: [{ role: "user", content: [{ type: "image_url", image_url: {} }] }] },
    ],
    ["messages[0].tool_call_id", { model: "m", messages: [{ role: "tool", content: "x" }] }],
    [
      "messages[0].tool_calls[0].function.arguments",
      { model: "m", messages: [{ role: "assistant", tool_calls: [{ id: "a", function: { name: "f" } }] }] },
    ],
    ["n", { model: "m", messages, n: 0 }],
    ["n", { model: "m", messages, n: 129 }],
    ["n", { model: "m", messages, n: 1.5 }],
    ["temperature", { model: "m", messages, temperature: "hot" }],
    ["temperature", { model: "m", messages, temperature: 2.1 }],
    ["top_p", { model: "m", messages, top_p: -0.1 }],
    ["max_tokens", { model: "m", messages, max_tokens: 0 }],
    ["max_tokens", { model: "m", messages, max_tokens: 5, max_completion_tokens: 6 }],
    ["stop[1]", { model: "m", messages, stop: ["a", 1] }],
    ["stop", { model: "m", messages, stop: 5 }],
    ["stream", { model: "m", messages, stream: "yes" }],
    ["stream_options", { model: "m", messages, stream_options: { include_usage: true } }],
    [
      "stream_options.include_usage",
      { model: "m", messages, stream: true, stream_options: { include_usage: 1 } },
    ],
    ["logit_bias.5", { model: "m", messages, logit_bias: { 5: 101 } }],
    ["top_logprobs", { model: "m", messages, top_logprobs: 2 }],
    ["tools[0].type", { model: "m", messages, tools: [{ type: "mcp", server_url: "http://x" }] }],
    ["tools[0].function.name", { model: "m", messages, tools: [{ type: "function", function: {} }] }],
    [
      "tools[0].function.parameters",
      { model: "m", messages, tools: [{ type: "function", function: { name: "f", parameters: [] } }] },
    ],
    ["tool_choice", { model: "m", messages, tool_choice: "any" }],
    ["tool_choice.function.name", { model: "m", messages, tool_choice: { type: "function", function: {} } }],
    [
      "response_format.json_schema.name",
      { model: "m", messages, response_format: { type: "json_schema", json_schema: {} } },
    ],
    ["metadata.sensitivity", { model: "m", messages, metadata: { sensitivity: 3 } }],
    ["functions", { model: "m", messages, tools: [], functions: [] }],
  ];
  for (const [path, body] of mistakes) {
    assert.throws(
      () => decodeChatRequest(body),
      (error) => error instanceof Failure && error.code === "INVALID_REQUEST" && error.detail.path === path,
      `${path} in ${JSON.stringify(body)}`,
    );
  }
});

test("a message names the field, what was expected and what came", () => {
  assert.throws(() => chat({ n: "two" }), {
    message: "Invalid type for 'n': expected an integer, but got a string instead.",
  });
});

test("what has no neutral name goes into extras, and null is absence", () => {
  const { request } = chat({
    user: "u",
    store: true,
    top_k: 5,
    verbosity: "low",
    seed: null,
    service_tier: null,
    tool_choice: null,
  });
  assert.deepEqual(request.extras, { user: "u", store: true, top_k: 5, verbosity: "low" });
  assert.equal("seed" in request, false);
  assert.equal({}.constructor, Object);
});

test("a __proto__ in the body changes no object", () => {
  const { request } = decodeChatRequest(
    JSON.parse(
      '{"model":"m","messages":[{"role":"user","content":"x","__proto__":{"a":1}}],"__proto__":{"b":1}}',
    ),
  );
  assert.equal((request.extras as { b?: number }).b, undefined);
  assert.equal((request.messages[0] as { a?: number }).a, undefined);
});

test("declared sensitivity is taken out of the body, and a message keeps its own", () => {
  const { request, tags } = chat({
    metadata: { sensitivity: "internal+pii", ticket: "7" },
    messages: [{ ...messages[0], sensitivity: "restricted+eu" }],
  });
  assert.equal(tags.sensitivity, "internal+pii");
  assert.deepEqual(request.messages[0]?.sensitivity, { level: "restricted", labels: ["eu"] });
  assert.deepEqual(request.extras, { metadata: { ticket: "7" } });
  assert.equal(request.messages[0]?.extras, undefined);
  assert.deepEqual(chat({ metadata: { sensitivity: "public" } }).request.extras, {});
  for (const sensitivity of ["", "top", "public+", "Public", "public pii"]) {
    assert.throws(() => chat({ messages: [messages[0], { ...messages[0], sensitivity }] }), {
      code: "INVALID_REQUEST",
      detail: { path: "messages[1].sensitivity" },
    });
  }
});

test("deprecated functions become tools, and their messages find each other", () => {
  const { request, legacyFunctions } = chat({
    functions: [{ name: "f", parameters: { type: "object" } }],
    function_call: { name: "f" },
    messages: [
      ...messages,
      { role: "assistant", content: null, function_call: { name: "f", arguments: "{}" } },
      { role: "function", name: "f", content: "7" },
    ],
  });
  const [, call, result] = request.messages;
  assert.equal(legacyFunctions, true);
  assert.deepEqual(request.toolChoice, { mode: "tool", tool: "f" });
  assert.equal(request.tools?.[0]?.name, "f");
  assert.ok(call?.role === "assistant" && result?.role === "tool");
  assert.equal(call.toolCalls[0]?.id, result.toolCallId);
});

test("media come by URL or by base64, whatever way they were written", () => {
  const parts = say({
    role: "user",
    content: [
      {
        type: "image_url",
        image_url: { url: "data:image/png;base64,AAAA", detail: "high" },
        cache_control: { type: "ephemeral" },
      },
      { type: "image_url", image_url: { url: "https://x/y" } },
      { type: "input_audio", input_audio: { data: "BBBB", format: "wav" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,CCCC" } },
      { type: "file", file: { file_id: "file-1" } },
    ],
  }).request.messages[0]?.parts;
  assert.deepEqual(parts, [
    {
      type: "image",
      base64: "AAAA",
      mimeType: "image/png",
      detail: "high",
      extras: { cache_control: { type: "ephemeral" } },
    },
    { type: "image", url: "https://x/y" },
    { type: "audio", base64: "BBBB", mimeType: "audio/wav" },
    { type: "file", base64: "CCCC", mimeType: "application/pdf", name: "a.pdf" },
    { type: "file", extras: { file_id: "file-1" } },
  ]);
});

test("an assistant message comes back with its reasoning, refusal and calls, and without our own fields", () => {
  const [message] = say({
    role: "assistant",
    content: [
      { type: "text", text: "a" },
      { type: "refusal", refusal: "no" },
    ],
    reasoning_content: "hm",
    reasoning_details: [
      { type: "reasoning.text", text: "hm", signature: "s" },
      { type: "reasoning.encrypted", data: "b" },
    ],
    tool_calls: [
      {
        id: "c",
        type: "function",
        function: { name: "f", arguments: "{}" },
        extra_content: { google: { thought_signature: "t" } },
      },
    ],
    annotations: [],
    portcullis: {},
    audio: null,
  }).request.messages;
  assert.deepEqual(message, {
    role: "assistant",
    parts: [{ type: "text", text: "a" }],
    refusal: "no",
    reasoning: [
      { text: "hm", signature: "s" },
      { text: "", redacted: "b" },
    ],
    toolCalls: [{ id: "c", name: "f", arguments: "{}", signature: "t" }],
  });
});

test("embedding input is a text, tokens, or a list of either", () => {
  assert.deepEqual(inputs("a"), ["a"]);
  assert.deepEqual(inputs(["a", "b"]), ["a", "b"]);
  assert.deepEqual(inputs([1, 2]), [[1, 2]]);
  assert.deepEqual(inputs([[1], [2, 3]]), [[1], [2, 3]]);
  for (const wrong of [undefined, [], ["a", 1], [[1.5]], [[]], {}]) {
    assert.throws(() => inputs(wrong), Failure, JSON.stringify(wrong));
  }
  const { request, encodingFormat, tags } = decodeEmbeddingRequest({
    model: "m",
    input: "a",
    dimensions: 8,
    user: "u",
    encoding_format: "base64",
    metadata: { sensitivity: "internal" },
  });
  assert.deepEqual(
    [request.dimensions, request.extras, encodingFormat, tags.sensitivity],
    [8, { user: "u" }, "base64", "internal"],
  );
});
