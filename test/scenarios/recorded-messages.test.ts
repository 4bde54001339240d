// What providers really sent, replayed, reaches Anthropic's own package as what it is: Claude's answers block by block
// as if nothing stood between, everyone else's with the same text, calls and counts as at the other doors.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import Anthropic from "@anthropic-ai/sdk";
import { type Said, expectedOf } from "../kit/expected-answer.ts";
import { startGateway } from "../kit/gateway.ts";
import type { Recording } from "../kit/recordings.ts";
import { type Packing, startReplayUpstream } from "../kit/replay-upstream.ts";
import { chatWires, isError, replay, replayable } from "../kit/replayed-recordings.ts";

const answers = replayable(chatWires).filter((recording) => !isError(recording));
const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const defaultHeaders = { "x-data-sensitivity": "public" };
const client = new Anthropic({
  baseURL: gateway.url,
  apiKey: gateway.adminKey,
  maxRetries: 0,
  defaultHeaders,
});
const direct = new Anthropic({
  baseURL: upstream.env["ANTHROPIC_BASE_URL"] ?? "",
  apiKey: "sk-direct",
  maxRetries: 0,
});

const ask = (model: string): Anthropic.MessageCreateParamsNonStreaming => ({
  model,
  max_tokens: 1000,
  messages: [{ role: "user", content: "Hi" }],
});

const finishes: Readonly<Record<string, string>> = {
  end_turn: "stop",
  pause_turn: "stop",
  stop_sequence: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  refusal: "content_filter",
};

function saidIn({ content, stop_reason, usage }: Anthropic.Message): Omit<Said, "reasoning"> {
  const { input_tokens, output_tokens, output_tokens_details } = usage;
  const cachedInput = usage.cache_read_input_tokens ?? 0;
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) =>
      block.type === "tool_use" ? [{ id: block.id, name: block.name, arguments: block.input }] : [],
    ),
    finish: finishes[stop_reason ?? ""] ?? String(stop_reason),
    usage: {
      input: input_tokens + cachedInput + (usage.cache_creation_input_tokens ?? 0),
      cachedInput,
      output: output_tokens,
      reasoning: output_tokens_details?.thinking_tokens ?? 0,
    },
  };
}

function assertSaid(message: Anthropic.Message, { reasoning: _shown, ...expected }: Said): void {
  const said = saidIn(message);
  const calls = expected.calls.map((call, index) => ({
    ...call,
    id: call.id ?? said.calls[index]?.id,
    arguments: typeof call.arguments === "string" ? JSON.parse(call.arguments) : call.arguments,
  }));
  // A refusal in words is shown as text and ends as what it is.
  const refused = said.finish === "content_filter" && expected.finish === "stop";
  const shown = refused ? { text: said.text, finish: said.finish } : {};
  assert.deepEqual(said, { ...expected, calls, ...shown });
}

/** Without what is null or new: recordings are older than some fields. */
const plain = (content: readonly unknown[]): unknown =>
  JSON.parse(
    JSON.stringify(content, (name, value: unknown) =>
      value === null || name === "caller" || (name === "citations" && (value as []).length === 0)
        ? undefined
        : value,
    ),
  );

for (const recording of answers) {
  test(`${recording.id} reaches Anthropic's clients`, async () => {
    const packing: Packing = { seed: 11, gzip: true, crlf: recording.streaming };
    const whole = await client.messages.create(ask(replay(upstream, recording)));
    const streamed = await client.messages.stream(ask(replay(upstream, recording, packing))).finalMessage();
    assert.deepEqual(plain(streamed.content), plain(whole.content));
    const expected = expectedOf(recording);
    if (expected) for (const message of [whole, streamed]) assertSaid(message, expected);
    // The package keeps the last piece of a signature alone: the fixture has two.
    if (recording.wire === "anthropic-messages" && !recording.id.startsWith("own/"))
      assert.deepEqual(plain(whole.content), plain(await asSent(recording)));
  });
}

/** What the package makes of it without a gateway. */
async function asSent(recording: Recording): Promise<readonly unknown[]> {
  const model = replay(upstream, recording).replace("anthropic/", "");
  const message = recording.streaming
    ? await direct.messages.stream(ask(model)).finalMessage()
    : await direct.messages.create(ask(model));
  return message.content;
}
