// Anthropic's own package against the running gateway, in front of Anthropic's wire and of OpenAI's.
// Only base URL and key change; what an agent needs of a turn must come back as the model said it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import Anthropic, {
  AuthenticationError,
  BadRequestError,
  NotFoundError,
  RateLimitError,
} from "@anthropic-ai/sdk";
import { answerAnthropic } from "../kit/anthropic-upstream.ts";
import { eventually } from "../kit/eventually.ts";
import { startGateway } from "../kit/gateway.ts";
import { answerError, answerOpenai, startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({
  ANTHROPIC_BASE_URL: upstream.origin,
  ANTHROPIC_API_KEY: "sk-ant-upstream",
  OLLAMA_BASE_URL: upstream.baseUrl,
  GEMINI_BASE_URL: upstream.origin,
  GEMINI_API_KEY: "gm-upstream",
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.adminKey, maxRetries: 0 });
const claude = "anthropic/claude-sonnet-4-5";
const user = { role: "user" as const, content: "What is the weather in Bern?" };
const plain = { model: claude, max_tokens: 100, messages: [user] };

const thinking = { type: "thinking", thinking: "Two places. Two calls.", signature: "c2lnbmF0dXJl" };
const redacted = { type: "redacted_thinking", data: "ZW5jcnlwdGVk" };
const calls = [
  { type: "tool_use", id: "toolu_1", name: "weather", input: { city: "Bern" } },
  { type: "tool_use", id: "toolu_2", name: "now", input: {} },
];
const turn = [thinking, redacted, { type: "text", text: "I look it up" }, ...calls];

/** Whole, by the SDK's stream helper. */
const ways = {
  whole: (body: Anthropic.MessageCreateParamsNonStreaming) => client.messages.create(body),
  streamed: (body: Anthropic.MessageCreateParamsNonStreaming) => client.messages.stream(body).finalMessage(),
};

const blocksOf = (message: Anthropic.Message): unknown[] =>
  message.content.map((block) => {
    const { citations: _none, caller: _direct, ...rest } = block as unknown as Record<string, unknown>;
    return rest;
  });

for (const [way, ask] of Object.entries(ways)) {
  test(`${way}: thoughts, text and parallel calls come as the model said them`, async () => {
    upstream.behave(answerAnthropic({ content: turn, stop_reason: "tool_use" }));
    const message = await ask({ ...plain, tools: [{ name: "now", input_schema: { type: "object" } }] });
    assert.deepEqual(blocksOf(message), turn);
    assert.equal(message.stop_reason, "tool_use");
    assert.equal(message.usage.input_tokens, 7);
    assert.equal(message.usage.output_tokens, 3);
    assert.match(message.id, /^msg_req_/);
  });

  test(`${way}: an OpenAI-shaped model answers in Anthropic's words`, async () => {
    upstream.behave(answerOpenai("Hello from upstream."));
    const message = await ask({ ...plain, model: "ollama/any" });
    assert.deepEqual(blocksOf(message), [{ type: "text", text: "Hello from upstream." }]);
    assert.equal(message.stop_reason, "end_turn");
    assert.deepEqual([message.usage.input_tokens, message.usage.output_tokens], [7, 3]);
  });
}

test("a key comes as x-api-key or as a bearer token, and no other opens anything", async () => {
  upstream.behave(answerOpenai("Hello."));
  const byToken = new Anthropic({ baseURL: gateway.url, authToken: gateway.adminKey, apiKey: null });
  const { data, response } = await byToken.messages.create({ ...plain, model: "ollama/any" }).withResponse();
  assert.equal(data.content[0]?.type, "text");
  assert.equal(response.headers.get("x-portcullis-deployment"), "ollama/any");
  assert.equal(response.headers.get("request-id"), response.headers.get("x-request-id"));
  const wrong = new Anthropic({ baseURL: gateway.url, apiKey: "pc_wrong", maxRetries: 0 });
  await assert.rejects(wrong.messages.create(plain), (error) => {
    assert.ok(error instanceof AuthenticationError);
    assert.equal(error.type, "authentication_error");
    return true;
  });
});

test("models are listed page by page, and found by their ids", async () => {
  const ids: string[] = [];
  for await (const model of client.models.list({ limit: 7 })) ids.push(model.id);
  assert.ok(ids.includes(claude) && ids.length === new Set(ids).size && ids.length > 14);
  assert.equal((await client.models.retrieve(claude)).id, claude);
  await assert.rejects(client.models.retrieve("nothing"), NotFoundError);
});

test("failures are Anthropic's error classes, with our code beside them", async () => {
  upstream.behave(
    answerError(400, { type: "error", error: { type: "invalid_request_error", message: "No." } }),
  );
  await assert.rejects(client.messages.create(plain), (error) => {
    assert.ok(error instanceof BadRequestError);
    assert.equal(error.type, "invalid_request_error");
    const body = error.error as { request_id: string; error: { portcullis: { code: string } } };
    assert.equal(body.error.portcullis.code, "INVALID_REQUEST");
    assert.equal(error.requestID, body.request_id);
    return true;
  });
  await assert.rejects(client.messages.create({ ...plain, model: "nothing" }), NotFoundError);
});

const patient = new Anthropic({ baseURL: gateway.url, apiKey: gateway.adminKey });

test("a provider that is busy for a moment is asked again, a budget that is spent is not", async () => {
  const before = upstream.seen.length;
  upstream.behave((request, response) =>
    upstream.seen.length === before + 1
      ? answerError(429, { error: { message: "Slow down." } }, { "retry-after": "1" })(request, response)
      : answerOpenai("After all.")(request, response),
  );
  const answer = await patient.messages.create({ ...plain, model: "ollama/busy" });
  assert.deepEqual(blocksOf(answer), [{ type: "text", text: "After all." }]);
  await gateway.graphql(
    `mutation { setBudget(input: { scope: "team:poor", limitUsd: "0.00000001", period: DAY }) { __typename } }`,
  );
  const apiKey = await gateway.makeKey({ team: "poor", roles: ["admin"] });
  const poor = new Anthropic({ baseURL: gateway.url, apiKey });
  await assert.rejects(poor.messages.create(plain), RateLimitError);
  const refused = (): number => gateway.logLines.filter((line) => line.includes("BUDGET_EXCEEDED")).length;
  await eventually(() => refused() > 0, 10_000);
  assert.equal(refused(), 1);
});

/** The first words, and then nothing more until the test says what happens. */
const halfAnAnswer = streamOpenai(["Some words that ", "come at once, "], { ending: "stall" });

test("a stream that breaks off midway throws, after what was said before", { timeout: 60_000 }, async () => {
  let breakOff: (() => void) | undefined;
  upstream.behave((request, response) => {
    breakOff = () => void response.socket?.destroy();
    return halfAnAnswer(request, response);
  });
  let heard = "";
  const stream = patient.messages.stream({ ...plain, model: "ollama/breaking" });
  stream.on("text", (text) => {
    heard += text;
    breakOff?.();
  });
  await assert.rejects(stream.finalMessage(), /could not be reached or broke off/);
  assert.match(heard, /^Some words/);
});

test("who stops listening frees the provider", { timeout: 60_000 }, async () => {
  upstream.behave(halfAnAnswer);
  const before = upstream.seen.length;
  const stream = patient.messages.stream({ ...plain, model: "ollama/stalling" });
  stream.on("text", () => stream.abort());
  await assert.rejects(stream.finalMessage(), /abort/i);
  await upstream.seen[before]?.closedEarly;
});
