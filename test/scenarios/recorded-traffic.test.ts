// What providers really sent, replayed byte by byte, says the same to callers of either door as to the provider's own SDK.
// Runs over the fixtures beside it, and over the recordings where they lie beside the repository.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import {
  type ChatBody,
  type Reading,
  askMutation,
  askSubscription,
  readStream,
  readWhole,
  restClient,
  restVersions,
  saidIn,
} from "../kit/door-readings.ts";
import { type Said, expectedOf } from "../kit/expected-answer.ts";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import type { Recording } from "../kit/recordings.ts";
import { type Packing, canary, startReplayUpstream } from "../kit/replay-upstream.ts";
import { chatWires, embeddingWires, isError, replay, replayable } from "../kit/replayed-recordings.ts";

const answers = replayable(chatWires).filter((recording) => !isError(recording));
const embeddings = replayable(embeddingWires).filter((recording) => !isError(recording));

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(async () => {
  await gateway.close();
  await upstream.close();
});

const ask = (model: string): ChatBody => ({ model, messages: [{ role: "user", content: "Hi" }] });
const askGraphql = (model: string): object => ({ model, messages: [{ user: { text: "Hi" } }] });

let readings = 0;
let bodies = 0;

function assertSaid(said: Said, expected: Said, where: string): void {
  readings += 1;
  const calls = said.calls.map((call, index) => {
    const wanted = expected.calls[index];
    assert.ok(call.id, `${where}: every call has an id`);
    return {
      id: wanted?.id === undefined ? undefined : call.id,
      name: call.name,
      arguments: typeof wanted?.arguments === "string" ? call.arguments : JSON.parse(String(call.arguments)),
    };
  });
  assert.deepEqual({ ...said, calls }, expected, where);
}

function assertClean({ sent, headers }: Reading, schema: string, where: string): void {
  bodies += sent.length;
  for (const one of sent) assert.deepEqual(checkSchema(schema, one), [], where);
  assert.ok(!JSON.stringify([...headers]).includes(canary), `${where}: no header of the upstream comes back`);
}

/** Resolves to the refusal, in which all readings must agree. */
async function checkRest(recording: Recording, expected: Said): Promise<string> {
  const refusals = new Set<string>();
  const packings: readonly Packing[] = [
    { seed: 3 },
    { seed: 5, crlf: recording.streaming },
    { seed: 7, gzip: true },
  ];
  for (const [version, Client] of Object.entries(restVersions)) {
    const client = restClient(gateway, Client);
    for (const packing of packings) {
      const where = `${version}, ${JSON.stringify(packing)}`;
      const stream = await readStream(client, ask(replay(upstream, recording, packing)));
      assertSaid(stream.said, expected, `${where}, streamed`);
      assertClean(stream, "CreateChatCompletionStreamResponse", where);
      const whole = await readWhole(client, ask(replay(upstream, recording, packing)));
      assertSaid(whole.said, expected, `${where}, whole`);
      assertClean(whole, "CreateChatCompletionResponse", where);
      refusals.add(stream.refusal).add(whole.refusal);
      const model = recording.expected?.model ?? whole.model;
      assert.deepEqual([stream.model, whole.model], [model, model], where);
    }
  }
  assert.equal(refusals.size, 1);
  return [...refusals].join("");
}

async function checkGraphql(recording: Recording, expected: Said, refusal: string): Promise<void> {
  const whole = await askMutation(gateway, askGraphql(replay(upstream, recording, { seed: 13, gzip: true })));
  const events = await askSubscription(gateway, askGraphql(replay(upstream, recording, { seed: 17 })));
  const last = events.at(-1);
  if (expected.finish === "content_filter" && expected.text === "" && whole.__typename !== "Completion") {
    // The contract: stopped before any text, an answer is a failure.
    assert.deepEqual([whole.code, last?.failure?.code], ["OUTPUT_BLOCKED", "OUTPUT_BLOCKED"]);
    return;
  }
  assert.ok(last?.completion, JSON.stringify(last));
  const joined = (type: string): string =>
    events.map((event) => (event.__typename === type ? (event.text ?? "") : "")).join("");
  // This door shows a refusal as the text that it is.
  const shown = { ...expected, text: expected.text + refusal };
  assertSaid(saidIn(whole), shown, "mutation");
  assertSaid(saidIn(last.completion), shown, "subscription");
  assert.equal(joined("TextDelta"), shown.text);
  assert.equal(joined("ReasoningDelta"), shown.reasoning);
}

for (const recording of answers) {
  test(`${recording.id} says the same through every door`, async () => {
    const expected = expectedOf(recording) ?? (await asFirstRead(recording));
    const refusal = await checkRest(recording, expected);
    await checkGraphql(recording, expected, refusal);
  });
}

/** Where the SDK is no judge, the readings must at least agree, and hold the calls they speak of. */
async function asFirstRead(recording: Recording): Promise<Said> {
  const { said } = await readWhole(restClient(gateway), ask(replay(upstream, recording)));
  assert.equal(said.finish === "tool_calls", said.calls.length > 0);
  return { ...said, calls: said.calls.map((call) => ({ ...call, id: undefined })) };
}

const embedMutation = `mutation ($input: EmbedInput!) { embed(input: $input) {
  ... on Embeddings { embeddings { index vector } } ... on Failure { code message } } }`;

interface RecordedVectors {
  readonly data?: readonly { readonly index: number; readonly embedding: readonly number[] }[];
  readonly embeddings?: readonly { readonly values: readonly number[] }[];
  readonly usage?: { readonly prompt_tokens: number };
}

for (const recording of embeddings) {
  test(`${recording.id} keeps every vector, in order`, async () => {
    const body = recording.answer() as RecordedVectors;
    const vectors =
      body.embeddings?.map((one) => one.values) ??
      [...(body.data ?? [])].sort((a, b) => a.index - b.index).map((one) => one.embedding);
    const input = vectors.map((_, index) => `text ${index}`);
    for (const [version, Client] of Object.entries(restVersions)) {
      const model = replay(upstream, recording, { seed: 19, gzip: true });
      const client = restClient(gateway, Client);
      const floats = await client.embeddings.create({ model, input, encoding_format: "float" });
      assert.deepEqual(checkSchema("CreateEmbeddingResponse", floats), [], version);
      assert.deepEqual(
        floats.data.map((one) => one.embedding),
        vectors,
        version,
      );
      assert.equal(floats.usage.prompt_tokens, body.usage?.prompt_tokens ?? floats.usage.prompt_tokens);
      const packed = await client.embeddings.create({ model: replay(upstream, recording), input });
      assert.deepEqual(
        packed.data.map((one) => [...one.embedding]),
        vectors.map((vector) => [...new Float32Array(vector)]),
        version,
      );
    }
    const embedded = await gateway.graphql<{ embed: unknown }>(embedMutation, {
      input: { model: replay(upstream, recording), texts: input, sensitivity: "public" },
    });
    const embeddingsOf = vectors.map((vector, index) => ({ index, vector }));
    assert.deepEqual(embedded.data.embed, { embeddings: embeddingsOf });
  });
}

test("nothing of what providers said or sent is in the log", () => {
  const log = gateway.logLines.join("\n");
  assert.ok(log.includes('"outcome":"ok"'));
  for (const word of [canary, "Grüezi", "Wetter holen", "San Francisco"])
    assert.ok(!log.includes(word), word);
});

test("the readings are counted", (context) => {
  context.diagnostic(`${answers.length} recorded answers, read ${readings} times`);
  context.diagnostic(`${embeddings.length} recorded embeddings`);
  context.diagnostic(
    schemasPresent ? `${bodies} bodies and chunks kept to OpenAI's schemas` : "no schemas here",
  );
});
