// A slow deployment is raced by a second permitted one: the first to speak answers, the other is let go
// at once, and both are charged and shown.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { startRouted } from "../kit/routed.ts";
import { answerError, answerOpenai, stall, type Behaviour } from "../kit/upstream.ts";

const [groq, together] = ["groq/openai/gpt-oss-120b", "together/openai/gpt-oss-120b"];
const csv = `
p, open,  allow, anyone,     complete, up to public, anywhere, always, Public data may go anywhere
p, no-tg, deny,  role:clerk, anything, public or above, if provider:together, always, Vendor risk 9`;
const raced = (name: string, more = ""): string =>
  `  ${name}: {description: Raced, pick: in-order, models: [litellm/${name}, portkey/${name}], hedge: {after: 150ms}${more}}\n`;
const routes = `
routes:
  priced: {description: Raced, pick: in-order, models: [${groq}, ${together}], hedge: {after: 150ms}}
  measured: {description: Raced, pick: in-order, models: [litellm/measured, portkey/measured], hedge: {after: p95}}
${["both", "fails", "quick", "stream", "blamed"].map((name) => raced(name)).join("")}`;

const routed = await startRouted(routes, {}, csv);
// Listed models with prices, at addresses of the test's own.
const priced = await startRouted(
  routes,
  {
    GROQ_API_KEY: "gsk-test",
    GROQ_BASE_URL: routed.a.baseUrl,
    TOGETHER_API_KEY: "tg-test",
    TOGETHER_BASE_URL: routed.b.baseUrl,
  },
  csv,
);
const { a, b, ask } = routed;
beforeEach(() => routed.calm());
after(() => Promise.all([routed.close(), priced.close()]));

const afterMilliseconds =
  (milliseconds: number, behaviour: Behaviour): Behaviour =>
  async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await behaviour(request, response);
  };

test("the second answers where the first says nothing, and the first is let go", async () => {
  for (const stream of [false, true]) {
    a.behave(stall);
    const said = await ask("stream", { stream });
    assert.equal(said.deployment, "portkey/stream");
    assert.match(said.raw, /Bravo/);
    await a.seen.at(-1)?.closedEarly;
  }
});

test("the first answers where it speaks before the second, which is let go", async () => {
  a.behave(afterMilliseconds(400, answerOpenai("Alpha")));
  b.behave(stall);
  const said = await ask("both");
  assert.equal(said.deployment, "litellm/both");
  assert.equal(said.tried, "portkey/both=cancelled, litellm/both=ok");
  await b.seen[0]?.closedEarly;
});

test("a first that is quick is never raced", async () => {
  assert.equal((await ask("quick")).deployment, "litellm/quick");
  assert.equal(b.seen.length, 0);
});

test("where one fails while both run, the other still answers; where both fail, both are told", async () => {
  a.behave(afterMilliseconds(300, answerError(503, {})));
  b.behave(afterMilliseconds(400, answerOpenai("Bravo")));
  assert.equal((await ask("fails")).deployment, "portkey/fails");
  b.behave(afterMilliseconds(300, answerError(500, {})));
  a.behave(afterMilliseconds(300, answerError(500, {})));
  const said = await ask("fails");
  assert.equal(said.status, 502);
  assert.match(said.tried ?? "", /litellm\/fails=UPSTREAM_FAILED/);
});

test("a fault of the caller's ends both", async () => {
  a.behave(afterMilliseconds(300, answerError(400, { error: { message: "bad" } })));
  b.behave(stall);
  assert.equal((await ask("blamed")).status, 400);
  await b.seen[0]?.closedEarly;
});

test("p95 means what was lately measured: without a measurement there is no race", async () => {
  a.behave(afterMilliseconds(400, answerOpenai("Alpha")));
  assert.equal((await ask("measured")).deployment, "litellm/measured");
  assert.equal(b.seen.length, 0, "nobody knew how long it takes");
  a.behave(stall);
  assert.equal((await ask("measured")).deployment, "portkey/measured");
  await a.seen.at(-1)?.closedEarly;
});

test("both are charged, and the receipt shows what each cost", async () => {
  a.behave(stall);
  const query = `mutation { complete(input: { model: "priced", sensitivity: "public", messages: [{ user: { text: "Hi" } }] }) {
    ... on Completion { receipt { costUsd estimated attempts { outcome because costUsd deployment { id } } } } } }`;
  const { data } = await priced.gateway.graphql<{
    complete: { receipt: { costUsd: string; estimated: boolean; attempts: { costUsd: string }[] } };
  }>(query);
  const { costUsd, estimated, attempts } = data.complete.receipt;
  assert.deepEqual(
    attempts.map(({ costUsd: _cost, ...attempt }) => attempt),
    [
      { outcome: "cancelled", because: "Another deployment answered first.", deployment: { id: groq } },
      { outcome: "ok", because: null, deployment: { id: together } },
    ],
  );
  assert.ok(attempts.every((attempt) => Number(attempt.costUsd) > 0));
  const sum = attempts.reduce((total, attempt) => total + Number(attempt.costUsd), 0);
  assert.ok(Math.abs(sum - Number(costUsd)) < 1e-12, JSON.stringify(data));
  assert.equal(estimated, true, "nobody knows what the first had read");
});

test("two are never called where both would pass the caller's own limit", async () => {
  a.behave(afterMilliseconds(400, answerOpenai("Alpha")));
  const headers = { "x-max-cost-usd": "0.0009" };
  const said = await priced.ask("priced", { headers, body: { max_tokens: 1_000 } });
  assert.deepEqual([said.deployment, b.seen.length], [groq, 0], said.raw);
});

test("the second is permitted too, or there is none", async () => {
  const clerk = await priced.gateway.makeKey({ roles: ["clerk"], defaultSensitivity: "public" });
  a.behave(afterMilliseconds(400, answerOpenai("Alpha")));
  const said = await priced.ask("priced", { headers: { authorization: `Bearer ${clerk}` } });
  assert.deepEqual([said.deployment, b.seen.length], [groq, 0], said.raw);
});
