// A coding agent on Anthropic's package keeps its habits whichever model answers: a long system prompt with cache marks,
// many tools, parallel calls, results that fail or show a picture, and thoughts that go back as they came.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { answerAnthropic } from "../kit/anthropic-upstream.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerOpenai, type Behaviour, startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({
  ANTHROPIC_BASE_URL: upstream.origin,
  ANTHROPIC_API_KEY: "sk-ant-upstream",
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  DEEPSEEK_BASE_URL: upstream.baseUrl,
  DEEPSEEK_API_KEY: "sk-upstream",
  GEMINI_BASE_URL: upstream.origin,
  GEMINI_API_KEY: "gm-upstream",
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.adminKey, maxRetries: 0 });
const ephemeral = { type: "ephemeral" as const };
const names = Array.from({ length: 20 }, (_, index) => `tool_${index}`);
const image = { type: "base64" as const, media_type: "image/png" as const, data: "iVBORw0KGgo=" };

const setting = {
  max_tokens: 12_000,
  system: [
    { type: "text" as const, text: "You are a careful agent. ".repeat(400) },
    { type: "text" as const, text: "The folder is /work.", cache_control: ephemeral },
  ],
  tools: names.map((name, index) => ({
    name,
    description: `Does thing ${index}.`,
    input_schema: { type: "object" as const, properties: { path: { type: "string" } } },
    ...(index === names.length - 1 ? { cache_control: ephemeral } : {}),
  })),
  thinking: { type: "enabled" as const, budget_tokens: 10_000 },
  metadata: { user_id: "user_1_session_2" },
};
const question: Anthropic.MessageParam = { role: "user", content: "Fix the test." };

/** One turn of the agent: the streamed answer, sent back unchanged, with the results of its calls. */
async function twoTurns(model: string, first: Behaviour, second: Behaviour) {
  upstream.behave(first);
  const said = await client.messages.stream({ ...setting, model, messages: [question] }).finalMessage();
  const calls = said.content.filter((block) => block.type === "tool_use");
  upstream.behave(second);
  const results: Anthropic.ToolResultBlockParam[] = calls.map(({ id }, index) => ({
    type: "tool_result",
    tool_use_id: id,
    ...(index === 0
      ? {
          content: [
            { type: "text", text: "a picture" },
            { type: "image", source: image },
          ],
        }
      : { content: [{ type: "text", text: "no such file" }], is_error: true, cache_control: ephemeral }),
  }));
  const answer = await client.messages.create({
    ...setting,
    model,
    messages: [question, { role: "assistant", content: said.content }, { role: "user", content: results }],
  });
  return {
    said,
    calls,
    results,
    answer,
    body: upstream.seen.at(-1)?.body ?? assert.fail("nobody was asked"),
  };
}

const thought = { type: "thinking", thinking: "I read two files.", signature: "c2lnbmVk" };
const reads = [
  { type: "tool_use", id: "toolu_1", name: "tool_1", input: { path: "a.png" } },
  { type: "tool_use", id: "toolu_2", name: "tool_2", input: {} },
];

test("Claude gets its own turn back, block by block, with every mark where the agent put it", async () => {
  const later = { type: "thinking", thinking: "And then?", signature: "bGF0ZXI=" };
  const turn = [thought, { type: "text", text: "Reading" }, later, ...reads];
  const { body, results, answer } = await twoTurns(
    "anthropic/claude-sonnet-4-5",
    answerAnthropic({ content: turn, stop_reason: "tool_use" }),
    answerAnthropic({ content: [{ type: "text", text: "Done." }] }),
  );
  const { messages, system, tools, thinking, metadata } = body as unknown as Anthropic.MessageCreateParams;
  assert.deepEqual(system, setting.system);
  assert.deepEqual(tools, setting.tools);
  assert.deepEqual(thinking, setting.thinking);
  assert.deepEqual(metadata, setting.metadata);
  const sent = messages[1]?.content as unknown as readonly Record<string, unknown>[];
  assert.deepEqual(
    sent.map(({ caller: _direct, ...block }) => block),
    turn,
  );
  assert.deepEqual(messages[2]?.content, results);
  assert.equal(answer.content[0]?.type === "text" && answer.content[0].text, "Done.");
});

const functionCall = (name: string, path?: string) => ({
  functionCall: { name, args: path === undefined ? {} : { path } },
});
const geminiSays =
  (parts: readonly object[]): Behaviour =>
  (request, response) => {
    const body = {
      candidates: [{ index: 0, content: { role: "model", parts }, finishReason: "STOP" }],
      usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, thoughtsTokenCount: 2 },
      modelVersion: "gemini-3-pro-preview",
      responseId: "r1",
    };
    const streamed = request.path.includes("streamGenerateContent");
    response.writeHead(200, { "content-type": streamed ? "text/event-stream" : "application/json" });
    response.end(streamed ? `data: ${JSON.stringify(body)}\n\n` : JSON.stringify(body));
  };

test("Gemini gets its thought signatures back, though the agent's wire has no place for them", async () => {
  const { body, said, answer } = await twoTurns(
    "gemini/gemini-3-pro-preview",
    geminiSays([
      { text: "I read two files.", thought: true },
      { ...functionCall("tool_1", "a.png"), thoughtSignature: "R2VtaW5p" },
      functionCall("tool_2"),
    ]),
    geminiSays([{ text: "Done." }]),
  );
  assert.equal(said.stop_reason, "tool_use");
  const { contents, systemInstruction } = body as unknown as {
    contents: { role: string; parts: Record<string, unknown>[] }[];
    systemInstruction: { parts: { text: string }[] };
  };
  assert.equal(systemInstruction.parts.length, 2);
  assert.deepEqual(contents[1]?.parts.slice(-2), [
    { ...functionCall("tool_1", "a.png"), thoughtSignature: "R2VtaW5p" },
    functionCall("tool_2"),
  ]);
  const results = contents[2]?.parts ?? [];
  const [shown, failed] = results.map((part) => part["functionResponse"] as Record<string, unknown>);
  assert.deepEqual(shown?.["parts"], [{ inlineData: { mimeType: "image/png", data: image.data } }]);
  assert.deepEqual(failed?.["response"], { error: "no such file" });
  assert.equal(answer.usage.output_tokens, 6);
});

test("an agent may change models in the middle of a loop: nobody is sent another's proof", async () => {
  upstream.behave(
    geminiSays([{ text: "Hm.", thought: true, thoughtSignature: "R2VtaW5p" }, functionCall("tool_1", "a")]),
  );
  const ask = { ...setting, messages: [question] };
  const said = await client.messages.create({ ...ask, model: "gemini/gemini-3-pro-preview" });
  const [call] = said.content.filter((block) => block.type === "tool_use");
  const result = { type: "tool_result" as const, tool_use_id: call?.id ?? "", content: "done" };
  upstream.behave(answerAnthropic({ content: [{ type: "text", text: "Done." }] }));
  const messages: Anthropic.MessageParam[] = [
    question,
    { role: "assistant", content: said.content },
    { role: "user", content: [result] },
  ];
  const model = "anthropic/claude-sonnet-4-5";
  const { response } = await client.messages.create({ ...ask, model, messages }).withResponse();
  const body = upstream.seen.at(-1)?.body ?? assert.fail();
  assert.doesNotMatch(JSON.stringify(body), /R2VtaW5p|portcullis/);
  // Claude wants a thought of its own before the call that it goes on from.
  assert.equal(body["thinking"], undefined);
  assert.match(response.headers.get("x-portcullis-params") ?? "", /thinking=dropped/);
});

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "m", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const openaiSays =
  (...chunks: readonly string[]): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${chunks.join("")}data: [DONE]\n\n`);
  };
const call = (index: number, id: string, name: string, text: string) => ({
  tool_calls: [{ index, id, type: "function", function: { name, arguments: text } }],
});

test("DeepSeek gets its reasoning and its calls back, and nothing that only Claude knows", async () => {
  upstream.behave(
    openaiSays(
      chunk({ reasoning_content: "I read two files." }),
      chunk({ content: "Reading" }),
      chunk(call(0, "call_1", "tool_1", '{"path":')),
      chunk(call(1, "call_2", "tool_2", "")),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '"a.txt"}' } }] }),
      chunk({}, "tool_calls"),
    ),
  );
  const model = "deepseek/deepseek-reasoner";
  const said = await client.messages.stream({ ...setting, model, messages: [question] }).finalMessage();
  assert.deepEqual(
    said.content.map((block) => (block.type === "tool_use" ? [block.id, block.input] : block.type)),
    ["thinking", "text", ["call_1", { path: "a.txt" }], ["call_2", {}]],
  );
  upstream.behave(answerOpenai("Done."));
  const results = ["call_1", "call_2"].map((id) => ({
    type: "tool_result" as const,
    tool_use_id: id,
    content: "done",
    cache_control: ephemeral,
  }));
  const { response } = await client.messages
    .create({
      ...setting,
      model,
      messages: [question, { role: "assistant", content: said.content }, { role: "user", content: results }],
    })
    .withResponse();
  const body = upstream.seen.at(-1)?.body ?? assert.fail();
  assert.doesNotMatch(JSON.stringify(body), /cache_control|budget_tokens|user_id|"caller"/);
  const [, , assistant, ...toolMessages] = body["messages"] as Record<string, unknown>[];
  assert.equal(assistant?.["reasoning_content"], "I read two files.");
  assert.deepEqual(
    toolMessages.map((message) => message["tool_call_id"]),
    ["call_1", "call_2"],
  );
  assert.match(response.headers.get("x-portcullis-params") ?? "", /cache_control=dropped/);
});

test("a picture that a tool gave follows the results where the wire has no place for it in them", async () => {
  const { body } = await twoTurns(
    "openai/gpt-4o",
    openaiSays(
      chunk(call(0, "call_1", "tool_1", "{}")),
      chunk(call(1, "call_2", "tool_2", "{}")),
      chunk({}, "tool_calls"),
    ),
    answerOpenai("Done."),
  );
  const messages = (body["messages"] as Record<string, unknown>[]).slice(3);
  assert.deepEqual(
    messages.map((message) => message["role"]),
    ["tool", "tool", "user"],
  );
  assert.deepEqual(messages[0]?.["content"], "a picture");
  assert.match(JSON.stringify(messages[2]), /"image_url":\{"url":"data:image\/png;base64,iVBORw0KGgo="/);
});

test("tokens are counted where somebody counts, else estimated, and the header says which", async () => {
  const messages = [question];
  upstream.behave((_request, response) => void response.end('{"input_tokens": 4711}'));
  const claude = { model: "anthropic/claude-sonnet-4-5", messages, system: "Be brief." };
  const counted = await client.messages.countTokens(claude).withResponse();
  assert.equal(counted.data.input_tokens, 4711);
  assert.equal(counted.response.headers.get("x-portcullis-estimated"), "false");
  const asked = upstream.seen.at(-1) ?? assert.fail();
  assert.equal(asked.path, "/v1/messages/count_tokens");
  assert.deepEqual(Object.keys(asked.body).sort(), ["messages", "model", "system"]);

  const seen = upstream.seen.length;
  const estimated = await client.messages
    .countTokens({ model: "deepseek/deepseek-chat", messages })
    .withResponse();
  assert.equal(estimated.response.headers.get("x-portcullis-estimated"), "true");
  assert.ok(estimated.data.input_tokens > 0);
  assert.equal(upstream.seen.length, seen, "an estimate sends nothing");

  upstream.behave((_request, response) => void response.writeHead(404).end("{}"));
  const none = await client.messages.countTokens(claude).withResponse();
  assert.equal(none.response.headers.get("x-portcullis-estimated"), "true");
});
