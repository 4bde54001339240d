// A conversation goes on where it stood: calls, results, reasoning and its signatures come back to the model
// that made them, whichever door and client carried them. The fixtures answer; what arrives next is looked at.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type OpenAI from "openai";
import { type GraphqlAnswer, askMutation, askSubscription, restClient } from "../kit/door-readings.ts";
import { foldStream } from "../kit/folded-stream.ts";
import { startGateway } from "../kit/gateway.ts";
import { ownRecordings } from "../kit/own-recordings.ts";
import { startReplayUpstream } from "../kit/replay-upstream.ts";
import { replay } from "../kit/replayed-recordings.ts";

type Body = Readonly<Record<string, unknown>>;

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});
const client = restClient(gateway);

const recordings = ownRecordings(new URL("fixtures/", import.meta.url));
const recorded = (name: string, provider?: string) => {
  const one = recordings.find(({ id }) => id === `own/${name}.json`) ?? assert.fail(name);
  return provider === undefined ? one : { ...one, provider };
};

const parameters = { type: "object", properties: { place: { type: "string" } } };
const names = ["weather", "now"];
const question = "Wie ist das Wetter in Zürich?";

interface Dialect {
  readonly asks: ReturnType<typeof recorded>;
  readonly answers: ReturnType<typeof recorded>;
  /** What the second request must hold of the first answer, and of the results. */
  readonly carried: (body: Body) => unknown;
  readonly expected: unknown;
}

const partsOf = (body: Body, list: string, field: string): readonly (readonly Body[])[] =>
  (body[list] as Body[]).slice(1).map((turn) => turn[field] as Body[]);

const openaiMessages = (body: Body): unknown =>
  (body["messages"] as Body[]).slice(1).map(({ role: _role, name: _name, ...message }) => message);

const openaiCalls = [
  {
    id: "call_a",
    type: "function",
    function: { name: "weather", arguments: '{"place": "Zürich", "unit": "°C"}' },
  },
  { id: "call_b", type: "function", function: { name: "now", arguments: "{}" } },
];

const dialects: Readonly<Record<string, Dialect>> = {
  anthropic: {
    asks: recorded("anthropic-stream-thinking-and-tools"),
    answers: recorded("anthropic-whole-text"),
    carried: (body) => partsOf(body, "messages", "content"),
    expected: [
      [
        { type: "thinking", thinking: "Zürich: Wetter holen.", signature: "c2ln/bmVk+0=" },
        { type: "text", text: "Ich sehe nach — ☔." },
        { type: "tool_use", id: "toolu_own1", name: "weather", input: { place: "Zürich" } },
        { type: "tool_use", id: "toolu_own2", name: "now", input: {} },
      ],
      [
        { type: "tool_result", tool_use_id: "toolu_own1", content: [{ type: "text", text: "result 0" }] },
        { type: "tool_result", tool_use_id: "toolu_own2", content: [{ type: "text", text: "result 1" }] },
      ],
    ],
  },
  gemini: {
    asks: recorded("gemini-stream-thoughts-and-call"),
    answers: recorded("gemini-stream-thoughts-and-call"),
    carried: (body) => partsOf(body, "contents", "parts"),
    expected: [
      [
        { text: "Erst das Wetter.", thought: true },
        { text: "Schöner Tag 🌤️" },
        {
          functionCall: { name: "weather", args: { place: "Zürich", days: 2 } },
          thoughtSignature: "Y2FsbA==",
        },
      ],
      [{ functionResponse: { name: "weather", response: { output: "result 0" } } }],
    ],
  },
  openai: {
    asks: recorded("openai-stream-thoughts-and-tools"),
    answers: recorded("openai-whole-text", "openai"),
    carried: openaiMessages,
    expected: [
      { content: "Grüezi 🌤️, ich schaue nach.", tool_calls: openaiCalls },
      { content: "result 0", tool_call_id: "call_a" },
      { content: "result 1", tool_call_id: "call_b" },
    ],
  },
  deepseek: {
    asks: recorded("openai-stream-thoughts-and-tools", "deepseek"),
    answers: recorded("openai-whole-text", "deepseek"),
    carried: openaiMessages,
    expected: [
      {
        content: "Grüezi 🌤️, ich schaue nach.",
        reasoning_content: "Zwei Orte — zwei Fragen 🤔.",
        tool_calls: openaiCalls,
      },
      { content: "result 0", tool_call_id: "call_a" },
      { content: "result 1", tool_call_id: "call_b" },
    ],
  },
};

const tools = names.map((name) => ({ type: "function" as const, function: { name, parameters } }));
const user = { role: "user" as const, content: question };

type Message = OpenAI.ChatCompletionMessage;

/** The three ways in which clients come by the message that they send back. */
const restEchoes: Readonly<Record<string, (model: string) => Promise<Message | undefined>>> = {
  "a whole answer": async (model) =>
    (await client.chat.completions.create({ model, messages: [user], tools })).choices[0]?.message,
  "a stream folded by hand": async (model) =>
    await foldStream(await client.chat.completions.create({ model, messages: [user], tools, stream: true })),
  "the SDK's folded stream": async (model) =>
    (await client.chat.completions.stream({ model, messages: [user], tools }).finalChatCompletion())
      .choices[0]?.message,
};

function lastBody(model: string): Body {
  const name = model.slice(model.indexOf("/") + 1);
  return upstream.seen(name).at(-1)?.body ?? assert.fail(`nobody asked ${model}`);
}

const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, one: unknown) => (one === null ? undefined : one)));

for (const [name, { asks, answers, carried, expected }] of Object.entries(dialects)) {
  for (const [way, echo] of Object.entries(restEchoes)) {
    // Of plain reasoning the SDK keeps the last piece alone, whoever sends it.
    if (name === "deepseek" && way.startsWith("the SDK")) continue;
    test(`${name}: ${way} sent back over REST is what the model said`, async () => {
      const message = (await echo(replay(upstream, asks, { seed: 3 }))) ?? assert.fail("no message");
      const results = (message.tool_calls ?? []).map((call, index) => ({
        role: "tool" as const,
        tool_call_id: call.id,
        content: `result ${index}`,
      }));
      const model = replay(upstream, answers);
      const messages = [user, message, ...results];
      const answer = await client.chat.completions.create({ model, messages, tools });
      assert.deepEqual(plain(carried(lastBody(model))), expected);
      assert.notEqual(answer.choices[0]?.message.content, "");
    });
  }

  const graphqlWays: Readonly<Record<string, (input: object) => Promise<GraphqlAnswer | undefined>>> = {
    mutation: async (input) => await askMutation(gateway, input),
    subscription: async (input) => (await askSubscription(gateway, input)).at(-1)?.completion,
  };
  for (const [way, ask] of Object.entries(graphqlWays)) {
    test(`${name}: the continuation of a ${way} brings back what the model said`, async () => {
      const input = {
        messages: [{ user: { text: question } }],
        tools: names.map((tool) => ({ name: tool, parameters })),
      };
      const said = (await ask({ ...input, model: replay(upstream, asks, { seed: 5 }) })) ?? assert.fail();
      assert.equal(said.__typename, "Completion", JSON.stringify(said));
      const { text, toolCalls, continuation } = said;
      const results = toolCalls.map(({ id }, index) => ({
        tool: { toolCallId: id, text: `result ${index}` },
      }));
      const model = replay(upstream, answers);
      const messages = [...input.messages, { assistant: { text, toolCalls, continuation } }, ...results];
      // DROP: some models have no place for their reasoning, and this door is strict by default.
      const answer = await ask({ ...input, model, messages, onUnsupported: "DROP" });
      assert.equal(answer?.__typename, "Completion", JSON.stringify(answer));
      assert.deepEqual(plain(carried(lastBody(model))), expected);
      const forged = { assistant: { text, continuation: `${continuation.slice(0, -4)}AAAA` } };
      const refused = await askMutation(gateway, { ...input, model, messages: [forged] });
      assert.equal(refused.code, "INVALID_REQUEST");
    });
  }
}
