// A route is a name: each way to pick reaches the deployment that it should, at both doors.

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { createHmac } from "node:crypto";
import { doors } from "../kit/both-doors.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { answerOpenai, startUpstream, type Behaviour } from "../kit/upstream.ts";

const secret = "a-secret-of-at-least-32-characters-length";
const rows = `
p, open,  allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere
p, no-or, deny,  role:clerk, anything, public or above, if provider:openrouter, always, Vendor risk 9`;

const upstream = await startUpstream();
const hook = await startUpstream();

const routes = `
groups:
  small: {description: Small ones, models: [litellm/s1, portkey/s2]}
tiers:
  gold: [team:vip]
routes:
  chain: {description: In order, pick: in-order, models: [portkey/b, litellm/a]}
  split: {description: Three to one, pick: weighted, models: {litellm/a: 3, portkey/b: 1}}
  even: {description: All alike, pick: weighted, models: [group:small]}
  work:
    description: By task
    pick: by-task
    tasks: {code: [portkey/code], talk: [litellm/talk]}
    models: [litellm/any]
  smart:
    description: By what is asked
    pick: by-condition
    cases:
    - {when: prompt-tokens over 1000, use: long}
    - {when: tier:gold and messages under 2, use: chain}
    - {when: task:code, use: work}
    otherwise: plain
  long: {description: Long ones, pick: in-order, models: [litellm/long]}
  plain: {description: Plain ones, pick: in-order, models: [litellm/plain]}
  trial:
    description: Old against new
    pick: experiment
    sticky: session
    arms:
      old: {models: [litellm/old], share: 50%}
      new: {models: [portkey/new], share: 50%}
  asked:
    description: Our own program says
    pick: webhook
    webhook: {url: "${hook.origin}/pick", timeout: 2s}
    otherwise: in-order
    models: [litellm/a, portkey/b, openrouter/c]
  capped: {description: Nothing dear, pick: in-order, max-usd: 0.01, models: [litellm/a]}
`;

let gateway: RunningGateway;
before(async () => {
  const folder = await policyFolder(rows);
  await writeFile(join(folder, "routes.yaml"), routes);
  gateway = await startGateway({
    PORTCULLIS_POLICIES: folder,
    PORTCULLIS_SECRET: secret,
    LITELLM_BASE_URL: upstream.baseUrl,
    PORTKEY_BASE_URL: upstream.baseUrl,
    OPENROUTER_BASE_URL: upstream.baseUrl,
    OPENROUTER_API_KEY: "sk-test",
  });
});
beforeEach(() => {
  upstream.behave(answerOpenai("Hello"));
  upstream.seen.length = 0;
  hook.seen.length = 0;
});
after(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), hook.close()]);
});

interface More {
  readonly headers?: Record<string, string>;
  readonly text?: string;
}

async function served(model: string, { headers = {}, text = "Hello" }: More = {}): Promise<string> {
  const body = { model, messages: [{ role: "user", content: text }] };
  const answer = await gateway.post("/v1/chat/completions", body, {
    "x-data-sensitivity": "public",
    ...headers,
  });
  const said = await answer.text();
  return answer.headers.get("x-portcullis-deployment") ?? said;
}

async function manyServed(
  model: string,
  count: number,
  more?: More,
): Promise<Readonly<Record<string, number>>> {
  const all = await Promise.all(Array.from({ length: count }, () => served(model, more)));
  return Object.fromEntries([...Map.groupBy(all, (id) => id)].map(([id, hits]) => [id, hits.length]));
}

for (const [name, ask] of Object.entries(doors)) {
  test(`${name}: a route is used as a model id, and a chain begins with its first`, async () => {
    const answer = await ask(gateway, { model: "chain", text: "Hello", tag: "public" });
    assert.deepEqual([answer.outcome, answer.deployment], ["ok", "portkey/b"]);
  });
}

test("routes are listed beside models", async () => {
  const answer = await fetch(`${gateway.url}/v1/models`, {
    headers: { authorization: `Bearer ${await gateway.makeKey({ defaultSensitivity: "public" })}` },
  });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  const listed = data.map(({ id }) => id);
  for (const route of ["auto", "smart", "work", "trial"])
    assert.equal(listed.includes(route), route !== "auto", route);
});

test("weights are kept over many requests, and a group stands for its members", async () => {
  // Three to one: neither by chance less than this once in a million runs, nor as much where they were even.
  const split = await manyServed("split", 300);
  assert.ok((split["litellm/a"] ?? 0) > 1.7 * (split["portkey/b"] ?? 0), JSON.stringify(split));
  assert.ok((split["portkey/b"] ?? 0) > 10, JSON.stringify(split));
  const even = await manyServed("even", 60);
  assert.ok((even["litellm/s1"] ?? 0) > 8 && (even["portkey/s2"] ?? 0) > 8, JSON.stringify(even));
});

test("a session draws the same each time", async () => {
  const headers = { "x-session-id": "chat-7" };
  const first = await served("even", { headers });
  assert.deepEqual(await manyServed("even", 12, { headers }), { [first]: 12 });
});

test("a task has models of its own, and other requests have the rest", async () => {
  assert.equal(await served("work", { headers: { "x-task": "code" } }), "portkey/code");
  assert.equal(await served("work", { headers: { "x-task": "talk" } }), "litellm/talk");
  assert.equal(await served("work", { headers: { "x-task": "unheard-of" } }), "litellm/any");
  assert.equal(await served("work"), "litellm/any");
});

test("conditions look at length, tier and task, in the order of the file", async () => {
  const vip = await gateway.makeKey({ team: "vip", defaultSensitivity: "public" });
  assert.equal(await served("smart"), "litellm/plain");
  assert.equal(await served("smart", { text: "word ".repeat(1_000) }), "litellm/long");
  assert.equal(await served("smart", { headers: { authorization: `Bearer ${vip}` } }), "portkey/b");
  assert.equal(await served("smart", { headers: { "x-task": "code" } }), "portkey/code");
});

test("an experiment keeps a session in its arm, fills both, and shows what came of each", async () => {
  const sessions = Array.from({ length: 24 }, (_, index) => ({ "x-session-id": `s${index}` }));
  const once = await Promise.all(sessions.map((headers) => served("trial", { headers })));
  const again = await Promise.all(sessions.map((headers) => served("trial", { headers })));
  assert.deepEqual(once, again);
  assert.deepEqual([...new Set(once)].sort(), ["litellm/old", "portkey/new"]);
  const { routeResults } = gateway.app.doorParts.administration;
  const results = await routeResults(new Date(Date.now() - 3_600_000), "trial");
  assert.deepEqual(
    results.map(({ arm }) => arm),
    ["new", "old"],
  );
  assert.equal(
    results.reduce((sum, { requests }) => sum + requests, 0),
    48,
  );
  assert.ok(results.every(({ failures, milliseconds }) => failures === 0 && milliseconds !== undefined));
});

test("scores order the models of a task", async () => {
  const { importScores } = gateway.app.doorParts.administration;
  await assert.rejects(importScores("model,score\nno-such-model,5"), /no model "no-such-model"/);
  const csv = "model,task,score,source\nlitellm/a,,10,Own\nportkey/b,,90,Own\n";
  await assert.doesNotReject(importScores(csv));
  const listed = await gateway.app.doorParts.administration.listScores();
  assert.deepEqual(
    listed.map(({ model, score }) => `${model} ${score}`),
    ["litellm/a 10", "portkey/b 90"],
  );
});

const advise =
  (order: unknown): Behaviour =>
  (_request, response) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ order }));
  };

test("a webhook orders the permitted candidates, sees no word of the prompt, and is signed", async () => {
  hook.behave(advise(["portkey/b"]));
  assert.equal(await served("asked", { text: "the secret word is xyzzy" }), "portkey/b");
  const [asked] = hook.seen;
  assert.ok(asked);
  const body = JSON.stringify(asked.body);
  assert.ok(!body.includes("xyzzy"), body);
  const [, at, mac] =
    /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(asked.headers["x-portcullis-signature"])) ?? [];
  assert.equal(mac, createHmac("sha256", secret).update(`${at}.${body}`).digest("hex"));
});

test("a webhook cannot pick what the policy refuses, nor what the route does not name", async () => {
  const clerk = await gateway.makeKey({ roles: ["clerk"], defaultSensitivity: "public" });
  hook.behave(advise(["openrouter/c", "demo/echo", "portkey/b"]));
  assert.equal(await served("asked", { headers: { authorization: `Bearer ${clerk}` } }), "portkey/b");
  const candidates = (hook.seen[0]?.body["candidates"] ?? []) as { deployment: string }[];
  assert.ok(!candidates.some(({ deployment }) => deployment === "openrouter/c"), "it is not even told");
});

test("a webhook that fails leaves the route's own order, and is not waited for again at once", async () => {
  hook.behave((_request, response) => void response.writeHead(500).end());
  assert.equal(await served("asked"), "litellm/a");
  assert.equal(await served("asked"), "litellm/a");
  assert.equal(hook.seen.length, 1);
});

test("a cost ceiling leaves out what may pass it, and the plan says why", async () => {
  const query = `query ($input: CompletionInput!) { routePlan(input: $input) {
    ... on RoutePlan { candidates { allowed rank because deployment { id } } } ... on Failure { message } } }`;
  const input = { model: "capped", sensitivity: "public", messages: [{ user: { text: "Hi" } }] };
  const { data } = await gateway.graphql<{ routePlan: { candidates: object[] } }>(query, { input });
  assert.deepEqual(data.routePlan.candidates, [
    {
      allowed: true,
      rank: null,
      because: "Its price is unknown, and the route has a cost ceiling.",
      deployment: { id: "litellm/a" },
    },
  ]);
  assert.match(await served("capped"), /asks for.*price is unknown/);
});

test("a plan of drawn candidates is executed as it was shown", async () => {
  const ask = async (planHash?: string) => {
    const input = { model: "even", sensitivity: "public", messages: [{ user: { text: "Hi" } }], planHash };
    const fields = "... on Failure { code }";
    const query = `query ($input: CompletionInput!) { routePlan(input: $input) { ${fields} ... on RoutePlan { hash candidates { rank deployment { id } } } } }`;
    const run = `mutation ($input: CompletionInput!) { complete(input: $input) { ${fields} ... on Completion { receipt { route deployment { id } } } } }`;
    return planHash === undefined
      ? (await gateway.graphql<{ routePlan: Plan }>(query, { input })).data.routePlan
      : (await gateway.graphql<{ complete: unknown }>(run, { input })).data.complete;
  };
  interface Plan {
    readonly hash: string;
    readonly candidates: readonly { rank: number; deployment: { id: string } }[];
  }
  for (let round = 0; round < 8; round++) {
    const plan = (await ask()) as Plan;
    assert.deepEqual(await ask(plan.hash), {
      receipt: { route: "even", deployment: { id: plan.candidates[0]?.deployment.id } },
    });
  }
  assert.deepEqual(await ask(`AAAAAAAA${"B".repeat(24)}`), { code: "PLAN_STALE" });
});
