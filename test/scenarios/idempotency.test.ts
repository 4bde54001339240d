// The same idempotency key, fifty times at once: one is paid, and everyone gets that answer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream, streamOpenai, answerOpenai, type Behaviour } from "../kit/upstream.ts";

const upstream = await startUpstream();
const gateway = await startGateway({ OPENAI_BASE_URL: upstream.baseUrl, OPENAI_API_KEY: "sk-test" });
after(async () => {
  await gateway.close();
  await upstream.close();
});

const slow: Behaviour = async (request, response) => {
  await new Promise((resolve) => setTimeout(resolve, 50));
  await (
    request.body["stream"] === true
      ? streamOpenai(["The ", "one ", "answer."], { pauseMilliseconds: 10 })
      : answerOpenai("The one answer.")
  )(request, response);
};

const model = "openai/gpt-4.1-mini";
const input = (idempotencyKey: string) => ({
  model,
  messages: [{ user: { text: "Hello" } }],
  idempotencyKey,
});
const rest =
  (stream: boolean) =>
  async (key: string): Promise<string> => {
    const body = { model, messages: [{ role: "user", content: "Hello" }], stream };
    const answer = await gateway.post("/v1/chat/completions", body, { "idempotency-key": key });
    const text = await answer.text();
    const pieces = [...text.matchAll(/"content":"([^"]*)"/g)].map((match) => match[1]);
    return answer.ok ? pieces.join("") : text;
  };

const ways: readonly [string, (key: string) => Promise<string>][] = [
  ["REST", rest(false)],
  ["REST stream", rest(true)],
  [
    "mutation",
    async (key) => {
      const { data } = await gateway.graphql<{ complete: { text?: string; code?: string } }>(
        "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { text } ... on Failure { code } } }",
        { input: input(key) },
      );
      return data.complete.text ?? data.complete.code ?? "";
    },
  ],
  [
    "subscription",
    async (key) => {
      const query =
        "subscription ($input: CompletionInput!) { completion(input: $input) { ... on CompletionFinished { completion { text } } ... on CompletionFailed { failure { code } } } }";
      const body = { query, variables: { input: input(key) } };
      const answer = await gateway.post("/graphql", body, { accept: "text/event-stream" });
      return /"completion":\{"text":"([^"]*)"/.exec(await answer.text())?.[1] ?? "";
    },
  ],
];

for (const [name, ask] of ways) {
  test(`${name}: fifty at once with one key pay once`, async () => {
    upstream.behave(slow);
    const before = upstream.seen.length;
    const paidBefore = await paid();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(`order of ${name}`)));
    assert.deepEqual(new Set(answers), new Set(["The one answer."]));
    assert.equal(upstream.seen.length - before, 1);
    assert.equal((await paid()) - paidBefore, 1);
  });
}

async function paid(): Promise<number> {
  const lines = await gateway.app.store.usage(new Date(0));
  return lines.reduce((total, line) => total + line.requests, 0);
}
