// The events of a streamed answer: numbered, with offsets, merged where asked, failed in one event.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { createClient } from "graphql-sse";
import { Failure } from "../../src/core/errors.ts";
import { eventually } from "../kit/eventually.ts";
import { bearer, runGraphqlDoor, type RunningGraphqlDoor } from "../kit/graphql-door.ts";
import {
  receipt,
  saying,
  scriptGateway,
  stalled,
  started,
  type ScriptedGateway,
} from "../kit/scripted-answers.ts";

const plain = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };
const query = `subscription ($input: CompletionInput!) { completion(input: $input) {
  __typename seq
  ... on TextDelta { choice offset text }
  ... on ReasoningDelta { choice offset text }
  ... on ToolCallDelta { choice call callId name argumentsDelta }
  ... on SafetyNotice { choice categories redacted retractFrom }
  ... on CompletionFinished { completion { choices { index text } } }
  ... on CompletionFailed { failure { __typename code requestId } receipt { id } }
} }`;

type Event = Readonly<Record<string, unknown>> & { readonly __typename: string };

function follow({ url }: RunningGraphqlDoor, input: object, seen: Event[] = []): Promise<Event[]> {
  const client = createClient({ url, headers: { ...bearer }, retryAttempts: 0 });
  return new Promise((resolve, reject) => {
    client.subscribe<{ completion: Event }>(
      { query, variables: { input } },
      {
        next: ({ data }) => void (data && seen.push(data.completion)),
        error: reject,
        complete: () => resolve(seen),
      },
    );
  });
}

const collect = async (
  context: TestContext,
  gateway: ScriptedGateway,
  input: object = {},
): Promise<Event[]> => await follow(await runGraphqlDoor(context, gateway), { ...plain, ...input });

test("offsets count UTF-16 units, apart for each choice and for text and reasoning", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "reasoning-delta", choice: 0, text: "Hm… " };
    yield { type: "text-delta", choice: 0, text: "😀" };
    yield { type: "text-delta", choice: 1, text: "a" };
    yield { type: "reasoning-delta", choice: 0, text: "yes" };
    yield { type: "text-delta", choice: 0, text: "" };
    yield { type: "text-delta", choice: 0, text: "!" };
    yield { type: "refusal-delta", choice: 1, text: "no" };
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const events = await collect(context, gateway, { n: 2 });
  assert.deepEqual(
    events.filter(({ __typename }) => __typename.endsWith("Delta")),
    [
      { __typename: "ReasoningDelta", seq: 1, choice: 0, offset: 0, text: "Hm… " },
      { __typename: "TextDelta", seq: 2, choice: 0, offset: 0, text: "😀" },
      { __typename: "TextDelta", seq: 3, choice: 1, offset: 0, text: "a" },
      { __typename: "ReasoningDelta", seq: 4, choice: 0, offset: 4, text: "yes" },
      { __typename: "TextDelta", seq: 5, choice: 0, offset: 2, text: "!" },
      { __typename: "TextDelta", seq: 6, choice: 1, offset: 1, text: "no" },
    ],
  );
  assert.deepEqual(events.at(-1)?.["completion"], {
    choices: [
      { index: 0, text: "😀!" },
      { index: 1, text: "ano" },
    ],
  });
});

test("every part of a tool call carries its id and name", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "tool-call-delta", choice: 0, call: 0, id: "c1", name: "look", arguments: '{"a"' };
    yield { type: "tool-call-delta", choice: 0, call: 0, arguments: ":1}" };
    yield { type: "safety-notice", choice: 0, categories: ["S7"], redacted: true };
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  assert.deepEqual((await collect(context, gateway)).slice(1, 4), [
    {
      __typename: "ToolCallDelta",
      seq: 1,
      choice: 0,
      call: 0,
      callId: "c1",
      name: "look",
      argumentsDelta: '{"a"',
    },
    {
      __typename: "ToolCallDelta",
      seq: 2,
      choice: 0,
      call: 0,
      callId: "c1",
      name: "look",
      argumentsDelta: ":1}",
    },
    { __typename: "SafetyNotice", seq: 3, choice: 0, categories: ["S7"], redacted: true, retractFrom: null },
  ]);
});

test("text is merged for as long as coalesceMs says, without a gap in the numbers", async (context) => {
  const letters = Array.from("abcdefghijklmnopqrstuvwxyz");
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    for (const [index, text] of letters.entries()) {
      yield { type: "text-delta", choice: 0, text };
      if (index === 12) await new Promise((resolve) => setTimeout(resolve, 120));
    }
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const events = await collect(context, gateway, { coalesceMs: 50 });
  assert.deepEqual(
    events.map(({ __typename, seq, offset, text }) => [__typename, seq, offset, text]),
    [
      ["CompletionStarted", 0, undefined, undefined],
      ["TextDelta", 1, 0, "abcdefghijklm"],
      ["TextDelta", 2, 13, "nopqrstuvwxyz"],
      ["CompletionFinished", 3, undefined, undefined],
    ],
  );
  assert.equal((await collect(context, gateway)).length, letters.length + 2);
});

test("merged text is not held back while the answer stalls", async (context) => {
  const gateway = scriptGateway(async function* (asked, signal) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "word" };
    await stalled(signal);
  });
  const seen: Event[] = [];
  const door = await runGraphqlDoor(context, gateway);
  const ended = follow(door, { ...plain, coalesceMs: 30 }, seen);
  await eventually(() => seen.some(({ text }) => text === "word"));
  door.door.cut();
  await ended;
});

test("a failure before anything began is the one event", async (context) => {
  const gateway = scriptGateway(() => {
    throw new Failure("POLICY_DENIED");
  });
  const [failed, ...more] = await collect(context, gateway);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [failed?.__typename, failed?.["seq"], failed?.["failure"]],
    ["CompletionFailed", 0, { __typename: "PolicyDenied", code: "POLICY_DENIED", requestId: "req_1" }],
  );
  const [wrong] = await collect(context, gateway, { messages: [{ user: {} }] });
  assert.deepEqual(wrong?.["failure"], {
    __typename: "InvalidRequest",
    code: "INVALID_REQUEST",
    requestId: "req_1",
  });
});

test("a failure on the way comes last, with the receipt", async (context) => {
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield { type: "text-delta", choice: 0, text: "So far" };
    throw new Failure("UPSTREAM_TIMEOUT");
  });
  const events = await collect(context, gateway);
  assert.deepEqual(
    events.map(({ __typename }) => __typename),
    ["CompletionStarted", "TextDelta", "CompletionFailed"],
  );
  assert.deepEqual(events[2]?.["failure"], {
    __typename: "UpstreamFailed",
    code: "UPSTREAM_TIMEOUT",
    requestId: "req_1",
  });
  assert.deepEqual(events[2]?.["receipt"], { id: "req_1" });
});

test("a gateway that stops ends every stream with its reason", async (context) => {
  const gateway = scriptGateway(async function* (asked, signal) {
    yield started(asked);
    await stalled(signal);
  });
  const door = await runGraphqlDoor(context, gateway);
  const seen: Event[] = [];
  const ended = follow(door, plain, seen);
  await eventually(() => seen.length === 1);
  door.door.cut();
  await ended;
  assert.deepEqual(seen.at(-1)?.["failure"], {
    __typename: "OtherFailure",
    code: "OVERLOADED",
    requestId: "req_1",
  });
  assert.deepEqual(door.faults, []);
});

test("in the process a subscription is refused and anything else answered", async (context) => {
  const { door } = await runGraphqlDoor(
    context,
    scriptGateway((asked) => saying(asked, ["hi"])),
  );
  const { testCaller } = await import("../kit/rest-door.ts");
  const answered = await door.execute({ query: "{ caller { key } }" }, testCaller());
  assert.deepEqual(JSON.parse(JSON.stringify(answered)), { data: { caller: { key: "key:test" } } });
  await assert.rejects(door.execute({ query, variables: { input: plain } }, testCaller()), /Subscriptions/);
});
