// The older completions through the whole gateway: at a provider that has them, and at one that only chats.
// OpenAI's packages ask; the providers' machines alone are stand-ins.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import { answerOpenai, type Behaviour, startUpstream, streamOpenai } from "../kit/upstream.ts";

const usage = { prompt_tokens: 5, completion_tokens: 4, total_tokens: 9 };

/** As OpenAI's `/completions` writes it. */
const continuing: Behaviour = (request, response) => {
  const { model, stream } = request.body;
  const base = { id: "cmpl-up", object: "text_completion", created: 1, model };
  const logprobs = {
    tokens: [" a", " time"],
    token_logprobs: [-0.1, -0.2],
    top_logprobs: [{ " a": -0.1 }, { " time": -0.2, " day": -2 }],
    text_offset: [4, 6],
  };
  const choice = { text: " a time", index: 0, logprobs, finish_reason: "length" };
  if (stream !== true) {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...base, choices: [choice], usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const [text, finish] of [
    [" a", null],
    [" time", null],
    ["", "length"],
  ]) {
    const choices = [{ text, index: 0, logprobs: null, finish_reason: finish }];
    response.write(`data: ${JSON.stringify({ ...base, choices })}\n\n`);
  }
  response.write(`data: ${JSON.stringify({ ...base, choices: [], usage })}\n\n`);
  response.end("data: [DONE]\n\n");
};

const texts = await startUpstream(continuing);
const chats = await startUpstream(answerOpenai("Hello"));
const gateway = await startGateway({
  VLLM_BASE_URL: texts.baseUrl,
  GROQ_BASE_URL: chats.baseUrl,
  GROQ_API_KEY: "gk",
});
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(() => Promise.all([gateway.close(), texts.close(), chats.close()]));

const options = {
  baseURL: `${gateway.url}/v1`,
  apiKey: gateway.adminKey,
  maxRetries: 0,
  defaultHeaders: { "x-data-sensitivity": "public" },
};
const client = new OpenAI(options);
const clients = { "openai 7": client, "openai 4": new OldOpenAI(options) as unknown as OpenAI };

for (const [version, one] of Object.entries(clients)) {
  test(`${version}: a provider that continues text is asked at that address, with all that it has`, async () => {
    const ask = {
      model: "vllm/base",
      prompt: "Once",
      max_tokens: 2,
      suffix: ".",
      logprobs: 2,
      echo: true,
    };
    const answer = await one.completions.create(ask);
    assert.deepEqual(checkSchema("CreateCompletionResponse", answer), []);
    assert.equal(answer.choices[0]?.text, "Once a time");
    assert.equal(answer.choices[0]?.finish_reason, "length");
    assert.deepEqual(answer.choices[0]?.logprobs, {
      tokens: [" a", " time"],
      token_logprobs: [-0.1, -0.2],
      top_logprobs: [{ " a": -0.1 }, { " time": -0.2, " day": -2 }],
      text_offset: [4, 6],
    });
    const seen = texts.seen.at(-1);
    assert.equal(seen?.path, "/v1/completions");
    assert.deepEqual(seen?.body, {
      model: "base",
      prompt: "Once",
      max_tokens: 2,
      suffix: ".",
      logprobs: 2,
    });
  });

  test(`${version}: a stream continues piece by piece, with usage where it was asked for`, async () => {
    const ask = { model: "vllm/base", prompt: "Once", echo: true };
    let said = "";
    let total: number | undefined;
    for await (const chunk of await one.completions.create({
      ...ask,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      said += chunk.choices[0]?.text ?? "";
      total = chunk.usage?.total_tokens ?? total;
    }
    assert.deepEqual([said, total], ["Once a time", 9]);
  });
}

test("a model that only chats is told the prompt, and what it cannot do is reported", async () => {
  const ask = { model: "groq/chat", prompt: "Once", suffix: "." };
  const { data, response } = await client.completions.create(ask).withResponse();
  assert.equal(data.choices[0]?.text, "Hello");
  assert.match(response.headers.get("x-portcullis-params") ?? "", /suffix=dropped/);
  const seen = chats.seen.at(-1);
  assert.equal(seen?.path, "/v1/chat/completions");
  assert.deepEqual(seen?.body["messages"], [{ role: "user", content: "Once" }]);
});

test("several prompts are several requests and one answer, whole and streamed", async () => {
  const before = chats.seen.length;
  const whole = await client.completions.create({ model: "groq/chat", prompt: ["A", "B"] });
  assert.deepEqual(
    whole.choices.map(({ index, text }) => [index, text]),
    [
      [0, "Hello"],
      [1, "Hello"],
    ],
  );
  assert.equal(whole.usage?.total_tokens, 20);
  assert.equal(chats.seen.length, before + 2);
  chats.behave(streamOpenai(["Hel", "lo"]));
  const said = ["", ""];
  const ask = { model: "groq/chat", prompt: ["A", "B"], stream: true as const };
  for await (const chunk of await client.completions.create(ask)) {
    for (const { index, text } of chunk.choices) said[index] += text;
  }
  assert.deepEqual(said, ["Hello", "Hello"]);
});

test("token ids are refused, for they are one model's own", async () => {
  for (const prompt of [
    [1, 2],
    [[1], [2]],
  ]) {
    await assert.rejects(client.completions.create({ model: "groq/chat", prompt }), (error) => {
      const told = error as { status?: unknown; param?: unknown };
      return told.status === 400 && told.param === "prompt";
    });
  }
});
