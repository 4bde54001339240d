// The mutation and the subscription, over answers that the tests write down.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "graphql-sse";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const friendly = () => scriptGateway((asked) => saying(asked, ["Hel", "lo"]));

const completeQuery = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename
  ... on Completion { text finishReason choices { index text } receipt { id costUsd deployment { id } } }
  ... on Failure { code message requestId }
} }`;

test("a whole answer is gathered, with its receipt", async (context) => {
  const gateway = friendly();
  const { ask } = await runGraphqlDoor(context, gateway);
  const { status, data, errors } = await ask(completeQuery, { input });
  assert.equal(errors, undefined);
  assert.equal(status, 200);
  assert.deepEqual((data as { complete: unknown }).complete, {
    __typename: "Completion",
    text: "Hello",
    finishReason: "STOP",
    choices: [{ index: 0, text: "Hello" }],
    receipt: { id: gateway.asked[0]?.requestId, costUsd: "0.000412", deployment: { id: "demo/echo" } },
  });
});

const streamQuery = `subscription ($input: CompletionInput!) { completion(input: $input) {
  __typename seq
  ... on CompletionStarted { receiptId deployment { id } }
  ... on TextDelta { choice offset text }
  ... on CompletionFinished { completion { text } }
  ... on CompletionFailed { failure { __typename code requestId } receipt { id } }
} }`;

test("a streamed answer comes event by event to a graphql-sse client", async (context) => {
  const { url } = await runGraphqlDoor(context, friendly());
  const client = createClient({ url, headers: { ...bearer }, retryAttempts: 0 });
  const events: unknown[] = [];
  for await (const { data, errors } of client.iterate({ query: streamQuery, variables: { input } })) {
    assert.equal(errors, undefined);
    events.push(data?.["completion"]);
  }
  assert.deepEqual(events, [
    { __typename: "CompletionStarted", seq: 0, receiptId: "req_1", deployment: { id: "demo/echo" } },
    { __typename: "TextDelta", seq: 1, choice: 0, offset: 0, text: "Hel" },
    { __typename: "TextDelta", seq: 2, choice: 0, offset: 3, text: "lo" },
    { __typename: "CompletionFinished", seq: 3, completion: { text: "Hello" } },
  ]);
});
