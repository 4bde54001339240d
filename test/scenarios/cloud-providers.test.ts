// Azure OpenAI and Amazon Bedrock behind the running gateway: what reaches them, what comes back, what goes wrong.
// The clouds are upstreams on loopback that speak their wires; the client is OpenAI's own SDK.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI, { APIError } from "openai";
import { eventStream } from "../kit/event-stream.ts";
import { startGateway } from "../kit/gateway.ts";
import { recut } from "../kit/recut.ts";
import { type Behaviour, startUpstream, streamOpenai } from "../kit/upstream.ts";

const accessKeyId = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const secretAccessKey = "bedrock/secret+of+the+gateway";
const bedrock = await startUpstream();
const azure = await startUpstream();
const gateway = await startGateway({
  BEDROCK_BASE_URL: bedrock.origin,
  BEDROCK_API_KEY: `${accessKeyId}:${secretAccessKey}:token`,
  AZURE_OPENAI_BASE_URL: `${azure.origin}/openai?api-version=2024-10-21`,
  AZURE_OPENAI_API_KEY: "azure-key-of-the-gateway",
});
after(async () => {
  await gateway.close();
  await Promise.all([bedrock.close(), azure.close()]);
});

const client = new OpenAI({
  baseURL: `${gateway.url}/v1`,
  apiKey: gateway.adminKey,
  maxRetries: 0,
  defaultHeaders: { "x-data-sensitivity": "public" },
});
const claude = "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
const messages = [{ role: "user" as const, content: "Weather in Zürich?" }];

/** In pieces that no frame was cut for. */
const binary =
  (bytes: Buffer): Behaviour =>
  async (_request, response) => {
    response.writeHead(200, { "content-type": "application/vnd.amazon.eventstream" });
    for (const piece of recut(bytes, 7)) {
      response.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  };

const text = (words: string) =>
  ["contentBlockDelta", { contentBlockIndex: 0, delta: { text: words } }] as const;
const opening = [["messageStart", { role: "assistant" }], text("It rains "), text("🌧️.")] as const;
const ending = [
  ["contentBlockStop", { contentBlockIndex: 0 }],
  ["messageStop", { stopReason: "end_turn" }],
  ["metadata", { usage: { inputTokens: 5, outputTokens: 4, totalTokens: 109, cacheReadInputTokens: 100 } }],
] as const;

test("a Bedrock stream is signed, read from its binary frames and told like any other", async () => {
  bedrock.behave(binary(eventStream(...opening, ...ending)));
  const stream = client.chat.completions.stream({
    model: claude,
    messages,
    max_completion_tokens: 50,
    stream_options: { include_usage: true },
  });
  const answer = await stream.finalChatCompletion();
  assert.equal(answer.choices[0]?.message.content, "It rains 🌧️.");
  assert.equal(answer.choices[0]?.finish_reason, "stop");
  assert.deepEqual(
    [answer.usage?.prompt_tokens, answer.usage?.prompt_tokens_details?.cached_tokens],
    [105, 100],
  );
  const seen = bedrock.seen.at(-1);
  assert.equal(seen?.path, "/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream");
  assert.match(
    seen?.headers.authorization ?? "",
    new RegExp(`^AWS4-HMAC-SHA256 Credential=${accessKeyId}/\\d{8}/us-east-1/bedrock/aws4_request, `),
  );
  assert.equal(seen?.headers["x-amz-security-token"], "token");
  assert.ok(!JSON.stringify(seen).includes(secretAccessKey));
  assert.deepEqual(seen?.body["inferenceConfig"], { maxTokens: 50 });
});

test("an exception after text is an error for the client, never a short answer", async () => {
  bedrock.behave(binary(eventStream(...opening, ["modelStreamErrorException", { message: "lost it" }])));
  const stream = await client.chat.completions.create({ model: claude, messages, stream: true });
  let said = "";
  await assert.rejects(async () => {
    for await (const chunk of stream) said += chunk.choices[0]?.delta.content ?? "";
  }, APIError);
  assert.equal("It rains 🌧️.".startsWith(said), true);
});

test("a throttled or a spoiled Bedrock is a failure of its own kind", async () => {
  bedrock.behave(binary(eventStream(["throttlingException", { message: "slow down" }])));
  const throttled = client.chat.completions.create({ model: claude, messages, stream: true });
  await assert.rejects(throttled, { status: 429 });
  const spoiled = eventStream(...opening, ...ending);
  spoiled[40] = (spoiled[40] ?? 0) ^ 1;
  bedrock.behave(binary(spoiled));
  await assert.rejects(client.chat.completions.create({ model: claude, messages, stream: true }), {
    status: 502,
  });
});

test("Azure is called at its deployment, and its filter's findings are told", async () => {
  azure.behave(streamOpenai(["Hello"]));
  const stream = client.chat.completions.stream({ model: "azure-openai/my-gpt", messages });
  assert.equal((await stream.finalChatCompletion()).choices[0]?.message.content, "Hello");
  const seen = azure.seen.at(-1);
  assert.equal(seen?.path, "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21");
  assert.equal(seen?.headers["api-key"], "azure-key-of-the-gateway");
  assert.equal(seen?.headers.authorization, undefined);

  const filtered = { violence: { filtered: true, severity: "high" } };
  azure.behave((_request, response) => {
    const choice = {
      index: 0,
      message: { role: "assistant", content: "Once" },
      finish_reason: "content_filter",
      content_filter_results: filtered,
    };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ id: "x", object: "chat.completion", model: "m", choices: [choice] }));
  });
  const answer = await gateway.graphql<{ complete: { finishReason: string; receipt: { safety: unknown } } }>(
    `mutation { complete(input: { model: "azure-openai/my-gpt", sensitivity: "public",
      messages: [{ user: { text: "Hi" } }] }) { ... on Completion { finishReason receipt { safety { categories } } } } }`,
  );
  assert.equal(answer.data.complete.finishReason, "CONTENT_FILTER");
  assert.deepEqual(answer.data.complete.receipt.safety, { categories: ["provider.violence"] });

  azure.behave((_request, response) => {
    const error = {
      message: "The prompt triggered the content management policy.",
      code: "content_filter",
      innererror: { content_filter_result: filtered },
    };
    response.writeHead(400, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  });
  await assert.rejects(client.chat.completions.create({ model: "azure-openai/my-gpt", messages }), {
    status: 400,
    code: "content_filter",
  });
});

test("a model that answers at the Responses API alone is reached by a chat client, its thoughts and all", async () => {
  const thought = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed-by-the-model" };
  const call = { type: "function_call", call_id: "call_1", name: "weather", arguments: '{"place":"Zürich"}' };
  const done = { id: "resp_1", object: "response", model: "gpt-5-codex", status: "completed" };
  const events = [
    { type: "response.created", response: { ...done, status: "in_progress" } },
    { type: "response.output_item.done", output_index: 0, item: thought },
    { type: "response.output_item.done", output_index: 1, item: call },
    {
      type: "response.completed",
      response: { ...done, output: [thought, call], usage: { input_tokens: 3, output_tokens: 4 } },
    },
  ];
  azure.behave((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const event of events) response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    response.end();
  });
  const stream = client.chat.completions.stream({ model: "azure-openai/gpt-5-codex", messages });
  const answer = await stream.finalChatCompletion();
  const [choice] = answer.choices;
  assert.equal(choice?.finish_reason, "tool_calls");
  assert.equal(choice?.message.tool_calls?.[0]?.id, "call_1");
  assert.equal(azure.seen.at(-1)?.path, "/openai/responses?api-version=2024-10-21");

  // More than the SDK's types know: what a client keeps of an answer, it sends back.
  const kept = {
    role: "assistant" as const,
    content: null,
    tool_calls: choice?.message.tool_calls ?? [],
    reasoning_details: [{ type: "reasoning.encrypted", data: JSON.stringify(thought), index: 0 }],
  };
  const whole = await client.chat.completions.create({
    model: "azure-openai/gpt-5-codex",
    messages: [...messages, kept, { role: "tool", tool_call_id: "call_1", content: "Rain" }],
  });
  assert.equal(whole.choices[0]?.finish_reason, "tool_calls");
  const input = azure.seen.at(-1)?.body["input"] as readonly unknown[];
  assert.deepEqual(input[1], thought);
  assert.deepEqual(input[3], { type: "function_call_output", call_id: "call_1", output: "Rain" });
});

test("Anthropic's clients reach Claude at Bedrock with their cache marks and their proofs", async () => {
  bedrock.behave((_request, response) => {
    const content = [
      { reasoningContent: { reasoningText: { text: "hm", signature: "proof" } } },
      { text: "It rains." },
    ];
    const answer = { output: { message: { role: "assistant", content } }, stopReason: "end_turn" };
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...answer, usage: { inputTokens: 5, outputTokens: 4 } }));
  });
  const ask = async (turns: readonly unknown[]) => {
    const body = {
      model: claude,
      max_tokens: 100,
      system: [{ type: "text", text: "Be brief", cache_control: { type: "ephemeral" } }],
      messages: turns,
    };
    const answer = await gateway.post("/v1/messages", body, { "x-data-sensitivity": "public" });
    assert.equal(answer.status, 200);
    return (await answer.json()) as { content: readonly unknown[] };
  };
  const question = { role: "user", content: "Weather?" };
  const { content } = await ask([question]);
  await ask([question, { role: "assistant", content }, { role: "user", content: "And tomorrow?" }]);
  const sent = bedrock.seen.at(-1)?.body;
  assert.deepEqual(sent?.["system"], [{ text: "Be brief" }, { cachePoint: { type: "default" } }]);
  const [, turn] = (sent?.["messages"] ?? []) as readonly unknown[];
  assert.deepEqual(turn, {
    role: "assistant",
    content: [
      { reasoningContent: { reasoningText: { text: "hm", signature: "proof" } } },
      { text: "It rains." },
    ],
  });
});
