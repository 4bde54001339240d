// Writing requests for providers of the OpenAI dialect: habits, obligations, and what is told of changes.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Destination } from "../../../src/core/dialect.ts";
import type { CompletionRequest, Message, Part } from "../../../src/core/request.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { completion, destination, userSays } from "../../kit/destinations.ts";

function encode(request: Partial<CompletionRequest>, providerId = "openai", more: Partial<Destination> = {}) {
  const encoded = openaiDialect.encodeCompletion(completion(request), destination(providerId, more));
  return { ...encoded, body: JSON.parse(encoded.body) as Record<string, unknown> };
}

test("every neutral field has its wire name", () => {
  const { body, path, unsupported, params } = encode({
    stream: true,
    n: 2,
    maxOutputTokens: 9,
    temperature: 0,
    topP: 0.5,
    stop: ["x"],
    seed: 7,
    presencePenalty: 1,
    frequencyPenalty: -1,
    logitBias: { "5": 1 },
    logprobs: true,
    topLogprobs: 3,
    tools: [{ name: "f", description: "d", parameters: { type: "object" }, strict: true }],
    toolChoice: { mode: "tool", tool: "f" },
    parallelToolCalls: false,
    responseFormat: { type: "schema", name: "s", schema: {}, strict: true },
    reasoning: "low",
  });
  assert.equal(path, "/chat/completions");
  assert.deepEqual(body, {
    model: "upstream-model",
    messages: [{ role: "user", content: "hi" }],
    stream: true,
    stream_options: { include_usage: true },
    n: 2,
    max_completion_tokens: 9,
    temperature: 0,
    top_p: 0.5,
    stop: ["x"],
    seed: 7,
    presence_penalty: 1,
    frequency_penalty: -1,
    logit_bias: { "5": 1 },
    logprobs: true,
    top_logprobs: 3,
    tools: [
      {
        type: "function",
        function: { name: "f", description: "d", parameters: { type: "object" }, strict: true },
      },
    ],
    tool_choice: { type: "function", function: { name: "f" } },
    parallel_tool_calls: false,
    response_format: { type: "json_schema", json_schema: { name: "s", schema: {}, strict: true } },
    reasoning_effort: "low",
  });
  assert.deepEqual([unsupported, params], [[], []]);
});

test("extras pass, but never in place of what we set, and never to another destination", () => {
  const extras = JSON.parse(
    `{"model":"evil","messages":[],"stream":true,"temperature":9,"user":"u","top_k":4,"base_url":"http://evil","api_base":"x",
      "extra_headers":{"a":"b"},"models":["other/model"],"fallbacks":["x"],"aws_region_name":"x","__proto__":{"a":1}}`,
  ) as Record<string, unknown>;
  const { body, params } = encode({ extras, maxOutputTokens: 5 });
  assert.deepEqual(body, {
    user: "u",
    top_k: 4,
    max_completion_tokens: 5,
    model: "upstream-model",
    messages: [{ role: "user", content: "hi" }],
  });
  assert.deepEqual(
    params.filter((change) => change.action === "passed").map((change) => change.param),
    ["top_k"],
  );
  assert.ok(params.some((change) => change.param === "base_url" && change.action === "dropped"));
});

test("obligations are applied, or refused where the provider has no way to keep them", () => {
  const extras = {
    user: "u",
    metadata: { a: "b" },
    store: true,
    provider: { zdr: false },
    safety_identifier: "s",
    verbosity: "low",
  };
  const all = ["store:false", "no-client-metadata", "zdr-routing"] as const;
  const openai = encode({ extras }, "openai", { obligations: all });
  assert.equal(openai.body["store"], false);
  assert.deepEqual(Object.keys(openai.body).sort(), ["messages", "model", "provider", "store", "verbosity"]);
  assert.deepEqual(openai.unsupported, [
    {
      param: "obligation:zdr-routing",
      path: "obligation:zdr-routing",
      droppable: false,
      from: "zdr-routing",
    },
  ]);
  const openrouter = encode({ extras }, "openrouter", { obligations: all });
  assert.deepEqual(openrouter.body["provider"], {
    zdr: true,
    data_collection: "deny",
    allow_fallbacks: false,
  });
  assert.deepEqual(
    openrouter.unsupported.map((entry) => entry.param),
    ["obligation:store:false", "store"],
  );
  assert.deepEqual(encode({}, "vllm", { obligations: ["store:false"] }).unsupported, []);
});

test("the limit on output has the name the provider knows, and no more than the model has", () => {
  const asked = { maxOutputTokens: 90, maxOutputTokensSpelling: "max_tokens" } as const;
  const openai = encode(asked, "openai", { maxOutputTokens: 50 });
  assert.equal(openai.body["max_completion_tokens"], 50);
  assert.deepEqual(openai.params, [
    { param: "max_tokens", action: "clamped", from: 90, to: 50 },
    { param: "max_tokens", action: "renamed", to: "max_completion_tokens" },
  ]);
  const ollama = encode(asked, "ollama");
  assert.equal(ollama.body["max_tokens"], 90);
  assert.deepEqual(ollama.params, []);
});

test("what a provider refuses or ignores is reported and not sent, save where it asks for nothing", () => {
  const asked = {
    n: 2,
    seed: 1,
    logitBias: { "1": 2 },
    toolChoice: { mode: "required" },
    responseFormat: { type: "schema", name: "s", schema: {}, strict: false },
  } as const;
  const names = (providerId: string) => encode(asked, providerId).unsupported.map((entry) => entry.param);
  assert.deepEqual(names("deepseek").sort(), ["logit_bias", "n", "response_format", "seed"]);
  assert.deepEqual(names("ollama").sort(), ["logit_bias", "n", "tool_choice"]);
  assert.equal("n" in encode(asked, "ollama").body, false);
  assert.deepEqual(encode({ toolChoice: { mode: "auto" }, logitBias: {} }, "ollama").unsupported, []);
  const mistral = encode({ seed: 4 }, "mistral");
  assert.deepEqual([mistral.body["random_seed"], mistral.body["seed"]], [4, undefined]);
  assert.equal(encode({ stream: true }, "mistral").body["stream_options"], undefined);
});

test("a known model's missing abilities are reported; an unknown model is asked anyway", () => {
  const request = { tools: [{ name: "f", parameters: {} }], reasoning: "low" } as const;
  assert.deepEqual(
    encode(request, "openai", { capabilities: ["VISION"] }).unsupported.map((entry) => entry.param),
    ["tools", "reasoning_effort"],
  );
  assert.deepEqual(encode(request).unsupported, []);
  const quiet = encode({ reasoning: "low" }, "openrouter", { capabilities: ["TOOLS"] });
  assert.deepEqual(
    [quiet.unsupported[0]?.param, quiet.body["reasoning"], quiet.params],
    ["reasoning_effort", undefined, []],
  );
  assert.deepEqual(encode({ reasoning: "high" }, "openrouter").body["reasoning"], { effort: "high" });
  assert.deepEqual(encode({ reasoning: "none" }, "qwen").body["enable_thinking"], false);
});

test("sound in the answer is refused where nobody can speak, not turned into text", () => {
  const extras = { modalities: ["text", "audio"], audio: { voice: "v", format: "wav" } };
  assert.deepEqual(encode({ extras }).body["audio"], extras.audio);
  const { unsupported } = encode({ extras }, "groq");
  assert.deepEqual(
    unsupported.map((entry) => [entry.param, entry.droppable]),
    [
      ["modalities", false],
      ["audio", false],
    ],
  );
});

test("media parts are written as each provider reads them, or refused by path", () => {
  const parts: readonly Part[] = [
    { type: "text", text: "see" },
    { type: "image", base64: "iVBORw0KGgoAAA" },
    { type: "image", url: "https://x/y.png", detail: "low" },
    { type: "audio", base64: "QQ", mimeType: "audio/mpeg" },
    { type: "file", base64: "JVBERi0", mimeType: "application/pdf", name: "a.pdf" },
    { type: "video", url: "https://x/y.mp4" },
  ];
  const messages: readonly Message[] = [userSays("hi"), { role: "user", parts }];
  const openai = encode({ messages });
  assert.deepEqual((openai.body["messages"] as { content: unknown }[])[1]?.content, [
    { type: "text", text: "see" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgoAAA" } },
    { type: "image_url", image_url: { url: "https://x/y.png", detail: "low" } },
    { type: "input_audio", input_audio: { data: "QQ", format: "mp3" } },
    { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,JVBERi0" } },
  ]);
  assert.deepEqual(
    openai.unsupported.map((entry) => [entry.path, entry.droppable]),
    [["messages[1].parts[5]", false]],
  );
  assert.deepEqual(encode({ messages }, "qwen").unsupported, []);
  assert.deepEqual(
    encode({ messages }, "ollama").unsupported.map((entry) => entry.path),
    ["messages[1].parts[2]", "messages[1].parts[5]"],
  );
  assert.deepEqual(encode({ messages }, "openai", { capabilities: ["TOOLS"] }).unsupported.length, 4);
});

test("roles, reasoning and call ids follow the provider", () => {
  const messages: readonly Message[] = [
    { role: "system", spelling: "developer", parts: [{ type: "text", text: "be" }] },
    {
      role: "assistant",
      parts: [],
      toolCalls: [{ id: "toolu_123", name: "f", arguments: "{}" }],
      reasoning: [{ text: "hm", signature: "sig" }],
    },
    { role: "tool", toolCallId: "toolu_123", parts: [{ type: "text", text: "ok" }] },
  ];
  const sent = (providerId: string) =>
    encode({ messages }, providerId).body["messages"] as Record<string, unknown>[];
  assert.equal(sent("openai")[0]?.["role"], "developer");
  assert.equal(sent("groq")[0]?.["role"], "system");
  assert.equal(sent("openai")[1]?.["content"], null);
  assert.equal(sent("deepseek")[1]?.["reasoning_content"], "hm");
  assert.deepEqual(sent("openrouter")[1]?.["reasoning_details"], [
    { type: "reasoning.text", text: "hm", signature: "sig", index: 0 },
  ]);
  assert.deepEqual(encode({ messages }).params, [{ param: "messages[1].reasoning", action: "dropped" }]);
  const [, assistant, tool] = sent("mistral") as [
    unknown,
    { tool_calls: { id: string }[] },
    { tool_call_id: string },
  ];
  assert.match(tool.tool_call_id, /^[a-zA-Z0-9]{9}$/);
  assert.equal(assistant.tool_calls[0]?.id, tool.tool_call_id);
});
