// Recorded answers of a dozen providers say in our events what the provider's own SDK reads in them.
// Runs where the recordings lie beside the repository; the other tests of this folder need none.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatCompletionStream } from "openai/lib/ChatCompletionStream";
import type { AnswerEvent } from "../../../src/core/answer.ts";
import { WireFault } from "../../../src/core/dialect.ts";
import type { ModelEvent } from "../../../src/core/events.ts";
import { encodeChatAnswer } from "../../../src/wire/openai/client-answer.ts";
import { createChatChunkEncoder } from "../../../src/wire/openai/client-chunks.ts";
import { openaiDialect } from "../../../src/wire/openai/dialect.ts";
import { createServerEventDecoder } from "../../../src/wire/sse.ts";
import { answerEvents, gathered } from "../../kit/answer-events.ts";
import { type Recording, recordingsOf, recordingsPresent } from "../../kit/recordings.ts";
import { recut } from "../../kit/recut.ts";

const skip = recordingsPresent ? false : "no recordings beside the repository";
const chats = recordingsOf("openai-chat");
const embeddings = recordingsOf("openai-embedding");
const seeds = [1, 2, 3, 4, 5];

function decodeStream(pieces: readonly Uint8Array[]): readonly ModelEvent[] {
  const framing = createServerEventDecoder();
  const stream = openaiDialect.decodeStream();
  const events: ModelEvent[] = [];
  for (const piece of pieces) for (const event of framing.push(piece)) events.push(...stream.push(event));
  for (const event of framing.end()) events.push(...stream.push(event));
  return [...events, ...stream.end()];
}

async function readBySdk(events: readonly AnswerEvent[]): Promise<unknown> {
  const encoder = createChatChunkEncoder({ created: 1, requestedModel: "m", includeUsage: true });
  const text = events.map((event) => encoder.encode(event)).join("");
  const lines = createServerEventDecoder()
    .push(Buffer.from(text))
    .map((event) => `${event.data}\n`);
  return await ChatCompletionStream.fromReadableStream(new Blob(lines).stream()).finalChatCompletion();
}

interface Whole {
  readonly usage: unknown;
  readonly model: string;
  readonly choices: readonly {
    readonly finish_reason: string;
    readonly message: {
      readonly content: string | null;
      readonly tool_calls?: readonly {
        readonly id: string;
        readonly function: { readonly name: string; readonly arguments: string };
      }[];
    };
  }[];
}

/** What callers act on. The SDK parses arguments and leaves out what is empty. */
function essence(answer: unknown): unknown {
  const { usage, model, choices } = answer as Whole;
  const said = choices.map(({ finish_reason, message }) => [
    finish_reason,
    message.content ?? "",
    (message.tool_calls ?? []).map((call) => [call.id, call.function.name, call.function.arguments]),
  ]);
  return { usage, model, said };
}

/** Ids that we mint differ from one reading to the next. */
const idless = (events: readonly ModelEvent[]): string =>
  JSON.stringify(events).replaceAll(/call_[0-9a-f]{32}/g, "minted");

const refused = (recording: Recording): boolean =>
  typeof recording.expected?.sdk_refuses === "string" && recording.exercises.includes("error-in-200");

/** What the SDK reads, and what stands on the wire where the SDK stumbles over it. */
function check(recording: Recording, events: readonly ModelEvent[]): void {
  const { expected } = recording;
  const answer = gathered(answerEvents(events));
  const [choice] = answer.choices;
  assert.ok(choice && expected);
  if (expected.sdk_refuses === undefined) {
    assert.equal(choice.text, expected.text ?? "");
    assert.equal(choice.reasoning.map((block) => block.text).join(""), expected.reasoning ?? "");
    assert.equal(choice.finish, expected.finish);
    assert.equal(answer.upstreamModel, expected.model);
    assert.equal(answer.upstreamId, expected.id);
    checkUsage(recording, answer.receipt.usage);
  }
  if (recording.exercises.includes("tool-calls")) {
    const calls = expected.tool_calls ?? [];
    assert.deepEqual(
      choice.toolCalls.map((call) => [call.name, call.arguments]),
      calls.map((call) => [call.name, call.arguments ?? "{}"]),
    );
    for (const [index, call] of calls.entries()) {
      if (call.id !== undefined) assert.equal(choice.toolCalls[index]?.id, call.id);
    }
  }
}

function checkUsage(
  { expected }: Recording,
  usage: { input: number; output: number; reasoning: number },
): void {
  const wire = expected?.usage as Record<string, number> | undefined;
  if (!wire) return;
  const details = wire["completion_tokens_details"] as unknown as Record<string, number> | null | undefined;
  const reasoning = details?.["reasoning_tokens"] ?? 0;
  const outside = Math.min(
    (wire["total_tokens"] ?? 0) - (wire["prompt_tokens"] ?? 0) - (wire["completion_tokens"] ?? 0),
    reasoning,
  );
  assert.equal(usage.input, wire["prompt_tokens"]);
  assert.equal(usage.output, (wire["completion_tokens"] ?? 0) + outside);
  assert.equal(usage.reasoning, reasoning);
}

test("recorded streams read the same however their bytes are cut", { skip }, (context) => {
  const streams = chats.filter((recording) => recording.streaming && !refused(recording));
  for (const recording of streams) {
    const bytes = recording.streamBytes();
    const whole = decodeStream([bytes]);
    check(recording, whole);
    for (const seed of seeds)
      assert.equal(idless(decodeStream(recut(bytes, seed))), idless(whole), recording.id);
  }
  context.diagnostic(`${streams.length} recorded streams, each whole and cut ${seeds.length} ways`);
});

test("recorded whole answers read as the provider's SDK reads them", { skip }, (context) => {
  const answers = chats.filter((recording) => !recording.streaming && recording.status === 200);
  for (const recording of answers) check(recording, openaiDialect.decodeCompletion(recording.answer()));
  context.diagnostic(`${answers.length} recorded whole answers`);
});

test(
  "OpenAI's own SDK reads our chunks of every recording as it reads our whole answer",
  { skip },
  async (context) => {
    const recordings = chats.filter((recording) => recording.status === 200 && !refused(recording));
    for (const recording of recordings) {
      const events = answerEvents(
        recording.streaming
          ? decodeStream([recording.streamBytes()])
          : openaiDialect.decodeCompletion(recording.answer()),
      );
      const whole = encodeChatAnswer(gathered(events), { created: 1, requestedModel: "m" });
      const read = await readBySdk(events);
      assert.deepEqual(essence(read), essence(JSON.parse(JSON.stringify(whole))), recording.id);
    }
    context.diagnostic(`${recordings.length} recordings`);
  },
);

test("a recorded error inside a 200 stream is an error", { skip }, (context) => {
  const streams = chats.filter(refused);
  for (const recording of streams) {
    for (const seed of seeds) {
      assert.throws(
        () => decodeStream(recut(recording.streamBytes(), seed)),
        (error) =>
          error instanceof WireFault && error.message.includes(String(recording.expected?.sdk_refuses)),
      );
    }
  }
  context.diagnostic(`${streams.length} recorded streams with an error inside`);
});

test("a recorded stream that is cut off anywhere before its finish is truncated", { skip }, (context) => {
  let cuts = 0;
  for (const recording of chats.filter((one) => one.streaming && !refused(one))) {
    const text = Buffer.from(recording.streamBytes()).toString("utf8");
    const finish = text.search(/"finish_reason":\s*"/);
    for (let at = 0; at < finish; at += Math.ceil(finish / 10)) {
      const event = text.lastIndexOf("\n\n", at);
      const kept = event === -1 ? "" : text.slice(0, event + 2);
      assert.throws(() => decodeStream([Buffer.from(kept)]), WireFault, `${recording.id} cut at ${at}`);
      cuts += 1;
    }
  }
  context.diagnostic(`${cuts} cut streams`);
});

test("recorded error bodies become one presentable sentence", { skip }, (context) => {
  const errors = [...chats, ...embeddings].filter((recording) => recording.status >= 400);
  for (const recording of errors) {
    const fault = openaiDialect.decodeError(recording.status, recording.answer());
    assert.equal(fault.status, recording.status);
    assert.ok(fault.message.length > 10 && fault.message.length < 450);
    assert.doesNotMatch(fault.message, /[{}]|sk-|user_/, recording.id);
  }
  context.diagnostic(`${errors.length} recorded errors`);
});

test("recorded embeddings keep every vector", { skip }, (context) => {
  const answers = embeddings.filter((recording) => recording.status === 200);
  for (const recording of answers) {
    const body = recording.answer() as { data: { embedding: number[] }[]; usage: { prompt_tokens: number } };
    const decoded = openaiDialect.decodeEmbedding(body);
    assert.deepEqual(
      decoded.embeddings.map((one) => one.vector),
      body.data.map((one) => one.embedding),
    );
    assert.equal(decoded.usage?.input, body.usage.prompt_tokens);
  }
  context.diagnostic(`${answers.length} recorded embedding answers`);
});
