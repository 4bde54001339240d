// What a body of `/v1/responses` says arrives in the neutral request, or is refused with its path.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../../src/core/errors.ts";
import { decodeResponsesRequest } from "../../../src/wire/responses/client-request.ts";

const decode = (body: object) => decodeResponsesRequest({ model: "m", input: "Hi", ...body }).request;
const text = (said: string) => [{ type: "text", text: said }];

test("a string and instructions become messages", () => {
  assert.deepEqual(decode({ instructions: "Be brief" }).messages, [
    { role: "system", parts: text("Be brief") },
    { role: "user", parts: text("Hi") },
  ]);
});

test("what one turn thought, said and called becomes one message, and results follow it", () => {
  const { messages } = decode({
    input: [
      { role: "developer", content: "Rules" },
      { type: "message", role: "user", content: [{ type: "input_text", text: "Weather?" }] },
      { type: "reasoning", id: "rs_1", summary: [{ type: "summary_text", text: "Look." }] },
      {
        type: "message",
        id: "msg_1",
        role: "assistant",
        status: "completed",
        content: [{ type: "output_text", text: "Looking", annotations: [], logprobs: [] }],
      },
      { type: "function_call", id: "fc_1", call_id: "a", name: "weather", arguments: "{}" },
      {
        type: "function_call",
        call_id: "b",
        name: "time",
        arguments: '{"z":1}',
        extra_content: { google: { thought_signature: "sig" } },
      },
      { type: "function_call_output", call_id: "a", output: "rain" },
      { type: "function_call_output", call_id: "b", output: [{ type: "input_text", text: "noon" }] },
      { role: "assistant", content: "Rain at noon" },
      { role: "assistant", content: [{ type: "refusal", refusal: "No more" }] },
    ],
  });
  assert.deepEqual(messages, [
    { role: "system", spelling: "developer", parts: text("Rules") },
    { role: "user", parts: text("Weather?") },
    {
      role: "assistant",
      parts: text("Looking"),
      reasoning: [{ text: "Look." }],
      toolCalls: [
        { id: "a", name: "weather", arguments: "{}" },
        { id: "b", name: "time", arguments: '{"z":1}', signature: "sig" },
      ],
    },
    { role: "tool", toolCallId: "a", parts: text("rain") },
    { role: "tool", toolCallId: "b", parts: text("noon") },
    { role: "assistant", parts: text("Rain at noon"), reasoning: [], toolCalls: [] },
    { role: "assistant", parts: [], refusal: "No more", reasoning: [], toolCalls: [] },
  ]);
});

test("images, files and sound become parts, by URL and by base64", () => {
  const content = [
    { type: "input_image", image_url: "https://a.example/x.png", detail: "low" },
    { type: "input_image", image_url: "data:image/png;base64,AAAA" },
    { type: "input_file", filename: "a.pdf", file_data: "data:application/pdf;base64,BBBB" },
    { type: "input_file", file_url: "https://a.example/b.pdf" },
    { type: "input_audio", input_audio: { data: "CCCC", format: "mp3" } },
  ];
  assert.deepEqual(decode({ input: [{ role: "user", content }] }).messages[0]?.parts, [
    { type: "image", url: "https://a.example/x.png", detail: "low" },
    { type: "image", base64: "AAAA", mimeType: "image/png" },
    { type: "file", base64: "BBBB", mimeType: "application/pdf", name: "a.pdf" },
    { type: "file", url: "https://a.example/b.pdf" },
    { type: "audio", base64: "CCCC", mimeType: "audio/mp3" },
  ]);
});

test("settings have their neutral names; what has none travels beside them", () => {
  const request = decode({
    max_output_tokens: 50,
    temperature: 0.5,
    top_p: 0.9,
    include: ["message.output_text.logprobs"],
    top_logprobs: 3,
    parallel_tool_calls: false,
    tools: [
      { type: "function", name: "f", parameters: { type: "object" }, strict: true, defer_loading: true },
    ],
    tool_choice: { type: "function", name: "f" },
    reasoning: { effort: "high", summary: "auto" },
    text: {
      verbosity: "low",
      format: { type: "json_schema", name: "s", schema: { type: "object" }, strict: true },
    },
    metadata: { sensitivity: "internal", ticket: "7" },
    service_tier: "flex",
    store: true,
    truncation: "auto",
  });
  const { messages: _messages, ...rest } = request;
  assert.deepEqual(rest, {
    action: "complete",
    model: "m",
    stream: false,
    n: 1,
    maxOutputTokens: 50,
    temperature: 0.5,
    topP: 0.9,
    logprobs: true,
    topLogprobs: 3,
    parallelToolCalls: false,
    tools: [
      { name: "f", parameters: { type: "object" }, strict: true, functionExtras: { defer_loading: true } },
    ],
    toolChoice: { mode: "tool", tool: "f" },
    reasoning: "high",
    responseFormat: { type: "schema", name: "s", schema: { type: "object" }, strict: true },
    extras: { service_tier: "flex", verbosity: "low", reasoning_summary: "auto", truncation: "auto" },
  });
});

const refused: Readonly<Record<string, readonly [object, string]>> = {
  "an answer kept elsewhere": [{ previous_response_id: "resp_1" }, "previous_response_id"],
  "a conversation": [{ conversation: "conv_1" }, "conversation"],
  "background work": [{ background: true }, "background"],
  "a kept prompt": [{ prompt: { id: "pmpt_1" } }, "prompt"],
  "a tool that nobody knows": [{ tools: [{ type: "send_everything" }] }, "tools[0].type"],
  "a tool server": [{ tools: [{ type: "mcp", server_url: "https://evil.example" }] }, "tools[0].type"],
  "a reference to an item": [{ input: [{ type: "item_reference", id: "msg_1" }] }, "input[0]"],
  "an item of an unknown kind": [{ input: [{ type: "teleport_call" }] }, "input[0].type"],
  "an image by its id": [
    { input: [{ role: "user", content: [{ type: "input_image", file_id: "file_1" }] }] },
    "input[0].content[0].file_id",
  ],
  "no input": [{ input: undefined }, "input"],
  "a schema without its name": [
    { text: { format: { type: "json_schema", schema: {} } } },
    "text.format.name",
  ],
  "a wrong number": [{ temperature: 3 }, "temperature"],
};

for (const [what, [body, path]] of Object.entries(refused)) {
  test(`${what} is refused at ${path}`, () => {
    assert.throws(
      () => decode(body),
      (error) => error instanceof Failure && error.detail.path === path && error.kind.status === 400,
    );
  });
}
