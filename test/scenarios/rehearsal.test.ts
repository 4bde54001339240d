// An administrator has deployments fail on purpose and sees the whole failover: nobody who is named is called,
// the real rest is, and nothing of it is counted where others would feel it.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { rehearsalCommands } from "../../src/cli/rehearse.ts";
import { startRouted, type Ask, type Said } from "../kit/routed.ts";
import { startUpstream } from "../kit/upstream.ts";

const csv = `
p, open,   allow, anyone,    complete, up to public, anywhere, always, Public data may go anywhere
p, embeds, allow, anyone,    embed,    up to public, anywhere, always, Public data may go anywhere
p, closed, deny,  role:clerk, anything, public or above, if provider:litellm, always, Vendor risk 9`;
const routes = `
breaker: {rate-limits: 2, errors: 10%, at-least: 2, within: 1m, cooldown: 1m}
routes:
  chain: {description: Three, pick: in-order, models: [litellm/x, portkey/x, openrouter/x], failover: {timeouts: {first-token: 200ms}}}
  pair: {description: Two, pick: in-order, models: [litellm/y, portkey/y]}
  raced: {description: Raced, pick: in-order, models: [litellm/r, portkey/r], hedge: {after: 50ms}}
  wary: {description: Filters, pick: in-order, models: [litellm/f, portkey/f], failover: {on-refused-content: true}}
  learning: {description: Cheap first, pick: in-order, models: [litellm/l, portkey/l], escalate: {when: {refused: true}, learn: true}}
  trial: {description: An arm, pick: experiment, arms: {one: {models: [litellm/t, portkey/t], share: 50%}, two: {models: [litellm/t, portkey/t], share: 50%}}}
`;
const groq = "groq/openai/gpt-oss-120b";
const [atGroq, atTogether] = await Promise.all([startUpstream(), startUpstream()]);
const routed = await startRouted(
  routes,
  {
    GROQ_API_KEY: "gsk-test",
    GROQ_BASE_URL: atGroq.baseUrl,
    TOGETHER_API_KEY: "tg-test",
    TOGETHER_BASE_URL: atTogether.baseUrl,
  },
  csv,
);
const { a, b, c, ask, gateway } = routed;
beforeEach(() => routed.calm());
after(() => Promise.all([routed.close(), atGroq.close(), atTogether.close()]));

const rehearse = (model: string, faults: string, more: Ask = {}): Promise<Said> =>
  ask(model, { ...more, headers: { "x-portcullis-rehearse": faults, ...more.headers } });

test("the whole failover is seen, and only the rest is called", async () => {
  for (const stream of [false, true]) {
    const said = await rehearse("chain", "litellm=503, portkey/x=timeout", { stream });
    assert.equal(said.deployment, "openrouter/x", said.raw);
    assert.match(said.raw, /Charlie/);
    assert.match(
      said.tried ?? "",
      /^litellm\/x=UPSTREAM_FAILED\(\d+ms, rehearsed 503\), portkey\/x=UPSTREAM_TIMEOUT\(\d+ms, rehearsed timeout\)/,
    );
  }
  assert.deepEqual([a.seen.length, b.seen.length, c.seen.length], [0, 0, 2]);
});

const outcomes: readonly (readonly [fault: string, outcome: string])[] = [
  ["401", "UPSTREAM_FAILED"],
  ["404", "MODEL_NOT_FOUND"],
  ["408", "UPSTREAM_TIMEOUT"],
  ["409", "UPSTREAM_FAILED"],
  ["429", "RATE_LIMITED"],
  ["500", "UPSTREAM_FAILED"],
  ["refused", "UPSTREAM_FAILED"],
  ["malformed", "UPSTREAM_FAILED"],
  ["cut-after-5", "UPSTREAM_FAILED"],
  ["filtered", "INPUT_BLOCKED"],
];
for (const [fault, outcome] of outcomes) {
  test(`${fault} is what it would be from a provider, and somebody else's turn`, async () => {
    const said = await rehearse("wary", `litellm=${fault}`);
    assert.equal(said.text, "Bravo", said.raw);
    assert.match(said.tried ?? "", new RegExp(`^litellm/f=${outcome}\\(\\d+ms, rehearsed ${fault}\\)`));
  });
}

test("a 400 stays the caller's, and nobody else is asked", async () => {
  const said = await rehearse("pair", "litellm=400");
  assert.deepEqual([said.status, b.seen.length], [400, 0]);
  assert.match(said.raw, /"attempts":\[\{"deployment":"litellm\/y".*"rehearsed":"400"/);
});

test("a stream that is cut tells its client, and nobody takes over", async () => {
  const said = await rehearse("pair", "litellm=cut-after-5", { stream: true });
  assert.equal(said.deployment, "litellm/y");
  assert.match(said.raw, /rehearsal/);
  assert.match(said.raw, /"error"/);
  assert.doesNotMatch(said.raw, /\[DONE\]|Bravo/);
  assert.deepEqual([a.seen.length, b.seen.length], [0, 0]);
});

test("a subscription that is cut ends with the failure and the receipt of the rehearsal", async () => {
  const answer = await gateway.post(
    "/graphql",
    {
      query: `subscription { completion(input: { model: "pair", sensitivity: "public", rehearse: "litellm=cut-after-5",
        messages: [{ user: { text: "Hi" } }] }) {
        ... on TextDelta { text } ... on CompletionFailed { failure { code } receipt { rehearsed attempts { rehearsed } } } } }`,
    },
    { accept: "text/event-stream" },
  );
  const events = await answer.text();
  assert.match(events, /"text":"This/);
  assert.match(
    events,
    /"failure":\{"code":"UPSTREAM_FAILED"\},"receipt":\{"rehearsed":"litellm=cut-after-5","attempts":\[\{"rehearsed":"cut-after-5"\}\]/,
  );
  assert.equal(b.seen.length, 0);
});

test("one that is slow is raced, and let go", async () => {
  const said = await rehearse("raced", "litellm=slow-10000");
  assert.deepEqual([said.text, a.seen.length], ["Bravo", 0]);
  assert.match(said.tried ?? "", /litellm\/r=cancelled\(\d+ms, rehearsed slow-10000\), portkey\/r=ok/);
});

test("receipt, decision and log say what was rehearsed", async () => {
  const { data } = await gateway.graphql<{ complete: { text: string; receipt: { id: string } } }>(
    `mutation { complete(input: { model: "pair", sensitivity: "public", rehearse: " litellm = 503 ",
       messages: [{ user: { text: "Hi" } }] }) {
       ... on Completion { text receipt { id rehearsed attempts { outcome because rehearsed deployment { id } } } } } }`,
  );
  const { id } = data.complete.receipt;
  assert.deepEqual(data.complete, {
    text: "Bravo",
    receipt: {
      id,
      rehearsed: "litellm=503",
      attempts: [
        {
          outcome: "UPSTREAM_FAILED",
          because: "LiteLLM failed with status 503.",
          rehearsed: "503",
          deployment: { id: "litellm/y" },
        },
        { outcome: "ok", because: null, rehearsed: null, deployment: { id: "portkey/y" } },
      ],
    },
  });
  const { records } = gateway.app.store;
  assert.equal((await records.decision(id))?.rehearsed, "litellm=503");
  assert.equal((await records.receipt(id))?.rehearsed, "litellm=503");
  assert.ok(gateway.logLines.some((line) => line.includes(id) && line.includes('"rehearsed":"litellm=503"')));
});

test("whoever lacks the scope is refused at both doors, and nobody is called", async () => {
  const key = await gateway.makeKey();
  const said = await rehearse("pair", "litellm=503", { headers: { authorization: `Bearer ${key}` } });
  assert.deepEqual([said.status, a.seen.length, b.seen.length], [403, 0, 0]);
  assert.match(said.raw, /lacks the scope rehearse.*"code":"forbidden"/);
  const { data } = await gateway.graphql<{ complete: { code: string } }>(
    `mutation { complete(input: { model: "pair", sensitivity: "public", rehearse: "litellm=503",
       messages: [{ user: { text: "Hi" } }] }) { ... on Failure { code } } }`,
    {},
    key,
  );
  assert.equal(data.complete.code, "FORBIDDEN");
  const allowed = await gateway.makeKey({ scopes: ["complete", "rehearse"] });
  const own = await rehearse("pair", "litellm=503", { headers: { authorization: `Bearer ${allowed}` } });
  assert.equal(own.text, "Bravo");
});

const nonsense: readonly (readonly [faults: string, why: RegExp])[] = [
  ["litellm=418", /418.* is no fault that can be rehearsed/],
  ["litellm=slow-99999", /no fault that can be rehearsed/],
  ["litellm=cut-after-x", /no fault that can be rehearsed/],
  ["litelm=503", /litelm.* is neither a provider nor a deployment/],
  ["litellm", /is no fault/],
  ["litellm=503,litellm=429", /is there twice/],
  ["litellm=503,", /is no fault/],
];
for (const [faults, why] of nonsense) {
  test(`${faults} is refused, and nobody is called`, async () => {
    const said = await rehearse("pair", faults);
    assert.deepEqual([said.status, a.seen.length, b.seen.length], [400, 0, 0]);
    assert.match(said.raw, /"code":"invalid_request"/);
    assert.match(said.raw, why);
  });
}

test("it is no way round the permit", async () => {
  const key = await gateway.makeKey({ roles: ["clerk"], scopes: ["complete", "rehearse"] });
  const headers = { authorization: `Bearer ${key}` };
  const said = await rehearse("pair", "litellm=slow-1", { headers });
  assert.deepEqual([said.deployment, a.seen.length], ["portkey/y", 0]);
  const denied = await rehearse("litellm/y", "litellm=slow-1", { headers });
  assert.equal(denied.status, 403);
  assert.match(denied.raw, /policy_denied/);
});

const metrics = async (): Promise<string> => {
  const answer = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  return (await answer.text())
    .split("\n")
    .filter((line) => /^portcullis_(requests|attempts|denials|first|breaker|tokens|cost|route)/.test(line))
    .join("\n");
};

test("no breaker, measurement, metric, memory, arm or session learns of it", async () => {
  await ask("trial", { headers: { "x-session-id": "s1" } });
  const before = await metrics();
  for (const fault of ["503", "429", "429", "500", "refused", "401"]) {
    const said = await rehearse("trial", `litellm=${fault}`, { headers: { "x-session-id": "s1" } });
    assert.equal(said.deployment, "portkey/t");
  }
  await rehearse("learning", "portkey=503");
  await rehearse("litellm/t", "litellm=503");
  assert.equal(await metrics(), before);
  assert.ok(!gateway.logLines.some((line) => line.includes("refused the gateway's credentials")));
  const { data } = await gateway.graphql<{ routeResults: object[]; escalationMemory: object[] }>(
    `{ routeResults(since: "2026-01-01T00:00:00Z", route: "trial") { requests failures }
       escalationMemory(route: "learning") { category } }`,
  );
  assert.deepEqual(data.routeResults, [{ requests: 1, failures: 0 }]);
  assert.deepEqual(data.escalationMemory, []);
  const { enquiries } = gateway.app.doorParts;
  assert.deepEqual(enquiries.troubled(), []);
  assert.equal(enquiries.health("litellm/t").vitals?.errorRate, 0);
  assert.equal(enquiries.health("portkey/t").vitals, undefined, "the real rest is not measured either");
  const mine = await ask("trial", { headers: { "x-session-id": "s1" } });
  assert.equal(mine.deployment, "litellm/t");
});

test("what the real rest costs is charged, and what was never called is not", async () => {
  const paid = await rehearse("openai/gpt-oss-120b", "groq=503,openrouter=429");
  assert.equal(paid.deployment, "together/openai/gpt-oss-120b", paid.raw);
  assert.ok(Number(paid.cost) > 0, paid.cost);
  const free = await rehearse(groq, "groq=slow-1");
  assert.equal(Number(free.cost), 0);
  assert.deepEqual([atGroq.seen.length, atTogether.seen.length], [0, 1]);
  const { data } = await gateway.graphql<{ usage: object[] }>(
    `{ usage(since: "2026-01-01T00:00:00Z") { deployment { id } } }`,
  );
  const used = JSON.stringify(data.usage);
  assert.match(used, /together/);
  assert.doesNotMatch(used, /groq/);
});

test("embeddings are rehearsed too; what judges texts is not", async () => {
  const post = (path: string, body: object, faults: string) =>
    gateway.post(path, body, { "x-data-sensitivity": "public", "x-portcullis-rehearse": faults });
  const failed = await post("/v1/embeddings", { model: "litellm/e", input: "Hi" }, "litellm=503");
  assert.deepEqual([failed.status, a.seen.length], [502, 0]);
  assert.equal(
    (await post("/v1/embeddings", { model: "litellm/e", input: "Hi" }, "portkey=503")).status,
    200,
  );
  const slow = await post("/v1/embeddings", { model: "litellm/e", input: "Hi" }, "litellm=slow-1");
  assert.equal(slow.status, 400);
  assert.equal((await post("/v1/moderations", { input: "Hi" }, "litellm=503")).status, 400);
});

test("a request with an idempotency key never joins a rehearsal", async () => {
  const headers = { "idempotency-key": "k1" };
  assert.equal((await rehearse("pair", "litellm=slow-1", { headers })).status, 200);
  const plain = await ask("pair", { headers });
  assert.equal(plain.status, 400);
  assert.match(plain.raw, /used with another body/);
});

test("the command line shows who took over", async () => {
  const lines: string[] = [];
  const terminal = {
    env: { PORTCULLIS_URL: gateway.url, PORTCULLIS_KEY: gateway.adminKey },
    print: (line: string) => void lines.push(line),
    input: (async function* () {})(),
  };
  const [command] = rehearsalCommands;
  assert.equal(await command?.run(["pair", "--fault", "litellm=503"], terminal), 0);
  assert.match(lines.join("\n"), /litellm\/y +UPSTREAM_FAILED +\d+ +503 +LiteLLM failed with status 503/);
  assert.match(lines.join("\n"), /portkey\/y answered/);
  assert.equal(await command?.run(["pair", "--fault", "litellm=503,portkey=429"], terminal), 1);
  assert.match(lines.at(-1) ?? "", /^RATE_LIMITED|^UPSTREAM_FAILED/);
});
