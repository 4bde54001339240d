// What providers really sent says the same to a client of `/v1/responses`, whole and event by event.
// Runs over the fixtures beside it, and over the recordings where they lie beside the repository.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import OpenAI from "openai";
import OldOpenAI from "openai-v4";
import { restClient } from "../kit/door-readings.ts";
import { expectedOf, type Said } from "../kit/expected-answer.ts";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import { startReplayUpstream } from "../kit/replay-upstream.ts";
import { chatWires, isError, replay, replayable } from "../kit/replayed-recordings.ts";
import { readStreamedResponse, readWholeResponse, type ResponseReading } from "../kit/response-readings.ts";

const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(async () => {
  await gateway.close();
  await upstream.close();
});

const client = restClient(gateway, OpenAI);
const oldClient = restClient(gateway, OldOpenAI as unknown as typeof OpenAI);

for (const recording of replayable(chatWires)) {
  if (isError(recording)) continue;
  test(`${recording.id} says the same through /v1/responses`, async () => {
    const ask = (seed: number) => ({ model: replay(upstream, recording, { seed }), input: "Hi" });
    const streamed = await readStreamedResponse(client, ask(23));
    const whole = await readWholeResponse(oldClient, ask(29));
    const expected = expectedOf(recording);
    if (expected) assertSaid(streamed.said, expected);
    assert.deepEqual(withoutIds(whole.said), withoutIds(streamed.said));
    assert.deepEqual(checkSchema("Response", asSent(whole.response)), []);
    assertOrder(streamed);
    for (const event of streamed.events) assert.deepEqual(checkSchema("ResponseStreamEvent", event), []);
  });
}

function assertSaid(said: Said, expected: Said): void {
  const calls = said.calls.map((call, index) => {
    const wanted = expected.calls[index];
    return {
      id: wanted?.id === undefined ? undefined : call.id,
      name: call.name,
      arguments: typeof wanted?.arguments === "string" ? call.arguments : JSON.parse(String(call.arguments)),
    };
  });
  // A whole answer names no finish for calls and text alike: what it holds tells.
  const finish = expected.finish === "stop" && calls.length > 0 ? "tool_calls" : expected.finish;
  assert.deepEqual({ ...said, calls }, { ...expected, finish });
}

const withoutIds = (said: Said): Said => ({
  ...said,
  calls: said.calls.map((call) => ({ ...call, id: undefined })),
});

/** The package adds a field of its own. */
function asSent(response: OpenAI.Responses.Response): unknown {
  const { output_text: _added, ...sent } = response;
  return sent;
}

/** Numbered without a gap, and what each item said in pieces is what it says when it is done. */
function assertOrder({ events, response }: ResponseReading): void {
  assert.deepEqual(
    events.map((event) => event.sequence_number),
    events.map((_, index) => index),
  );
  const types = events.map(({ type }) => type);
  assert.deepEqual(types.slice(0, 2), ["response.created", "response.in_progress"]);
  assert.equal(types.at(-1), `response.${response.status}`);
  const pieces = new Map<number, string>();
  for (const event of events) {
    if (
      event.type === "response.output_text.delta" ||
      event.type === "response.function_call_arguments.delta"
    ) {
      pieces.set(event.output_index, (pieces.get(event.output_index) ?? "") + event.delta);
    }
    if (event.type !== "response.output_item.done") continue;
    assert.deepEqual(event.item, response.output[event.output_index]);
    if (event.item.type === "function_call")
      assert.equal(event.item.arguments, pieces.get(event.output_index));
  }
}
