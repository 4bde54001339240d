// What goes wrong has one code, one status and one sentence, whichever door it is told at.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { answerError, startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const user = { role: "user", content: "Hello" };
const asks: readonly [string, Record<string, unknown>, number, string, string][] = [
  ["a model that nobody knows", { model: "nobody/knows" }, 404, "model_not_found", "MODEL_NOT_FOUND"],
  ["a provider that is off", { model: "openai/gpt-4.1" }, 503, "model_unavailable", "MODEL_UNAVAILABLE"],
  ["a chat with an embedding model", { model: "demo/embedding" }, 400, "invalid_request", "INVALID_REQUEST"],
  ["an empty model", { model: "" }, 400, "invalid_request", "INVALID_REQUEST"],
  ["n of zero", { model: "demo/echo", n: 0 }, 400, "invalid_request", "INVALID_REQUEST"],
];

for (const [name, over, status, code, graphqlCode] of asks) {
  test(`${name} is ${code} at both doors`, async () => {
    const rest = await gateway.post("/v1/chat/completions", { messages: [user], ...over });
    const { error } = (await rest.json()) as { error: { code: string; message: string } };
    assert.deepEqual([rest.status, error.code], [status, code]);
    const { data } = await gateway.graphql<{
      complete: { code: string; message: string; requestId: string };
    }>(
      "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Failure { code message requestId } } }",
      { input: { messages: [{ user: { text: "Hello" } }], ...over } },
    );
    assert.equal(data.complete.code, graphqlCode);
    assert.match(data.complete.requestId, /^req_/);
  });
}

test("embeddings of a chat model are refused", async () => {
  const answer = await gateway.post("/v1/embeddings", { model: "demo/echo", input: "Hello" });
  assert.equal(answer.status, 400);
});

test("a rate limit is told with the wait, and SDKs may retry", async () => {
  upstream.behave(answerError(429, { error: { message: "slow down" } }, { "retry-after": "3" }));
  const answer = await gateway.post("/v1/chat/completions", { model: "ollama/test", messages: [user] });
  assert.deepEqual(
    [answer.status, answer.headers.get("retry-after"), answer.headers.get("x-should-retry")],
    [429, "3", "true"],
  );
});

test("a stream that breaks off ends with an error event, no finish reason and no [DONE]", async () => {
  upstream.behave(streamOpenai(["Hel", "lo there "], { pauseMilliseconds: 30, ending: "cut" }));
  const answer = await gateway.post("/v1/chat/completions", {
    model: "ollama/test",
    messages: [user],
    stream: true,
  });
  const body = await answer.text();
  assert.match(body, /data: \{"error":/);
  assert.doesNotMatch(body, /\[DONE\]/);
  assert.doesNotMatch(body, /"finish_reason":"/);
});

test("a subscription that breaks off ends with CompletionFailed and its receipt", async () => {
  upstream.behave(streamOpenai(["Hel", "lo there "], { pauseMilliseconds: 30, ending: "cut" }));
  const answer = await gateway.post(
    "/graphql",
    {
      query:
        'subscription { completion(input: { model: "ollama/test", messages: [{ user: { text: "Hello" } }] }) { __typename ... on CompletionFailed { failure { code } receipt { estimated attempts { outcome } } } } }',
    },
    { accept: "text/event-stream" },
  );
  const body = await answer.text();
  assert.match(
    body,
    /"CompletionFailed","failure":\{"code":"UPSTREAM_FAILED"\},"receipt":\{"estimated":true,"attempts":\[\{"outcome":"UPSTREAM_FAILED"\}\]\}/,
  );
  assert.doesNotMatch(body, /CompletionFinished/);
});
