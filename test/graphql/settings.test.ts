// What GraphQL can ask beside the conversation, and what it shows of an answer beside its text.
// The gateway behind the door is scripted: this is about the door.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { receipt, scriptGateway, started, type Script } from "../kit/scripted-answers.ts";

const base64 = "c291bmQ=";

const telling: Script = async function* (asked) {
  yield started(asked);
  yield { type: "reasoning-delta", choice: 0, text: "Hm." };
  const logprobs = [
    { token: "Yes", logprob: -0.5, bytes: null, top_logprobs: [{ token: "No", logprob: -1.5 }] },
  ];
  yield { type: "text-delta", choice: 0, text: "Yes", logprobs };
  yield { type: "sound", choice: 0, id: "audio_1", base64, expiresAt: 1_800_000_000 };
  yield { type: "choice-finish", choice: 0, reason: "stop" };
  yield { type: "finished", receipt: receipt(asked.requestId) };
};

const query = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename
  ... on Completion { choices {
    text reasoning logprobs { token logprob alternatives { token logprob } } sound { id base64 expiresAt }
  } }
  ... on InvalidRequest { path }
} }`;
const plain = { model: "demo/echo", messages: [{ user: { text: "Well?" } }] };

async function run(context: TestContext, input: object) {
  const gateway = scriptGateway(telling);
  const door = await runGraphqlDoor(context, gateway);
  const { data, errors } = await door.ask(query, { input: { ...plain, ...input } });
  assert.equal(errors, undefined);
  return { request: gateway.asked[0]?.request, complete: (data as { complete: object }).complete };
}

test("every setting reaches the gateway, by the names that the other door gives it", async (context) => {
  const { request } = await run(context, {
    presencePenalty: 0.5,
    frequencyPenalty: -0.5,
    logitBias: [{ token: 42, bias: -100 }],
    logprobs: true,
    topLogprobs: 2,
    parallelToolCalls: false,
    reasoning: "HIGH",
    effort: "xhigh",
    verbosity: "LOW",
    speech: { voice: "alloy", format: "mp3" },
    serviceTier: "flex",
    promptCacheKey: "k",
    safetyIdentifier: "u",
    responseFormat: { schema: { name: "answer", description: "One word.", schema: { type: "object" } } },
  });
  assert.ok(request);
  assert.deepEqual(
    [request.presencePenalty, request.frequencyPenalty, request.logitBias],
    [0.5, -0.5, { 42: -100 }],
  );
  assert.deepEqual([request.logprobs, request.topLogprobs, request.parallelToolCalls], [true, 2, false]);
  assert.equal(request.reasoning, "xhigh");
  assert.deepEqual(request.responseFormat, {
    type: "schema",
    name: "answer",
    description: "One word.",
    schema: { type: "object" },
    strict: true,
  });
  assert.deepEqual(request.extras, {
    verbosity: "low",
    service_tier: "flex",
    prompt_cache_key: "k",
    safety_identifier: "u",
    modalities: ["text", "audio"],
    audio: { voice: "alloy", format: "mp3" },
  });
});

test("an answer shows what was thought, how likely its tokens were, and how it sounds", async (context) => {
  const { complete } = await run(context, {});
  assert.deepEqual(complete, {
    __typename: "Completion",
    choices: [
      {
        text: "Yes",
        reasoning: "Hm.",
        logprobs: [{ token: "Yes", logprob: -0.5, alternatives: [{ token: "No", logprob: -1.5 }] }],
        sound: { id: "audio_1", base64, expiresAt: "2027-01-15T08:00:00.000Z" },
      },
    ],
  });
});

test("alternatives without log probabilities, or too many, are refused", async (context) => {
  for (const input of [{ topLogprobs: 2 }, { logprobs: true, topLogprobs: 21 }]) {
    const { complete } = await run(context, input);
    assert.deepEqual(complete, { __typename: "InvalidRequest", path: "topLogprobs" });
  }
});
