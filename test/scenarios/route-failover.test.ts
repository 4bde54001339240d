// The next candidate answers where one fails before its first byte, and the caller is told what was tried.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startRouted } from "../kit/routed.ts";
import { answerError, answerOpenai, stall, streamOpenai, type Behaviour } from "../kit/upstream.ts";

// Each test has deployments of its own, so that none rests from the one before.
const chain = (name: string, more = ""): string =>
  `  ${name}: {description: A chain, pick: in-order, models: [litellm/${name}, portkey/${name}]${more}}\n`;
const failing = [
  "s408",
  "s409",
  "s429",
  "s500",
  "s502",
  "s503",
  "s503-unfinished",
  "cut",
  "garbage",
  "broken",
  "no-type",
];
const routes = `
breaker: {rate-limits: 1000, errors: 100%, at-least: 1000}
routes:
${failing.map((name) => chain(name)).join("")}${["s400", "s422", "mid"].map((name) => chain(name)).join("")}
${chain("slow", ", failover: {timeouts: {first-token: 250ms}}")}
${chain("silent", ", failover: {timeouts: {idle: 1s, total: 900ms}}")}
${chain("late", ", failover: {within: 400ms}")}
${chain("again", ", failover: {retries: 2}")}
${chain("patient", ", failover: {retries: 1}")}
${chain("impatient", ", failover: {retries: 1}")}
${chain("refused", ", failover: {on-refused-content: true}")}
${chain("filtered", ", failover: {on-refused-content: true}")}
${chain("strict")}`;

const routed = await startRouted(routes);
const { a, b, ask } = routed;
beforeEach(() => routed.calm());
after(() => routed.close());

const raw =
  (status: number, type: string, text: string): Behaviour =>
  (_request, response) => {
    response.writeHead(status, { "content-type": type });
    response.end(text);
  };

const failures: Readonly<Record<string, Behaviour>> = {
  ...Object.fromEntries(
    [408, 409, 429, 500, 502, 503].map((status) => [
      `s${status}`,
      answerError(status, { error: { message: "no" } }),
    ]),
  ),
  "s503-unfinished": (_request, response) => {
    response.writeHead(503, { "content-type": "application/json" }).write('{"error":');
  },
  cut: (_request, response) => void response.socket?.destroy(),
  garbage: raw(200, "application/json", "<html>"),
  broken: streamOpenai([], { ending: "cut" }),
  "no-type": raw(200, "application/json", '{"object":"something.else"}'),
};

for (const name of failing) {
  for (const stream of [false, true]) {
    test(`${name}${stream ? " in a stream" : ""} is somebody else's turn`, async () => {
      a.behave(failures[name] ?? stall);
      const said = await ask(name, { stream });
      assert.equal(said.status, 200, said.raw);
      assert.equal(said.deployment, `portkey/${name}`);
      assert.match(said.raw, /Bravo/);
      assert.equal(b.seen.length, 1);
      if (a.seen.length > 0) assert.match(said.tried ?? "", new RegExp(`^litellm/${name}=[A-Z_]+`));
    });
  }
}

for (const status of [400, 422]) {
  test(`a ${status} is the caller's, and nobody else is asked`, async () => {
    a.behave(answerError(status, { error: { message: "temperature is too high" } }));
    const said = await ask(`s${status}`);
    assert.equal(said.status, 400);
    assert.match(said.raw, /temperature is too high/);
    assert.equal(b.seen.length, 0);
  });
}

test("once a word is out nobody takes over, and nothing is said twice", async () => {
  a.behave(streamOpenai(["One ", "two ", "three "], { ending: "cut", pauseMilliseconds: 30 }));
  const said = await ask("mid", { stream: true });
  assert.equal(b.seen.length, 0);
  assert.match(said.raw, /"error"/);
  assert.doesNotMatch(said.raw, /\[DONE\]|Bravo/);
});

test("a first word that does not come in time is somebody else's turn", async () => {
  for (const stream of [false, true]) {
    a.behave(stall);
    const said = await ask("slow", { stream });
    assert.match(said.raw, /Bravo/);
    assert.equal(said.deployment, "portkey/slow");
  }
});

test("an answer that stops in the middle ends with the whole's limit, typed", async () => {
  a.behave(streamOpenai(["One "], { ending: "stall" }));
  const said = await ask("silent", { stream: true });
  assert.match(said.raw, /upstream_timeout/);
  assert.equal(b.seen.length, 0);
});

test("a latency budget ends the search", async () => {
  a.behave(stall);
  b.behave(stall);
  const said = await ask("late");
  assert.equal(said.status, 504);
  assert.match(said.raw, /"attempts":\[\{"deployment":"litellm\/late","outcome":"UPSTREAM_TIMEOUT"/);
});

/** Fails so often, then answers. */
function failingTimes(times: number, behaviour: Behaviour): Behaviour {
  let left = times;
  return (request, response) => (left-- > 0 ? behaviour : answerOpenai("At last"))(request, response);
}

test("retries ask the same one again, before the next", async () => {
  a.behave(failingTimes(2, answerError(503, {})));
  const said = await ask("again");
  assert.deepEqual(
    [said.deployment, said.text, a.seen.length, b.seen.length],
    ["litellm/again", "At last", 3, 0],
  );
  assert.equal(said.tried, "litellm/again=UPSTREAM_FAILED, litellm/again=UPSTREAM_FAILED, litellm/again=ok");
});

test("a short Retry-After is waited for, a long one is not", async () => {
  a.behave(failingTimes(1, answerError(429, {}, { "retry-after": "1" })));
  const startedAt = performance.now();
  const said = await ask("patient");
  assert.equal(said.deployment, "litellm/patient");
  assert.ok(performance.now() - startedAt >= 1_000);
  a.behave(failingTimes(1, answerError(429, {}, { "retry-after": "30" })));
  assert.equal((await ask("impatient")).deployment, "portkey/impatient");
});

test("what a provider's filter refused goes on only where the route says so", async () => {
  const filter = answerError(400, { error: { code: "content_filter", message: "The prompt was filtered." } });
  a.behave(filter);
  assert.equal((await ask("refused")).deployment, "portkey/refused");
  const strict = await ask("strict");
  assert.equal(strict.status, 400);
  assert.equal(b.seen.length, 1);
  a.behave((request, response) =>
    raw(
      200,
      "application/json",
      JSON.stringify({
        id: "x",
        object: "chat.completion",
        created: 1,
        model: request.body["model"],
        choices: [{ index: 0, message: { role: "assistant", content: "" }, finish_reason: "content_filter" }],
      }),
    )(request, response),
  );
  assert.equal((await ask("filtered")).deployment, "portkey/filtered");
});

test("both doors say which attempts were made and why they failed", async () => {
  a.behave(answerError(500, {}));
  b.behave(answerError(503, {}));
  const said = await ask("s500");
  assert.equal(said.status, 502);
  const { error } = JSON.parse(said.raw) as { error: { portcullis: { attempts: { because: string }[] } } };
  assert.deepEqual(error.portcullis.attempts.map(({ because }) => because).sort(), [
    "LiteLLM failed with status 500.",
    "Portkey failed with status 503.",
  ]);
  const { data } = await routed.gateway.graphql<{ complete: { attempts: object[] } }>(
    `mutation { complete(input: { model: "s500", sensitivity: "public", messages: [{ user: { text: "Hi" } }] }) {
       ... on UpstreamFailed { attempts { outcome because deployment { id health { errorRate samples } } } } } }`,
  );
  assert.equal(data.complete.attempts.length, 2);
  assert.match(JSON.stringify(data), /LiteLLM failed with status 500\..*"errorRate":1/);
});
