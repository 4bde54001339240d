// Tools whose input is any text pass through both of OpenAI's wires and either upstream, whole and streamed, with their
// results; a provider that has none refuses them by their place.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, test } from "node:test";
import OpenAI from "openai";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import { answerOpenai, type Behaviour, startUpstream } from "../kit/upstream.ts";

const [openai, other] = await Promise.all([startUpstream(), startUpstream()]);
const gateway = await startGateway({
  OPENAI_BASE_URL: openai.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  ANTHROPIC_BASE_URL: other.origin,
  ANTHROPIC_API_KEY: "sk-upstream",
  VLLM_BASE_URL: other.baseUrl,
});
after(() => Promise.all([gateway.close(), openai.close(), other.close()]));
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 });

const grammar = { syntax: "regex" as const, definition: "SELECT .+" };
const flatTool = {
  type: "custom" as const,
  name: "write_sql",
  description: "Writes SQL.",
  format: { type: "grammar" as const, ...grammar },
};
const nestedTool = {
  type: "custom" as const,
  custom: { name: "write_sql", description: "Writes SQL.", format: { type: "grammar" as const, grammar } },
};
const sql = 'SELECT "name"\nFROM users -- {not [json';
const pieces = [sql.slice(0, 9), sql.slice(9, 20), sql.slice(20)];
const usage = { input_tokens: 5, output_tokens: 4, total_tokens: 9 };
const call = { type: "custom_tool_call", id: "ctc_1", call_id: "call_1", name: "write_sql" };

const sendJson = (response: ServerResponse, body: unknown): void => {
  response.setHeader("content-type", "application/json").end(JSON.stringify(body));
};

/** As `/v1/responses` of OpenAI answers. */
const answerResponses: Behaviour = ({ body }, response) => {
  const whole = {
    id: "resp_1",
    object: "response",
    status: "completed",
    model: "gpt-5-pro",
    output: [{ ...call, input: sql, status: "completed" }],
    usage,
  };
  if (body["stream"] !== true) {
    sendJson(response, whole);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (event: object): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  send({ type: "response.created", response: { ...whole, status: "in_progress", output: [] } });
  send({ type: "response.output_item.added", output_index: 0, item: { ...call, input: "" } });
  for (const delta of pieces)
    send({ type: "response.custom_tool_call_input.delta", item_id: "ctc_1", output_index: 0, delta });
  send({ type: "response.output_item.done", output_index: 0, item: { ...call, input: sql } });
  send({ type: "response.completed", response: whole });
  response.end();
};

/** As `/v1/chat/completions` of OpenAI answers. */
const answerChat: Behaviour = ({ body }, response) => {
  const head = { id: "chatcmpl-1", created: 1, model: "gpt-5" };
  const custom = { id: "call_1", type: "custom", custom: { name: "write_sql", input: sql } };
  const counted = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };
  if (body["stream"] !== true) {
    const message = { role: "assistant", content: null, tool_calls: [custom] };
    const choices = [{ index: 0, message, finish_reason: "tool_calls" }];
    const whole = { ...head, object: "chat.completion", choices, usage: counted };
    sendJson(response, whole);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (delta: object, finish: string | null = null): void => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices })}\n\n`);
  };
  send({
    tool_calls: [{ index: 0, id: "call_1", type: "custom", custom: { name: "write_sql", input: "" } }],
  });
  for (const input of pieces) send({ tool_calls: [{ index: 0, custom: { input } }] });
  send({}, "tool_calls");
  response.end(
    `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", choices: [], usage: counted })}\n\ndata: [DONE]\n\n`,
  );
};

const upstreams: Readonly<Record<string, readonly [model: string, answer: Behaviour, sent: unknown]>> = {
  "the chat wire": ["openai/gpt-5", answerChat, nestedTool],
  "the responses wire": ["openai/gpt-5-pro", answerResponses, flatTool],
};

for (const [wire, [model, behaviour, sent]] of Object.entries(upstreams)) {
  test(`over ${wire} a custom tool of /v1/responses is called, whole and streamed alike`, async () => {
    openai.behave(behaviour);
    const ask = {
      model,
      input: "Names?",
      tools: [flatTool],
      tool_choice: { type: "custom", name: "write_sql" } as const,
    };
    const whole = await client.responses.create(ask);
    const [called] = whole.output;
    assert.ok(called?.type === "custom_tool_call");
    assert.deepEqual([called.name, called.input, called.call_id], ["write_sql", sql, "call_1"]);
    assert.deepEqual(checkSchema("Response", { ...whole, output_text: undefined }), []);
    assert.deepEqual(openai.seen.at(-1)?.body["tools"], [sent]);
    const stream = await client.responses.create({ ...ask, stream: true });
    let said = "";
    for await (const event of stream) {
      assert.deepEqual(checkSchema("ResponseStreamEvent", event), []);
      if (event.type === "response.custom_tool_call_input.delta") said += event.delta;
      if (event.type === "response.custom_tool_call_input.done") assert.equal(event.input, sql);
    }
    assert.equal(said, sql);
  });

  test(`over ${wire} a custom tool of /v1/chat/completions is called, whole and streamed alike`, async () => {
    openai.behave(behaviour);
    const choice = { type: "custom", custom: { name: "write_sql" } } as const;
    const ask = {
      model,
      messages: [{ role: "user" as const, content: "Names?" }],
      tools: [nestedTool],
      tool_choice: choice,
    };
    const whole = await client.chat.completions.create(ask);
    const wanted = { id: "call_1", type: "custom", custom: { name: "write_sql", input: sql } };
    assert.deepEqual(whole.choices[0]?.message.tool_calls, [wanted]);
    assert.equal(whole.choices[0]?.finish_reason, "tool_calls");
    assert.deepEqual(checkSchema("CreateChatCompletionResponse", whole), []);
    assert.deepEqual(openai.seen.at(-1)?.body["tools"], [sent]);
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    let said = "";
    for await (const chunk of stream)
      for (const entry of chunk.choices[0]?.delta.tool_calls ?? [])
        said += (entry as unknown as { readonly custom: { readonly input: string } }).custom.input;
    assert.equal(said, sql);
  });

  test(`over ${wire} the call and its result go back as they came`, async () => {
    openai.behave(behaviour);
    const result = "Ada, Grace";
    const items = [
      { ...call, type: "custom_tool_call" as const, input: sql },
      { type: "custom_tool_call_output" as const, call_id: "call_1", output: result },
    ];
    await client.responses.create({
      model,
      input: ["Names?", ...items].map((item) =>
        typeof item === "string" ? { role: "user" as const, content: item } : item,
      ),
      tools: [flatTool],
    });
    const overResponses = openai.seen.at(-1)?.body;
    const assistant = {
      role: "assistant" as const,
      tool_calls: [{ id: "call_1", type: "custom" as const, custom: { name: "write_sql", input: sql } }],
    };
    const messages = [
      { role: "user" as const, content: "Names?" },
      assistant,
      { role: "tool" as const, tool_call_id: "call_1", content: result },
    ];
    await client.chat.completions.create({ model, messages, tools: [nestedTool] });
    const overChat = openai.seen.at(-1)?.body;
    const [first, second] = [overResponses, overChat].map((body) =>
      JSON.stringify(body?.["input"] ?? body?.["messages"]),
    );
    assert.equal(first, second);
    assert.ok(
      first?.includes(JSON.stringify(sql)) &&
        first.includes(model === "openai/gpt-5" ? '"custom"' : '"custom_tool_call_output"'),
    );
  });
}

test("a secret in what a custom tool is given leaves no more than any other", async () => {
  const planted = `SELECT 'ghp_${"a1B2c3D4e5F6".repeat(3)}' FROM keys`;
  openai.behave((_, response) => {
    const output = [{ ...call, input: planted }];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: "resp_1", status: "completed", model: "gpt-5-pro", output, usage }));
  });
  const answer = await gateway.post("/v1/responses", {
    model: "openai/gpt-5-pro",
    input: "Keys?",
    tools: [flatTool],
  });
  const text = await answer.text();
  assert.ok(!text.includes("a1B2c3D4"), text);
});

for (const model of ["anthropic/claude-sonnet-4-5", "vllm/some-model"]) {
  test(`${model} has none: refused by its place, or left out where the caller says so`, async () => {
    other.behave(answerOpenai("Fine."));
    const body = { model, input: "Names?", tools: [{ type: "function", name: "f" }, flatTool] };
    const refused = await gateway.post("/v1/responses", body);
    const { error } = (await refused.json()) as {
      readonly error?: { readonly param?: string; readonly code?: string };
    };
    assert.deepEqual([refused.status, error?.code, error?.param], [400, "unsupported_parameter", "tools[1]"]);
    await (await gateway.post("/v1/responses", body, { "x-unsupported": "drop" })).text();
    const tools = other.seen.at(-1)?.body["tools"] as readonly unknown[] | undefined;
    assert.equal(tools?.length, 1);
  });
}
