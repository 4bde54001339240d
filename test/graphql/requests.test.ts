// What the gateway is asked: every field of the input in its place, headers where the field is absent.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { AnswerEvent } from "../../src/core/answer.ts";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { receipt, saying, scriptGateway, started } from "../kit/scripted-answers.ts";

const query = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename ... on Completion { text parsed reasoning continuation toolCalls { id name arguments } }
  ... on InvalidRequest { code path message }
} }`;
const plain = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };

interface Shown {
  readonly __typename: string;
  readonly continuation: string;
  readonly [field: string]: unknown;
}

async function run(context: TestContext, input: unknown, headers: Record<string, string> = {}, text = query) {
  const gateway = scriptGateway((asked) => saying(asked, ['{"ok":', "true}"]));
  const door = await runGraphqlDoor(context, gateway);
  const { data, errors } = await door.ask(text, { input }, headers);
  return { asked: gateway.asked[0], complete: (data as { complete: Shown } | undefined)?.complete, errors };
}

test("every field of the input reaches the gateway", async (context) => {
  const { asked, errors } = await run(context, {
    model: "auto",
    messages: [
      { system: { text: "Be brief.", sensitivity: "public" } },
      {
        user: {
          parts: [
            { text: "Look:" },
            { image: { url: "https://a.example/cat.png", detail: "LOW" } },
            { file: { base64: "AAAA", mimeType: "application/pdf", name: "a.pdf" } },
          ],
          sensitivity: "confidential+pii",
        },
      },
      { assistant: { text: "Hm.", toolCalls: [{ id: "c1", name: "look", arguments: "{}" }] } },
      { tool: { toolCallId: "c1", text: "A cat." } },
    ],
    idempotencyKey: "once",
    sensitivity: "internal",
    purpose: "support",
    task: "code",
    sessionId: "s1",
    planHash: "p1",
    maxOutputTokens: 100,
    n: 2,
    temperature: 0.5,
    topP: 0.9,
    stop: ["END"],
    seed: 7,
    tools: [{ name: "look", description: "Looks.", parameters: { type: "object" }, strict: true }],
    toolChoice: { tool: "look" },
    responseFormat: { schema: { name: "answer", schema: { type: "object" } } },
    reasoning: "HIGH",
    maxCostUsd: "0.05",
    onUnsupported: "REROUTE",
  });
  assert.equal(errors, undefined);
  assert.ok(asked);
  const { request, caller, ...beside } = asked;
  assert.equal(caller.key, "key:test");
  assert.deepEqual(JSON.parse(JSON.stringify(beside)), {
    requestId: "req_1",
    door: "graphql",
    declared: "internal",
    purpose: "support",
    task: "code",
    sessionId: "s1",
    maxCost: 50_000_000_000,
    onUnsupported: "reroute",
    planHash: "p1",
    idempotencyKey: "once",
  });
  assert.deepEqual(JSON.parse(JSON.stringify(request)), {
    action: "complete",
    model: "auto",
    messages: [
      {
        role: "system",
        parts: [{ type: "text", text: "Be brief." }],
        sensitivity: { level: "public", labels: [] },
      },
      {
        role: "user",
        parts: [
          { type: "text", text: "Look:" },
          { type: "image", url: "https://a.example/cat.png", detail: "low" },
          { type: "file", base64: "AAAA", mimeType: "application/pdf", name: "a.pdf" },
        ],
        sensitivity: { level: "confidential", labels: ["pii"] },
      },
      {
        role: "assistant",
        parts: [{ type: "text", text: "Hm." }],
        toolCalls: [{ id: "c1", name: "look", arguments: "{}" }],
        reasoning: [],
      },
      { role: "tool", toolCallId: "c1", parts: [{ type: "text", text: "A cat." }] },
    ],
    stream: false,
    n: 2,
    maxOutputTokens: 100,
    temperature: 0.5,
    topP: 0.9,
    stop: ["END"],
    seed: 7,
    tools: [{ name: "look", description: "Looks.", parameters: { type: "object" }, strict: true }],
    toolChoice: { mode: "tool", tool: "look" },
    responseFormat: { type: "schema", name: "answer", schema: { type: "object" }, strict: true },
    reasoning: "high",
    extras: {},
  });
});

const headers = {
  "x-data-sensitivity": "confidential+pii",
  "x-purpose": "support",
  "x-task": "code",
  "x-session-id": "s1",
  "x-max-cost-usd": "0.25",
  "x-unsupported": "drop",
  "idempotency-key": "once",
};

test("a header counts where the field is absent", async (context) => {
  const { asked } = await run(context, plain, headers);
  assert.deepEqual(
    [
      asked?.declaredByHeader,
      asked?.purpose,
      asked?.task,
      asked?.sessionId,
      asked?.maxCost,
      asked?.onUnsupported,
    ],
    ["confidential+pii", "support", "code", "s1", 250_000_000_000, "drop"],
  );
  assert.equal(asked?.idempotencyKey, "once");
});

test("a field counts before the header, also where it says what is usual, but both tags are handed on, and no field lifts the header's limit", async (context) => {
  const given = { ...plain, sensitivity: "public", maxCostUsd: "1", onUnsupported: "ERROR" };
  const { asked } = await run(context, given, headers);
  assert.deepEqual(
    [asked?.declared, asked?.declaredByHeader, asked?.maxCost, asked?.onUnsupported],
    ["public", "confidential+pii", 250_000_000_000, "error"],
  );
  const literal = `mutation { complete(input: { model: "demo/echo", messages: [{ user: { text: "a" } }], onUnsupported: ERROR }) { __typename } }`;
  assert.equal((await run(context, undefined, headers, literal)).asked?.onUnsupported, "error");
  const absent = literal.replace(", onUnsupported: ERROR", "");
  assert.equal((await run(context, undefined, headers, absent)).asked?.onUnsupported, "drop");
  assert.equal((await run(context, undefined, {}, absent)).asked?.onUnsupported, "error");
});

test("a wrong field is named by its path and reaches no gateway", async (context) => {
  for (const [wrong, path] of [
    [{ messages: [{ user: {} }] }, "messages[0].user"],
    [{ messages: [{ user: { text: "a", parts: [] } }] }, "messages[0].user"],
    [{ messages: [{ user: { parts: [{ image: {} }] } }] }, "messages[0].user.parts[0].image"],
    [{ messages: [{ user: { parts: [{ image: { base64: "AA" } }] } }] }, "messages[0].user.parts[0].image"],
    [{ messages: [{ user: { text: "a", sensitivity: "Secret!" } }] }, "messages[0].user.sensitivity"],
    [{ messages: [{ assistant: { continuation: "forged" } }] }, "messages[0].assistant.continuation"],
    [{ maxCostUsd: "free" }, "maxCostUsd"],
  ] as const) {
    const { complete, asked } = await run(context, { ...plain, ...wrong });
    assert.equal(complete?.["code"], "INVALID_REQUEST", path);
    assert.equal(complete["path"], path);
    assert.equal(asked, undefined);
  }
});

test("exactly one field of a oneOf input may be given", async (context) => {
  const { errors } = await run(context, {
    ...plain,
    messages: [{ user: { text: "a" }, system: { text: "b" } }],
  });
  assert.match(errors?.[0]?.message ?? "", /Exactly one key/);
});

test("an answer that was asked for as JSON is parsed", async (context) => {
  const { complete } = await run(context, { ...plain, responseFormat: { json: true } });
  assert.deepEqual(complete?.["parsed"], { ok: true });
  assert.equal((await run(context, plain)).complete?.["parsed"], null);
});

test("a continuation brings reasoning and signatures back as they were", async (context) => {
  const thinking: readonly AnswerEvent[] = [
    { type: "reasoning-delta", choice: 0, text: "Let me look." },
    { type: "reasoning-seal", choice: 0, signature: "sig-1" },
    { type: "reasoning-seal", choice: 0, redacted: "opaque" },
    {
      type: "tool-call-delta",
      choice: 0,
      call: 0,
      id: "c1",
      name: "look",
      arguments: "{}",
      signature: "sig-2",
    },
    { type: "choice-finish", choice: 0, reason: "tool_calls" },
  ];
  const gateway = scriptGateway(async function* (asked) {
    yield started(asked);
    yield* thinking;
    yield { type: "finished", receipt: receipt(asked.requestId) };
  });
  const door = await runGraphqlDoor(context, gateway);
  const first = (await door.ask(query, { input: plain })).data as { complete: Shown };
  assert.equal(first.complete["reasoning"], "Let me look.");
  const { toolCalls, continuation } = first.complete;
  await door.ask(query, {
    input: {
      ...plain,
      messages: [
        ...plain.messages,
        { assistant: { toolCalls, continuation } },
        { tool: { toolCallId: "c1", text: "A cat." } },
      ],
    },
  });
  const said = gateway.asked[1]?.request.messages[1];
  assert.ok(said?.role === "assistant");
  assert.deepEqual(said.reasoning, [
    { text: "Let me look.", signature: "sig-1" },
    { text: "", redacted: "opaque" },
  ]);
  assert.deepEqual(said.toolCalls, [{ id: "c1", name: "look", arguments: "{}", signature: "sig-2" }]);
});

test("each paid field of a document has a request id of its own", async (context) => {
  const gateway = scriptGateway((asked) => saying(asked, ["hi"]));
  const door = await runGraphqlDoor(context, gateway);
  const two = `mutation ($input: CompletionInput!) {
    a: complete(input: $input) { ... on Completion { receipt { id } } }
    b: complete(input: $input) { ... on Completion { receipt { id } } }
  }`;
  const { headers: answered } = await door.ask(two, { input: plain });
  const ids = gateway.asked.map(({ requestId }) => requestId);
  assert.equal(new Set(ids).size, 2);
  assert.equal(answered.get("x-request-id"), ids[0]);
});
