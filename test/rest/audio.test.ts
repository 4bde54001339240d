// Spoken answers through the whole gateway: the transcript is screened as text, the sound leaves only with all of it.
// The provider's machine alone is a stand-in, and speaks OpenAI's wire.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import { type Behaviour, startUpstream } from "../kit/upstream.ts";

const sound = Buffer.from("not really a sound").toString("base64");

const speaking =
  (transcript: string): Behaviour =>
  (request, response) => {
    const { model, stream } = request.body;
    const base = { id: "chatcmpl-up", created: 1, model };
    const audio = { id: "audio_1", expires_at: 1_800_000_000 };
    if (stream !== true) {
      const message = {
        role: "assistant",
        content: null,
        refusal: null,
        audio: { ...audio, data: sound, transcript },
      };
      const choices = [{ index: 0, message, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...base, object: "chat.completion", choices }));
      return;
    }
    const half = Math.floor(transcript.length / 2);
    const deltas = [
      { role: "assistant", audio: { id: audio.id, transcript: transcript.slice(0, half) } },
      { audio: { data: Buffer.from("not really").toString("base64") } },
      { audio: { transcript: transcript.slice(half) } },
      { audio: { data: Buffer.from(" a sound").toString("base64"), expires_at: audio.expires_at } },
    ];
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (delta: unknown, finish: string | null): void => {
      const choices = [{ index: 0, delta, finish_reason: finish }];
      response.write(`data: ${JSON.stringify({ ...base, object: "chat.completion.chunk", choices })}\n\n`);
    };
    for (const delta of deltas) send(delta, null);
    send({}, "stop");
    response.end("data: [DONE]\n\n");
  };

const upstream = await startUpstream();
const gateway = await startGateway({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "sk-upstream" });
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(() => Promise.all([gateway.close(), upstream.close()]));

const client = new OpenAI({
  baseURL: `${gateway.url}/v1`,
  apiKey: gateway.adminKey,
  maxRetries: 0,
  defaultHeaders: { "x-data-sensitivity": "public" },
});
const ask = {
  model: "openai/gpt-audio",
  messages: [{ role: "user" as const, content: "Say hello" }],
  modalities: ["text" as const, "audio" as const],
  audio: { voice: "alloy" as const, format: "pcm16" as const },
};

test("a whole answer has its sound and its transcript", async () => {
  upstream.behave(speaking("Hello there."));
  const answer = await client.chat.completions.create(ask);
  assert.deepEqual(checkSchema("CreateChatCompletionResponse", answer), []);
  const { content, audio } = answer.choices[0]?.message ?? {};
  assert.equal(content, null);
  assert.deepEqual(audio, {
    id: "audio_1",
    data: sound,
    expires_at: 1_800_000_000,
    transcript: "Hello there.",
  });
  assert.deepEqual(upstream.seen.at(-1)?.body["audio"], ask.audio);
});

interface AudioDelta {
  readonly audio?: { readonly transcript?: string; readonly data?: string; readonly id?: string };
  readonly content?: string | null;
}

test("a stream tells the transcript as it comes, and the sound at its end", async () => {
  upstream.behave(speaking("Hello there, and a good day to you."));
  let transcript = "";
  let data = "";
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    assert.deepEqual(checkSchema("CreateChatCompletionStreamResponse", chunk), []);
    const delta: AudioDelta | undefined = chunk.choices[0]?.delta;
    transcript += delta?.audio?.transcript ?? "";
    data += delta?.audio?.data ?? "";
    assert.ok((delta?.content ?? "") === "");
  }
  assert.equal(transcript, "Hello there, and a good day to you.");
  assert.equal(data, sound);
});

test("what may not be read may not be heard either", async () => {
  const key = ["sk", "proj", "A1b2C3d4E5f6G7h8".repeat(3)].join("-");
  for (const transcript of [`The key is ${key}.`, "My card is 4111 1111 1111 1111, write it down."]) {
    upstream.behave(speaking(transcript));
    const whole = JSON.stringify(await client.chat.completions.create(ask));
    assert.ok(!whole.includes(sound) && !whole.includes(key) && !whole.includes("4111"), whole);
    let streamed = "";
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
      streamed += JSON.stringify(chunk);
    }
    assert.ok(!streamed.includes('"data"') && !streamed.includes(key));
  }
});
