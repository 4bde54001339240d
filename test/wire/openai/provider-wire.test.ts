// What single providers of the OpenAI dialect write and want their own way: one fact of their documentation a test.
// The habits and parameters themselves are tables; here is what follows from them on the wire.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault, type Destination } from "../../../src/core/dialect.ts";
import type { CompletionRequest, Message } from "../../../src/core/request.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { completion, destination, userSays } from "../../kit/destinations.ts";

function encode(request: Partial<CompletionRequest>, providerId: string, more: Partial<Destination> = {}) {
  const encoded = openaiDialect.encodeCompletion(completion(request), destination(providerId, more));
  return { ...encoded, body: JSON.parse(encoded.body) as Record<string, unknown> };
}

const answer = (message: object, more: object = {}) =>
  openaiDialect.decodeCompletion({
    choices: [{ index: 0, message, finish_reason: "stop", ...more }],
    ...more,
  });

test("Mistral is asked for a tool by its own word and gets reasoning back as a content part", () => {
  const tools = [{ name: "f", parameters: {} }];
  const { body, params } = encode({ tools, toolChoice: { mode: "required" } }, "mistral");
  assert.equal(body["tool_choice"], "any");
  assert.deepEqual(params, [{ param: "tool_choice", action: "mapped", from: "required", to: "any" }]);
  const forced = encode({ tools, toolChoice: { mode: "tool", tool: "f" } }, "mistral");
  assert.deepEqual(forced.body["tool_choice"], { type: "function", function: { name: "f" } });

  const messages: readonly Message[] = [
    { ...userSays("hi"), name: "Ann" },
    {
      role: "assistant",
      parts: [{ type: "text", text: "4" }],
      toolCalls: [],
      reasoning: [{ text: "2+2" }],
    },
  ];
  const sent = encode({ messages }, "mistral");
  const [first, second] = sent.body["messages"] as Record<string, unknown>[];
  assert.equal(first?.["name"], undefined);
  assert.deepEqual(second?.["content"], [
    { type: "thinking", thinking: [{ type: "text", text: "2+2" }] },
    { type: "text", text: "4" },
  ]);
  assert.deepEqual(sent.params, [{ param: "messages[0].name", action: "dropped" }]);
  const plain = encode({ messages }, "mistral", { capabilities: ["TOOLS"] });
  assert.ok(plain.params.some(({ param }) => param === "messages[1].reasoning"));
});

test("DeepSeek and Qwen think by a switch of their own, which a caller may also set itself", () => {
  const deepseek = encode({ reasoning: "medium" }, "deepseek");
  assert.deepEqual(deepseek.body["thinking"], { type: "enabled" });
  assert.equal(deepseek.body["reasoning_effort"], "high");
  const [change] = deepseek.params;
  assert.deepEqual([change?.action, change?.from], ["mapped", "medium"]);
  assert.equal(encode({ reasoning: "none" }, "qwen").body["enable_thinking"], false);
  const own = encode({ reasoning: "high", extras: { enable_thinking: false } }, "qwen");
  assert.equal(own.body["enable_thinking"], false);
  assert.ok(own.params.some(({ param, action }) => param === "reasoning_effort" && action === "dropped"));
});

test("a model that thinks takes no sampling; one that need not takes it once it does not think", () => {
  const at = (upstreamModel: string, request: Partial<CompletionRequest>) =>
    encode({ temperature: 0.5, ...request }, "openai", { upstreamModel }).unsupported.map(
      ({ param }) => param,
    );
  assert.deepEqual(at("o3", {}), ["temperature"]);
  assert.deepEqual(at("gpt-5-mini", {}), ["temperature"]);
  assert.deepEqual(at("gpt-5.2", {}), []);
  assert.deepEqual(at("gpt-5.2", { reasoning: "high" }), ["temperature"]);
  assert.deepEqual(at("gpt-5.2-chat-latest", {}), []);
  assert.deepEqual(at("gpt-4.1", {}), []);
  assert.deepEqual(at("o3", { temperature: 1 }), []);
  const relayed = encode({ temperature: 0.5 }, "openrouter", { upstreamModel: "openai/o3" });
  assert.deepEqual(relayed.unsupported.length, 1);
});

test("an effort that a model lacks becomes the nearest that it has, and is told", () => {
  const at = (providerId: string, upstreamModel: string, reasoning: CompletionRequest["reasoning"]) => {
    const { body, params } = encode({ reasoning }, providerId, { upstreamModel });
    return [body["reasoning_effort"] ?? body["reasoning"], params.length];
  };
  assert.deepEqual(at("openai", "gpt-5", "xhigh"), ["high", 1]);
  assert.deepEqual(at("openai", "gpt-5", "none"), ["minimal", 1]);
  assert.deepEqual(at("openai", "gpt-5.1", "minimal"), ["low", 1]);
  assert.deepEqual(at("openai", "gpt-5.1", "none"), ["none", 0]);
  assert.deepEqual(at("openai", "o3", "low"), ["low", 0]);
  assert.deepEqual(at("openrouter", "openai/gpt-5.1", "minimal"), [{ effort: "low" }, 1]);
  assert.deepEqual(at("groq", "qwen/qwen3-32b", "low"), ["default", 1]);
  assert.equal(encode({}, "groq", { upstreamModel: "qwen/qwen3-32b" }).body["reasoning_format"], "parsed");
});

test("OpenRouter must not ignore what changes the answer, and says what it charged", () => {
  const { body } = encode({ seed: 4, extras: { provider: { sort: "price", order: ["x"] } } }, "openrouter");
  assert.deepEqual(body["provider"], { sort: "price", require_parameters: true });
  assert.equal(encode({ temperature: 0 }, "openrouter").body["provider"], undefined);
  assert.equal(encode({ seed: 4 }, "openrouter", { mayDrop: true }).body["provider"], undefined);
  const obliged = encode({ seed: 4 }, "openrouter", { obligations: ["zdr-routing"] });
  assert.deepEqual(obliged.body["provider"], {
    require_parameters: true,
    zdr: true,
    data_collection: "deny",
    allow_fallbacks: false,
  });
  const events = answer(
    { content: "x" },
    { usage: { prompt_tokens: 1, completion_tokens: 2, cost: 0.0004 } },
  );
  const usage = events.find((event) => event.type === "usage");
  assert.equal(usage?.type === "usage" && usage.usage.chargedUsd, 0.0004);
});

test("Groq's usage and its giving up stand beside the choices", () => {
  const stream = openaiDialect.decodeStream();
  const push = (data: object) => stream.push({ event: undefined, data: JSON.stringify(data) });
  push({ choices: [{ index: 0, delta: { content: "Hi", reasoning: "hm" } }] });
  const events = push({ choices: [], x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } } });
  assert.deepEqual(
    events.map((event) => event.type === "usage" && event.usage.output),
    [4],
  );
  assert.throws(
    () => push({ choices: [], x_groq: { error: "over capacity, please try again" } }),
    (error) => error instanceof WireFault && error.message.includes("over capacity"),
  );
});

test("logprobs in the older form are read too", () => {
  const logprobs = { tokens: ["H", "i"], token_logprobs: [-0.1, -0.2] };
  const [text] = answer({ content: "Hi" }, { logprobs }).filter((event) => event.type === "text-delta");
  assert.deepEqual(text?.type === "text-delta" && text.logprobs, [
    { token: "H", logprob: -0.1 },
    { token: "i", logprob: -0.2 },
  ]);
});

test("a policy that forbids storing says so over a caller who asks for it", () => {
  const { body, params } = encode({ extras: { store: true } }, "openai", { obligations: ["store:false"] });
  assert.equal(body["store"], false);
  assert.deepEqual(params, [{ param: "store", action: "mapped", from: true, to: false }]);
});
