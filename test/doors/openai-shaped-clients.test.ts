// Every client of OpenAI's shape does whole turns through the running gateway: answers, streams, tools,
// structured output, embeddings, pictures and documents, in front of OpenAI's wire and of Anthropic's.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Toolbox, Way } from "../kit/chat-client.ts";
import { chatClients } from "../kit/chat-clients.ts";
import { startGateway } from "../kit/gateway.ts";
import {
  counted,
  filledSchema,
  oblige,
  parallelCalls,
  plainWords,
  wordsAfterTools,
} from "../kit/obliging-upstream.ts";
import { startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream(oblige);
const gateway = await startGateway({
  OPENAI_BASE_URL: upstream.baseUrl,
  OPENAI_API_KEY: "sk-upstream",
  ANTHROPIC_BASE_URL: upstream.origin,
  ANTHROPIC_API_KEY: "sk-ant-upstream",
});
after(async () => {
  await gateway.close();
  await upstream.close();
});

const model = "openai/gpt-4.1-mini";
const ways: readonly Way[] = ["whole", "streamed"];
const picture =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const document = Buffer.from("%PDF-1.4\n%%EOF\n").toString("base64");
const schema = {
  title: "place",
  type: "object",
  properties: { city: { type: "string" }, degrees: { type: "number" } },
  required: ["city", "degrees"],
  additionalProperties: false,
};
const tools: Toolbox = {
  weather: {
    description: "The weather of a place",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    use: () => "21 degrees",
  },
  now: {
    description: "The time of day",
    parameters: { type: "object", properties: {} },
    use: () => "noon",
  },
};

/** In OpenAI's words and in Anthropic's. */
const callers = [model, "anthropic/claude-sonnet-4-5"];

interface Message {
  readonly role: string;
  readonly content: unknown;
  readonly tool_call_id?: string;
}
interface Block {
  readonly type: string;
  readonly tool_use_id: string;
  readonly content: string | readonly { readonly text: string }[];
}

const lastBody = (): Readonly<Record<string, unknown>> => upstream.seen.at(-1)?.body ?? {};
const messagesSeen = (): readonly Message[] => lastBody()["messages"] as readonly Message[];

/** Of each call, as the provider was told it. */
function resultsSeen(): unknown[] {
  return messagesSeen().flatMap(({ role, content, tool_call_id }) => {
    if (role === "tool") return [[tool_call_id, content]];
    const blocks = Array.isArray(content) ? (content as readonly Block[]) : [];
    return blocks
      .filter(({ type }) => type === "tool_result")
      .map((one) => [one.tool_use_id, typeof one.content === "string" ? one.content : one.content[0]?.text]);
  });
}

for (const [name, open] of Object.entries(chatClients)) {
  const client = open(`${gateway.url}/v1`, gateway.adminKey);

  for (const way of ways) {
    test(`${name}: ${way}, the text and its tokens are the model's`, async () => {
      const heard: string[] = [];
      const question = { model, text: "Greet me.", hear: (piece: string) => void heard.push(piece) };
      const { text, tokens } = await client.ask(question, way);
      assert.equal(text, plainWords.join(""));
      assert.deepEqual(tokens, [counted.prompt_tokens, counted.completion_tokens]);
      assert.equal(heard.join(""), way === "streamed" ? text : "");
    });

    for (const asked of callers) {
      test(`${name}: ${way}, parallel calls of ${asked} are made, answered and used`, async () => {
        const { text, calls } = await client.work({ model: asked, text: "How is Bern?" }, tools, way);
        assert.equal(text, wordsAfterTools.join(""));
        assert.deepEqual(
          calls,
          parallelCalls.map((call) => ({
            name: call.name,
            arguments: JSON.parse(call.arguments) as unknown,
          })),
        );
        assert.deepEqual(resultsSeen(), [
          ["call_weather", "21 degrees"],
          ["call_now", "noon"],
        ]);
      });
    }
  }

  test(`${name}: its helper fills a schema, which reaches the model as it is`, async () => {
    assert.deepEqual(await client.structured({ model, text: "Where?" }, schema), filledSchema);
    const format = lastBody()["response_format"] as { json_schema: object };
    assert.deepEqual({ ...format.json_schema, name: "" }, { name: "", schema, strict: true });
  });

  test(`${name}: embeddings are numbers, in the form that it asks for by default`, async () => {
    const vectors = await client.embed("openai/text-embedding-3-small", ["a", "b"]);
    assert.deepEqual(vectors, [
      [0.25, -0.5, 0],
      [0.25, -0.5, 1],
    ]);
  });

  test(`${name}: a picture and a document reach the model beside the text`, async () => {
    await client.ask({ model, text: "What is this?", picture, document }, "whole");
    const seen = messagesSeen().map(({ content }) => content);
    const image_url = { url: `data:image/png;base64,${picture}` };
    const file = { filename: "report.pdf", file_data: `data:application/pdf;base64,${document}` };
    assert.deepEqual(withoutDetail(seen), [
      [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url },
        { type: "file", file },
      ],
    ]);
  });
}

/** Responses say how closely to look even where they leave it to the provider. */
const withoutDetail = (content: unknown): unknown =>
  JSON.parse(JSON.stringify(content, (name, value: unknown) => (name === "detail" ? undefined : value)));
