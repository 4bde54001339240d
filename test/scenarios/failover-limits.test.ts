// What a route allows an attempt, and what the process allows all of them: times, ceilings, retries, and the words
// of providers that say when to come back.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startDeafPort } from "../kit/deaf-port.ts";
import { startRouted } from "../kit/routed.ts";
import {
  answerError,
  answerOpenai,
  stall,
  startUpstream,
  streamOpenai,
  type Behaviour,
} from "../kit/upstream.ts";

const chain = (name: string, more = "", models = `litellm/${name}, portkey/${name}`): string =>
  `  ${name}: {description: A chain, pick: in-order, models: [${models}]${more}}\n`;
const gone = await startUpstream();
await gone.close();
const deaf = await startDeafPort();
const hook = await startUpstream(stall);
const routes = `
breaker: {rate-limits: 1000, errors: 100%, at-least: 1000}
routes:
${chain("connect", ", failover: {timeouts: {connect: 300ms}}", "ollama/x, portkey/connect")}
${chain("nobody", "", "vllm/x, portkey/nobody")}
${chain("idle", ", failover: {timeouts: {idle: 300ms}}")}
${chain("half", ", failover: {timeouts: {idle: 300ms}}")}
${chain("stops", ", failover: {timeouts: {idle: 300ms}}")}
${chain("total", ", failover: {timeouts: {total: 300ms}}")}
${chain("s504")}${chain("s529")}${chain("s400")}${chain("limited")}${chain("mixed")}
${chain("own", "", "litellm/own: {timeouts: {first-token: 250ms}}, portkey/own")}
${chain("many", ", failover: {retries: 5}", "litellm/many")}
  advised:
    description: A program that never answers
    pick: webhook
    webhook: {url: "${hook.origin}/pick", timeout: 200ms}
    otherwise: in-order
    models: [portkey/advised, litellm/advised]
`;
const routed = await startRouted(routes, { OLLAMA_BASE_URL: deaf.baseUrl, VLLM_BASE_URL: gone.baseUrl });
const { a, b, ask } = routed;
beforeEach(() => routed.calm());
after(() => Promise.all([routed.close(), deaf.close(), hook.close()]));

test("a connection that does not come to stand in time is somebody else's turn", async () => {
  const said = await ask("connect");
  assert.equal(said.deployment, "portkey/connect", said.raw);
  assert.match(said.tried ?? "", /^ollama\/x=UPSTREAM_TIMEOUT/);
});

test("so is an address at which nobody listens", async () => {
  const said = await ask("nobody");
  assert.equal(said.deployment, "portkey/nobody", said.raw);
  assert.match(said.tried ?? "", /^vllm\/x=UPSTREAM_FAILED/);
});

/** Headers, and then nothing. */
const opened =
  (type: string, begun = ""): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { "content-type": type });
    response.flushHeaders();
    if (begun !== "") response.write(begun);
  };

const silences: readonly (readonly [name: string, behaviour: Behaviour, stream: boolean])[] = [
  ["idle", opened("text/event-stream"), true],
  ["half", opened("application/json", '{"object":"chat.'), false],
  ["total", stall, false],
];
for (const [name, behaviour, stream] of silences) {
  test(`${name}: what falls silent before its first word is somebody else's turn`, async () => {
    a.behave(behaviour);
    const said = await ask(name, { stream });
    assert.equal(said.deployment, `portkey/${name}`, said.raw);
    assert.match(said.tried ?? "", new RegExp(`^litellm/${name}=UPSTREAM_TIMEOUT`));
  });
}

test("what falls silent after its first word ends with a typed error, and nobody takes over", async () => {
  a.behave(streamOpenai(["One "], { ending: "stall" }));
  const said = await ask("stops", { stream: true });
  assert.match(said.raw, /One .*upstream_timeout/s);
  assert.doesNotMatch(said.raw, /\[DONE\]|Bravo/);
  assert.equal(b.seen.length, 0);
});

for (const [status, outcome] of [
  [504, "UPSTREAM_TIMEOUT"],
  [529, "UPSTREAM_FAILED"],
] as const) {
  test(`a ${status} is somebody else's turn`, async () => {
    a.behave(answerError(status, { error: { message: "busy" } }));
    const said = await ask(`s${status}`);
    assert.equal(said.deployment, `portkey/s${status}`);
    assert.match(said.tried ?? "", new RegExp(`=${outcome}`));
  });
}

test("a 400 is the caller's in a stream too, and nobody else is asked", async () => {
  a.behave(answerError(400, { error: { message: "temperature is too high" } }));
  const said = await ask("s400", { stream: true });
  assert.deepEqual([said.status, b.seen.length], [400, 0]);
  assert.match(said.raw, /temperature is too high/);
});

test("a candidate may have a limit of its own", async () => {
  a.behave(stall);
  assert.equal((await ask("own")).deployment, "portkey/own");
});

test("where all are rate limited the caller hears so, and the shortest time to wait", async () => {
  a.behave(answerError(429, {}, { "retry-after": "40" }));
  b.behave(answerError(429, {}, { "retry-after": new Date(Date.now() + 20_000).toUTCString() }));
  const said = await ask("limited");
  assert.equal(said.status, 429);
  assert.match(said.raw, /rate_limit_exceeded/);
  const wait = Number(said.retryAfter);
  assert.ok(wait > 5 && wait <= 20, said.retryAfter);
});

test("where one is rate limited and one is broken, the last word is that of the last", async () => {
  a.behave(answerError(429, {}));
  b.behave(answerError(500, {}));
  const said = await ask("mixed");
  assert.equal(said.status, 502);
  assert.equal(said.tried, "litellm/mixed=RATE_LIMITED, portkey/mixed=UPSTREAM_FAILED");
});

test("retries of all requests together stay a small part of all calls", async () => {
  a.behave(answerError(503, {}));
  const startedAt = performance.now();
  const callers = 40;
  const all = await Promise.all(Array.from({ length: callers }, () => ask("many")));
  assert.deepEqual([...new Set(all.map(({ status }) => status))], [502]);
  const seconds = (performance.now() - startedAt) / 1_000;
  // Ten at first, one in five calls, and five a second: never the 200 that were asked for.
  const most = callers + 10 + 0.2 * a.seen.length + 5 * seconds + 1;
  assert.ok(a.seen.length > callers && a.seen.length <= most, `${a.seen.length} calls in ${seconds} s`);
});

test("a webhook that is late leaves the route's own order", async () => {
  const said = await ask("advised");
  assert.equal(said.deployment, "portkey/advised", said.raw);
  assert.equal(hook.seen.length, 1);
  a.behave(answerOpenai("Alpha"));
  assert.equal((await ask("advised")).deployment, "portkey/advised", "it rests");
  assert.equal(hook.seen.length, 1);
});
