// `/v1/responses` of a real gateway, as the official packages use it: helpers, turns, failures, refusals.
// The providers' machines alone are stand-ins, and speak their own wires.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { startGateway } from "../kit/gateway.ts";
import { answerError, answerOpenai, type Behaviour, startUpstream, streamOpenai } from "../kit/upstream.ts";

const openai = await startUpstream();
const anthropic = await startUpstream();
const responses = await startUpstream();
const gateway = await startGateway({
  OPENAI_BASE_URL: responses.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  VLLM_BASE_URL: openai.baseUrl,
  ANTHROPIC_BASE_URL: anthropic.origin,
  ANTHROPIC_API_KEY: "sk-upstream",
});
after(() => Promise.all([gateway.close(), openai.close(), anthropic.close(), responses.close()]));

/** Long enough for some of it to be cleared before the end is seen. */
const spoken = "One two three. ".repeat(40);
const breakingOff: Behaviour = (_, response) => {
  const chunk = { id: "u", object: "chat.completion.chunk", created: 1, model: "m" };
  const choices = [{ index: 0, delta: { content: spoken }, finish_reason: null }];
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(`data: ${JSON.stringify({ ...chunk, choices })}\n\n`);
  response.end('data: {"error":{"message":"out of memory","code":500}}\n\n');
};

const options = { baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 };
const client = new OpenAI(options);
const clients = { "openai 7": client, "openai 4": new OldOpenAI(options) as unknown as OpenAI };

for (const [version, old] of Object.entries(clients)) {
  test(`${version}: a parsed answer keeps to the schema that was asked for`, async () => {
    openai.behave(answerOpenai('{"city":"Bern"}'));
    const format = { type: "json_schema" as const, name: "place", strict: true, schema: { type: "object" } };
    const answer = await old.responses.parse({ model: "vllm/m", input: "Where?", text: { format } });
    assert.deepEqual(answer.output_parsed, { city: "Bern" });
    assert.equal(answer.output_text, '{"city":"Bern"}');
    assert.deepEqual(openai.seen.at(-1)?.body["response_format"], {
      type: "json_schema",
      json_schema: { name: "place", schema: { type: "object" }, strict: true },
    });
  });

  test(`${version}: a stream that fails after text is an error to whoever reads it`, async () => {
    openai.behave(breakingOff);
    let said = "";
    const reading = (async () => {
      const stream = await old.responses.create({ model: "vllm/m", input: "Hi", stream: true });
      for await (const event of stream) if (event.type === "response.output_text.delta") said += event.delta;
    })();
    await assert.rejects(reading, (error) => (error as { code?: unknown }).code === "upstream_failed");
    assert.ok(said !== "" && spoken.startsWith(said));
  });

  test(`${version}: a failure before any text has its status`, async () => {
    openai.behave(answerError(400, { error: { message: "too hot", param: "temperature" } }));
    await assert.rejects(
      old.responses.create({ model: "vllm/m", input: "Hi", stream: true }),
      (error) => (error as { status?: unknown }).status === 400,
    );
  });
}

test("the stream's own helper parses what it gathered", async () => {
  openai.behave(streamOpenai(['{"city":', '"Bern"}']));
  const format = { type: "json_schema" as const, name: "place", strict: true, schema: { type: "object" } };
  const stream = client.responses.stream({ model: "vllm/m", input: "Where?", text: { format } });
  assert.deepEqual((await stream.finalResponse()).output_parsed, { city: "Bern" });
});

test("a failed stream ends with `error` and `response.failed`, and nothing after them", async () => {
  openai.behave(breakingOff);
  const answer = await gateway.post("/v1/responses", { model: "vllm/m", input: "Hi", stream: true });
  const events = (await answer.text()).trim().split("\n\n").slice(-2);
  const [error, failed] = events.map((one) => JSON.parse(one.slice(one.indexOf("data: ") + 6)) as Event);
  assert.deepEqual([error?.type, failed?.type], ["error", "response.failed"]);
  assert.equal(error?.code, "upstream_failed");
  assert.equal(failed?.response?.status, "failed");
  assert.equal(failed?.response?.error?.code, "server_error");
});

interface Event {
  readonly type: string;
  readonly code?: string;
  readonly response?: OpenAI.Responses.Response;
}

test("what a model thought, sealed or encrypted, comes back to it unchanged with the next turn", async () => {
  const thinking = { type: "thinking", thinking: "Rain?", signature: "c2ln" };
  const redacted = { type: "redacted_thinking", data: "ZW5j" };
  const called = { type: "tool_use", id: "toolu_1", name: "weather", input: { place: "Bern" } };
  anthropic.behave((_, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude",
        content: [thinking, redacted, called],
        stop_reason: "tool_use",
        usage: { input_tokens: 1, output_tokens: 2 },
      }),
    );
  });
  const tools = [
    { type: "function" as const, name: "weather", parameters: { type: "object" }, strict: false },
  ];
  const ask = { model: "anthropic/claude-sonnet-4-5", tools, reasoning: { effort: "high" as const } };
  const first = await client.responses.create({ ...ask, input: "Weather?" });
  assert.equal((first as { store?: boolean }).store, false);
  const call = first.output.find((item) => item.type === "function_call");
  const output = { type: "function_call_output" as const, call_id: call?.call_id ?? "", output: "rain" };
  await client.responses.create({
    ...ask,
    input: [
      { role: "user", content: "Weather?" },
      ...(first.output as OpenAI.Responses.ResponseInputItem[]),
      output,
    ],
  });
  const messages = anthropic.seen.at(-1)?.body["messages"] as { role: string; content: unknown }[];
  assert.deepEqual(messages[1]?.content, [thinking, redacted, called]);
});

test("what OpenAI encrypted goes to the client and back as it is", async () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "Z2VoZWlt" };
  const message = {
    type: "message",
    id: "msg_1",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text: "Rain.", annotations: [], logprobs: [] }],
  };
  responses.behave((request, response) => {
    assert.equal(request.path, "/v1/responses");
    assert.equal(request.body["store"], false);
    const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(
      JSON.stringify({
        id: "resp_1",
        object: "response",
        status: "completed",
        model: "gpt-5-pro",
        output: [thought, message],
        usage,
      }),
    );
  });
  const ask = { model: "gpt-5-pro", include: ["reasoning.encrypted_content" as const] };
  const headers = { "x-data-sensitivity": "public" };
  const first = await client.responses.create({ ...ask, input: "Weather?" }, { headers });
  const [item] = first.output;
  assert.equal(item?.type === "reasoning" && item.encrypted_content, thought.encrypted_content);
  const input = [
    ...(first.output as OpenAI.Responses.ResponseInputItem[]),
    { role: "user" as const, content: "Sure?" },
  ];
  await client.responses.create({ ...ask, input }, { headers });
  const sent = responses.seen.at(-1)?.body["input"] as { type?: string; encrypted_content?: string }[];
  assert.equal(sent.find(({ type }) => type === "reasoning")?.encrypted_content, thought.encrypted_content);
});

test("the answer repeats the request, and says what it cost where it was streamed", async () => {
  const body = {
    model: "demo/echo",
    input: "Hi",
    instructions: "Be brief",
    metadata: { ticket: "7" },
    temperature: 0.5,
  };
  const whole = await client.responses.create(body);
  assert.deepEqual(
    [whole.instructions, whole.metadata, whole.temperature],
    ["Be brief", { ticket: "7" }, 0.5],
  );
  assert.equal(whole.status, "completed");
  const streamed = await client.responses.stream(body).finalResponse();
  assert.equal(streamed.output_text, whole.output_text);
  assert.match(JSON.stringify(streamed), /"portcullis":\{"receipt":"req_/);
});

test("what would need an answer kept here is refused with what to do instead", async () => {
  const asked = client.responses.create({ model: "demo/echo", input: "Hi", previous_response_id: "resp_1" });
  await assert.rejects(asked, (error) => {
    const { status, param, code } = error as { status?: unknown; param?: unknown; code?: unknown };
    return status === 400 && param === "previous_response_id" && code === "unsupported_parameter";
  });
});

test("output that must not leave ends as incomplete, and says why", async () => {
  const answer = await client.responses.create({ model: "demo/unsafe", input: "Hi" });
  assert.equal(answer.status, "incomplete");
  assert.equal(answer.incomplete_details?.reason, "content_filter");
  assert.match(JSON.stringify(answer), /"categories":\["secret/);
});
