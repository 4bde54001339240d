// What providers really said when they failed becomes a typed error at both doors, and nothing of theirs comes along.
// Runs over the fixtures beside it, and over the recordings where they lie beside the repository.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { APIError } from "openai";
import {
  type SubscriptionEvent,
  askMutation,
  askSubscription,
  readStream,
  readWhole,
  restClient,
  restVersions,
} from "../kit/door-readings.ts";
import { startGateway } from "../kit/gateway.ts";
import { loadSchemaCheck, schemasPresent } from "../kit/openai-schemas.ts";
import type { Recording } from "../kit/recordings.ts";
import { canary, startReplayUpstream } from "../kit/replay-upstream.ts";
import { chatWires, embeddingWires, isError, replay, replayable } from "../kit/replayed-recordings.ts";

interface Expected {
  readonly status: number;
  readonly type: string;
  readonly code: string;
  readonly retry: boolean;
  readonly graphql: string;
}

const row = (status: number, type: string, code: string, retry: boolean, graphql: string): Expected => ({
  status,
  type,
  code,
  retry,
  graphql,
});

const invalid = row(400, "invalid_request_error", "invalid_request", false, "INVALID_REQUEST");
const tooLong = row(
  400,
  "invalid_request_error",
  "context_length_exceeded",
  false,
  "CONTEXT_LENGTH_EXCEEDED",
);
const failed = row(502, "server_error", "upstream_failed", true, "UPSTREAM_FAILED");

/** By the status that the provider meant. */
const byStatus: Readonly<Record<number, Expected>> = {
  400: invalid,
  401: failed,
  404: row(404, "invalid_request_error", "model_not_found", false, "MODEL_NOT_FOUND"),
  429: row(429, "rate_limit_error", "rate_limit_exceeded", true, "RATE_LIMITED"),
  503: failed,
  529: failed,
};

const errors = replayable(chatWires).filter(isError);
const embeddingErrors = replayable(embeddingWires).filter(isError);
const upstream = await startReplayUpstream();
const gateway = await startGateway({ ...upstream.env });
const checkSchema = schemasPresent ? await loadSchemaCheck() : () => [];
after(async () => {
  await gateway.close();
  await upstream.close();
});

const messages = [{ role: "user" as const, content: "Hi" }];

/** The error inside a 200 says its status itself. */
function expectedOf(recording: Recording): Expected {
  if (recording.exercises.includes("context-length")) return tooLong;
  const text = recording.streaming
    ? Buffer.from(recording.streamBytes()).toString("utf8")
    : JSON.stringify(recording.answer());
  const meant = recording.status < 400 ? Number(/"code":\s*(\d{3})/.exec(text)?.[1]) : recording.status;
  return byStatus[meant] ?? assert.fail(`no row for ${meant}`);
}

async function errorOf(asking: Promise<unknown>): Promise<APIError> {
  const error = await asking.then(() => undefined).catch((reason: unknown) => reason);
  // Each major version has a class of its own.
  assert.equal((error as Error | undefined)?.constructor.name.endsWith("Error"), true, String(error));
  return error as APIError;
}

function assertError(error: APIError, expected: Expected, begun: boolean): void {
  const shown = JSON.stringify(error.error) + error.message;
  assert.deepEqual([error.type, error.code], [expected.type, expected.code]);
  assert.deepEqual(checkSchema("ErrorResponse", { error: error.error }), []);
  assert.doesNotMatch(shown, new RegExp(`${canary}|user_2|req_011|node:|\\.ts:`));
  // Once text has gone out, the status has too: the error is then the stream's last event.
  if (begun) return;
  assert.equal(error.status, expected.status);
  const headers = new Headers(error.headers);
  assert.equal(headers.get("x-should-retry"), String(expected.retry));
  assert.ok(!JSON.stringify([...headers]).includes(canary), "no header of the upstream comes back");
}

const begins = (recording: Recording): boolean =>
  recording.streaming && Buffer.from(recording.streamBytes()).includes('"reasoning":"');

for (const recording of errors) {
  test(`${recording.id} is the same typed error through every door`, async () => {
    const expected = expectedOf(recording);
    for (const Client of Object.values(restVersions)) {
      const client = restClient(gateway, Client);
      const ask = () => ({ model: replay(upstream, recording, { seed: 23 }), messages });
      assertError(await errorOf(readWhole(client, ask())), expected, false);
      assertError(await errorOf(readStream(client, ask())), expected, begins(recording));
    }
    const input = () => ({
      model: replay(upstream, recording, { seed: 29, gzip: true }),
      messages: [{ user: { text: "Hi" } }],
    });
    const whole = await askMutation(gateway, input());
    const last: SubscriptionEvent | undefined = (await askSubscription(gateway, input())).at(-1);
    assert.deepEqual([whole.code, whole.retryable], [expected.graphql, expected.retry]);
    assert.equal(last?.failure?.code, expected.graphql);
    assert.ok(!JSON.stringify([whole, last]).includes(canary));
  });
}

for (const recording of embeddingErrors) {
  test(`${recording.id} is a typed error`, async () => {
    for (const Client of Object.values(restVersions)) {
      const body = { model: replay(upstream, recording, { seed: 31 }), input: "Hi" };
      const error = await errorOf(restClient(gateway, Client).embeddings.create(body));
      assertError(error, expectedOf(recording), false);
    }
  });
}

test("what a provider says of waiting and of the wrong parameter reaches the caller", async () => {
  const put = (status: number, error: object, provider = "openai") =>
    `${provider}/${upstream.put({ status, contentType: "application/json", bytes: Buffer.from(JSON.stringify({ error })) })}`;
  const ask = async (model: string) => await errorOf(readWhole(restClient(gateway), { model, messages }));
  const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.4s" }];
  const limited = await ask(put(429, { code: 429, message: "Quota", details }, "gemini"));
  assert.equal(new Headers(limited.headers).get("retry-after"), "35");
  const refused = await ask(put(400, { message: "Too hot.", param: "temperature", code: "unsupported" }));
  assert.equal(refused.param, "temperature");
});

test("the errors are counted", (context) => {
  context.diagnostic(`${errors.length} recorded errors of chats, ${embeddingErrors.length} of embeddings`);
});
