// As many streams as come run at one provider at the same time: only what routes.yaml limits waits for a turn.

import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream } from "../kit/upstream.ts";

const streams = 300;
const piece = (text: string): string =>
  `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "test", choices: [{ index: 0, delta: { content: text }, finish_reason: null }] })}\n\n`;
const end = `data: ${JSON.stringify({ id: "c", object: "chat.completion.chunk", created: 1, model: "test", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] })}\n\ndata: [DONE]\n\n`;

const open: ServerResponse[] = [];
/** Says something to each, and goes on when all of them are there. */
const upstream = await startUpstream((_request, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(piece("Hello "));
  if (open.push(response) === streams) for (const one of open) one.end(piece("all") + end);
});
after(() => upstream.close());

test(`${streams} streams of one provider run at once`, async (context) => {
  const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
  context.after(() => gateway.close());
  const question = { model: "ollama/test", messages: [{ role: "user", content: "Hello" }], stream: true };
  const texts = await Promise.all(
    Array.from({ length: streams }, async () =>
      (await gateway.post("/v1/chat/completions", question)).text(),
    ),
  );
  assert.equal(texts.filter((text) => text.includes('"all"') && text.endsWith("[DONE]\n\n")).length, streams);
});
