// Calling providers over real sockets: what is sent, what failures become, and leaving at once.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { asFailure, type FailureCode } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import type { CompletionRequest } from "../../src/core/request.ts";
import { Secret } from "../../src/core/secret.ts";
import { createPools } from "../../src/providers/pools.ts";
import { createProviders } from "../../src/providers/providers.ts";
import { attemptFailureFrom, type AttemptFailure } from "../../src/providers/upstream-failure.ts";
import { deploymentAt, permitted } from "../kit/deployments.ts";
import {
  answerError,
  answerOpenai,
  stall,
  startUpstream,
  streamOpenai,
  type Behaviour,
} from "../kit/upstream.ts";

const upstream = await startUpstream();
const pools = createPools({ httpsProxy: undefined, noProxy: undefined });
const secrets = [new Secret("sk-the-only-one")];
const providers = createProviders({ pools, keysOf: () => secrets });
const target = permitted(deploymentAt(upstream.baseUrl));
after(async () => {
  await pools.close();
  await upstream.close();
});

const request: CompletionRequest = {
  action: "complete",
  model: "test-model",
  messages: [{ role: "user", parts: [{ type: "text", text: "Hello" }] }],
  stream: true,
  n: 1,
  extras: {},
};

async function call(
  behaviour: Behaviour,
  over: Partial<CompletionRequest> = {},
  signal = new AbortController().signal,
) {
  upstream.behave(behaviour);
  const { events } = providers.complete(
    target,
    { ...request, ...over },
    { onUnsupported: undefined, signal },
  );
  const heard: ModelEvent[] = [];
  for await (const batch of events) heard.push(...batch);
  return heard;
}

const textOf = (events: readonly ModelEvent[]): string =>
  events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");

async function failureOf(
  behaviour: Behaviour,
  over: Partial<CompletionRequest> = {},
): Promise<AttemptFailure> {
  try {
    await call(behaviour, over);
  } catch (error) {
    return attemptFailureFrom(error, "Test provider");
  }
  return assert.fail("the call fails");
}

// First, while no other connection is there to be used.
test("the connection of a stream that came to its end carries the next one", async () => {
  const ports = new Set<number | undefined>();
  const noting: Behaviour = async (seen, response) => {
    ports.add(response.socket?.remotePort);
    await streamOpenai(["Hello"])(seen, response);
  };
  for (let time = 0; time < 5; time += 1) {
    await call(noting);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(ports.size, 1);
});

test("a stream and a whole answer give the same text", async () => {
  assert.equal(textOf(await call(streamOpenai(["Hel", "lo"]))), "Hello");
  assert.equal(textOf(await call(answerOpenai("Hello"), { stream: false })), "Hello");
});

test("a server that answers whole although a stream was asked for is understood", async () => {
  const whole: Behaviour = (seen, response) =>
    answerOpenai("Hello")({ ...seen, body: { ...seen.body, stream: false } }, response);
  assert.equal(textOf(await call(whole)), "Hello");
});

test("a server that streams although a whole answer was asked for is understood", async () => {
  assert.equal(textOf(await call(streamOpenai(["Hel", "lo"]), { stream: false })), "Hello");
});

test("a refused parameter keeps its name", async () => {
  const body = { error: { message: "Unsupported value", param: "temperature", code: "unsupported_value" } };
  assert.equal((await failureOf(answerError(400, body))).failure.detail.path, "temperature");
});

test("a compressed answer is read although none was asked for", async () => {
  const body = JSON.stringify({
    id: "x",
    model: "m",
    choices: [{ index: 0, message: { role: "assistant", content: "zipped" }, finish_reason: "stop" }],
  });
  const zipped: Behaviour = (_seen, response) => {
    response
      .writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" })
      .end(gzipSync(body));
  };
  assert.equal(textOf(await call(zipped, { stream: false })), "zipped");
});

test("the key of a provider goes into the header alone", async () => {
  await call(answerOpenai("a"), { stream: false });
  assert.equal(upstream.seen.at(-1)?.headers["authorization"], "Bearer sk-the-only-one");
  assert.ok(!JSON.stringify(upstream.seen.map((seen) => seen.body)).includes("sk-"));
});

const failures: readonly [string, Behaviour, FailureCode, boolean][] = [
  [
    "401",
    answerError(401, { error: { message: "Incorrect API key provided: sk-the-only-one" } }),
    "UPSTREAM_FAILED",
    true,
  ],
  ["403", answerError(403, {}), "UPSTREAM_FAILED", true],
  ["400", answerError(400, { error: { message: "temperature is too hot" } }), "INVALID_REQUEST", false],
  ["422", answerError(422, { detail: "no such field" }), "INVALID_REQUEST", false],
  ["404", answerError(404, { error: { message: "no such model" } }), "MODEL_NOT_FOUND", true],
  [
    "400 of a content filter",
    answerError(400, { error: { message: "The prompt was filtered.", code: "content_filter" } }),
    "INPUT_BLOCKED",
    false,
  ],
  ["402", answerError(402, { error: { message: "Insufficient Balance" } }), "UPSTREAM_FAILED", true],
  [
    "429 for want of money",
    answerError(429, { error: { message: "You exceeded your current quota", code: "insufficient_quota" } }),
    "UPSTREAM_FAILED",
    true,
  ],
  [
    "429",
    answerError(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
    "RATE_LIMITED",
    true,
  ],
  [
    "500 with HTML",
    (_seen, response) => void response.writeHead(500, { "content-type": "text/html" }).end("<h1>oops</h1>"),
    "UPSTREAM_FAILED",
    true,
  ],
  ["503", answerError(503, { error: "busy" }), "UPSTREAM_FAILED", true],
  ["504", answerError(504, {}), "UPSTREAM_TIMEOUT", true],
  [
    "garbage in a 200",
    (_seen, response) => void response.writeHead(200, { "content-type": "application/json" }).end("{nope"),
    "UPSTREAM_FAILED",
    true,
  ],
  ["an empty 200", (_seen, response) => void response.writeHead(200).end(), "UPSTREAM_FAILED", true],
  [
    "a socket cut before the head",
    (_seen, response) => void response.socket?.destroy(),
    "UPSTREAM_FAILED",
    true,
  ],
  ["a stream cut in the middle", streamOpenai(["Hel"], { ending: "cut" }), "UPSTREAM_FAILED", true],
];

for (const [name, behaviour, code, mayTryAnother] of failures) {
  test(`${name} becomes ${code}, ${mayTryAnother ? "and another deployment may be tried" : "for the caller to mend"}`, async () => {
    const stream = name.startsWith("a stream");
    const failure = await failureOf(behaviour, { stream });
    assert.equal(failure.failure.code, code);
    assert.equal(failure.mayTryAnother, mayTryAnother);
    assert.ok(!failure.failure.message.includes("sk-"), "no key is in the message");
  });
}

test("a provider's wait is kept, and refused credentials raise an alarm", async () => {
  assert.equal(
    (await failureOf(answerError(429, {}, { "retry-after": "7" }))).failure.detail.retryAfterSeconds,
    7,
  );
  assert.equal((await failureOf(answerError(401, {}))).alarm, true);
  assert.equal((await failureOf(answerError(402, {}))).alarm, true);
});

for (const [name, behaviour, over] of [
  ["a stalled stream", streamOpenai(["Hel"], { ending: "stall" }), {}],
  ["a stream that has not begun", stall, {}],
  ["a whole answer", stall, { stream: false }],
] as const) {
  test(`leaving ${name} closes the upstream at once`, async () => {
    const controller = new AbortController();
    const before = upstream.seen.length;
    const calling = call(behaviour, over, controller.signal).catch((error: unknown) => error);
    while (upstream.seen.length === before) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const leftAt = performance.now();
    controller.abort();
    const closedAt = await upstream.seen.at(-1)?.closedEarly;
    assert.ok((closedAt ?? Infinity) - leftAt < 1_000, `closed after ${(closedAt ?? Infinity) - leftAt} ms`);
    assert.ok(asFailure(await calling));
  });
}

test("more texts than a provider embeds at once go in batches, and come back as one answer in order", async () => {
  const sizes: number[] = [];
  upstream.behave((seen, response) => {
    const { requests } = seen.body as { requests: { content: { parts: { text: string }[] } }[] };
    sizes.push(requests.length);
    const embeddings = requests.map(({ content }) => ({ values: [Number(content.parts[0]?.text)] }));
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ embeddings, usageMetadata: { promptTokenCount: requests.length } }));
  });
  const deployment = deploymentAt(upstream.origin);
  const gemini = permitted({ ...deployment, provider: { ...deployment.provider, dialect: "gemini" } });
  const inputs = Array.from({ length: 230 }, (_, index) => String(index));
  const { answer } = await providers.embed(
    gemini,
    { action: "embed", model: "m", inputs, extras: {} },
    { onUnsupported: undefined, signal: new AbortController().signal },
  );
  assert.deepEqual(sizes, [100, 100, 30]);
  assert.deepEqual(
    answer.embeddings.map(({ index, vector }) => [index, vector[0]]),
    inputs.map((_, index) => [index, index]),
  );
  assert.equal(answer.usage?.input, 230);
});
