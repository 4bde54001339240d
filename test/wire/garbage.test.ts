// Whatever a client sends on to Bedrock or the Responses API is encoded or refused by a typed error, and whatever
// comes back is read or a wire fault. Values are put wrong one at a time, by chance; a seed repeats a failure.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Dialect, WireFault } from "../../src/core/dialect.ts";
import { Failure } from "../../src/core/errors.ts";
import { bedrockDialect } from "../../src/wire/bedrock/dialect.ts";
import { decodeChatRequest } from "../../src/wire/openai/client-request.ts";
import { responsesDialect } from "../../src/wire/responses/upstream-dialect.ts";
import { documentedParameters } from "../kit/documented-parameters.ts";
import { mangled } from "../kit/mangled.ts";
import { randomOf } from "../kit/recut.ts";
import { spoiled } from "../kit/spoiled.ts";
import { destinationOf } from "../kit/wire-requests.ts";

const rounds = 1_500;

interface Subject {
  readonly dialect: Dialect;
  readonly model: string;
  readonly answer: object;
  readonly events: readonly { readonly event: string | undefined; readonly data: object }[];
}

const item = { type: "function_call", call_id: "c", name: "f", arguments: "{}" };
const response = { id: "r", model: "m", status: "completed", output: [item], usage: { input_tokens: 1 } };

const subjects: readonly Subject[] = [
  {
    dialect: bedrockDialect,
    model: "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
    answer: {
      output: {
        message: {
          content: [
            { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
            { text: "Hi" },
            { toolUse: { toolUseId: "t", name: "f", input: { a: 1 } } },
          ],
        },
      },
      stopReason: "tool_use",
      usage: { inputTokens: 1, outputTokens: 1 },
    },
    events: [
      { event: "messageStart", data: { role: "assistant" } },
      { event: "contentBlockStart", data: { contentBlockIndex: 0, start: { toolUse: { name: "f" } } } },
      { event: "contentBlockDelta", data: { contentBlockIndex: 0, delta: { toolUse: { input: "{}" } } } },
      { event: "contentBlockStop", data: { contentBlockIndex: 0 } },
      { event: "messageStop", data: { stopReason: "tool_use" } },
      { event: "metadata", data: { usage: { inputTokens: 1, outputTokens: 1 } } },
    ],
  },
  {
    dialect: responsesDialect,
    model: "gpt-5-codex",
    answer: response,
    events: [
      { event: undefined, data: { type: "response.created", response } },
      { event: undefined, data: { type: "response.output_item.added", output_index: 0, item } },
      {
        event: undefined,
        data: { type: "response.function_call_arguments.delta", output_index: 0, delta: "{}" },
      },
      { event: undefined, data: { type: "response.output_item.done", output_index: 0, item } },
      { event: undefined, data: { type: "response.completed", response } },
    ],
  },
];

const body = {
  ...Object.assign({}, ...documentedParameters.map(({ name, value }) => ({ [name]: value }))),
  functions: undefined,
  function_call: undefined,
  max_completion_tokens: 77,
  model: "m",
  messages: [
    { role: "system", content: "s" },
    {
      role: "user",
      content: [{ type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo" } }],
    },
    {
      role: "assistant",
      tool_calls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "42" },
  ],
};

/** Anything else that is thrown is ours to mend. */
function outcome(work: () => unknown, Expected: typeof Failure | typeof WireFault): "done" | "refused" {
  try {
    work();
    return "done";
  } catch (error) {
    assert.ok(error instanceof Expected, error instanceof Error ? error.stack : String(error));
    return "refused";
  }
}

for (const { dialect, model, answer, events } of subjects) {
  test(`a broken request for ${dialect.name} is encoded or refused`, (context) => {
    const counts = { done: 0, refused: 0 };
    const to = destinationOf(model, { providerId: dialect.name });
    for (let seed = 1; seed <= rounds; seed += 1) {
      const encode = () => {
        const { request } = decodeChatRequest(JSON.parse(JSON.stringify(mangled(body, seed)) ?? "null"));
        JSON.parse(dialect.encodeCompletion(request, to).body);
      };
      counts[outcome(encode, Failure)] += 1;
    }
    assert.ok(counts.done > 0 && counts.refused > 0);
    context.diagnostic(`${counts.done} encoded, ${counts.refused} refused`);
  });

  test(`a broken answer of ${dialect.name}, whole or streamed, is read or a wire fault`, (context) => {
    const counts = { done: 0, refused: 0 };
    for (let seed = 1; seed <= rounds; seed += 1) {
      const random = randomOf(seed);
      const bad = spoiled(answer, random);
      counts[outcome(() => dialect.decodeCompletion(bad), WireFault)] += 1;
      assert.ok(dialect.decodeError(400, bad) instanceof WireFault);
      const decode = () => {
        const decoder = dialect.decodeStream();
        for (const { event, data } of events) {
          decoder.push({ event, data: JSON.stringify(spoiled(data, random, 30)) });
        }
        decoder.end();
      };
      counts[outcome(decode, WireFault)] += 1;
    }
    assert.ok(counts.done > 0 && counts.refused > 0);
    context.diagnostic(`${counts.done} read, ${counts.refused} refused`);
  });
}
