// The REST door in front of the whole gateway: OpenAI's package against demo models and a real upstream.
// Nothing is scripted here but the provider's machine.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI, { BadRequestError } from "openai";
import { startGateway } from "../kit/gateway.ts";
import { openSocket, requestText } from "../kit/http.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: gateway.adminKey, maxRetries: 0 });
const messages = [{ role: "user" as const, content: "Hello" }];
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

test("a demo model answers whole, streamed, and with embeddings", async () => {
  const whole = await client.chat.completions.create({ model: "demo/echo", messages });
  assert.match(whole.choices[0]?.message.content ?? "", /Hello/);
  let text = "";
  for await (const chunk of await client.chat.completions.create({
    model: "demo/echo",
    messages,
    stream: true,
  })) {
    text += chunk.choices[0]?.delta.content ?? "";
  }
  assert.equal(text, whole.choices[0]?.message.content);
  const embeddings = await client.embeddings.create({ model: "demo/embedding", input: ["a", "b"] });
  assert.equal(embeddings.data.length, 2);
});

test("every listed model can be retrieved by its id", async () => {
  for await (const model of client.models.list()) {
    assert.equal((await client.models.retrieve(model.id)).id, model.id);
  }
});

test("output that must not leave ends as content_filter, and says why", async () => {
  const answer = await client.chat.completions.create({ model: "demo/unsafe", messages });
  assert.equal(answer.choices[0]?.finish_reason, "content_filter");
  assert.match(JSON.stringify(answer), /"portcullis":\{"safety":\[\{.*"categories":\["secret/);
});

test("a tag that no policy knows, or that this key may not send, is refused with its reason", async () => {
  await assert.rejects(
    client.chat.completions.create(
      { model: "demo/echo", messages },
      { headers: { "x-data-sensitivity": "secret-ish" } },
    ),
    (error) => error instanceof BadRequestError && /secret-ish/.test(error.message),
  );
});

test("a slow reader's back-pressure reaches the upstream", async () => {
  const piece = `data: {"id":"u","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify("word ".repeat(400))}},"finish_reason":null}]}\n\n`;
  let written = 0;
  upstream.behave(async (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    while (!response.destroyed && written < 60_000_000) {
      written += piece.length;
      if (!response.write(piece)) await new Promise((resolve) => response.once("drain", resolve));
      else await new Promise((resolve) => setImmediate(resolve));
    }
  });
  const { socket } = openSocket(Number(new URL(gateway.url).port));
  socket.write(
    requestText("/v1/chat/completions", JSON.stringify({ model: "ollama/m", stream: true, messages }), {
      authorization: `Bearer ${gateway.adminKey}`,
    }),
  );
  socket.pause();
  let before = -1;
  for (let turn = 0; turn < 60 && before !== written; turn++) {
    before = written === 0 ? -1 : written;
    await pause(150);
  }
  assert.equal(written, before, "the upstream was still read while nobody read the answer");
  assert.ok(written > 0 && written < 50_000_000, `${written} bytes written`);
  socket.destroy();
  assert.ok((await upstream.seen.at(-1)?.closedEarly) !== undefined);
});
