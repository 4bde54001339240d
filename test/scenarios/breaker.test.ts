// A deployment that keeps failing is left alone, tried again by one call at a time, and never bypassed.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { startRouted } from "../kit/routed.ts";
import { answerError, answerOpenai } from "../kit/upstream.ts";

const routes = `
breaker: {rate-limits: 3, errors: 50%, at-least: 4, within: 1m, cooldown: 2s}
routes:
  pair: {description: Two, pick: in-order, models: [litellm/pair, portkey/pair]}
`;
const routed = await startRouted(routes);
const { a, b, ask, gateway } = routed;
beforeEach(() => routed.calm());
after(() => routed.close());

const metrics = async (): Promise<string> =>
  await (
    await fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${gateway.adminKey}` } })
  ).text();

test("three 429s open it; then callers are told at once, typed, and when to come back", async () => {
  a.behave(answerError(429, {}));
  for (let call = 0; call < 3; call++) assert.equal((await ask("litellm/limited")).status, 429);
  const told = await ask("litellm/limited");
  assert.deepEqual([told.status, a.seen.length], [429, 3]);
  assert.match(told.raw, /left alone for a while, since its provider is rate limiting/);
  assert.ok(Number(told.retryAfter) >= 1);
  assert.equal((await ask("litellm/another")).status, 429);
  assert.equal(a.seen.length, 4, "others of the same provider are called");
});

test("a provider's own word on when to come back counts where it is longer than the cooldown", async () => {
  a.behave(answerError(429, {}, { "retry-after": "50" }));
  for (let call = 0; call < 3; call++) assert.equal((await ask("litellm/asked")).status, 429);
  a.behave(answerOpenai("Well again"));
  const told = await ask("litellm/asked");
  assert.deepEqual([told.status, a.seen.length], [429, 3]);
  const wait = Number(told.retryAfter);
  assert.ok(wait > 20 && wait <= 50, told.retryAfter);
});

test("it is shown in /metrics, on the deployment and to doctor, and closes after a call that succeeds", async () => {
  a.behave(answerError(503, {}));
  for (let call = 0; call < 4; call++) assert.equal((await ask("litellm/broken")).status, 502);
  const open = await ask("litellm/broken");
  assert.deepEqual([open.status, a.seen.length], [503, 4]);
  assert.match(open.raw, /model_unavailable/);
  assert.match(await metrics(), /portcullis_breaker_open\{deployment="litellm\/other"\} 1/);
  const query = "{ troubledDeployments { id health { state cause errorRate } } }";
  const { data } = await gateway.graphql<{ troubledDeployments: { id: string }[] }>(query);
  assert.deepEqual(
    data.troubledDeployments.find(({ id }) => id === "litellm/broken"),
    { id: "litellm/broken", health: { state: "open", cause: "errors", errorRate: 1 } },
  );

  a.behave(answerOpenai("Well again"));
  a.seen.length = 0;
  await eventually(async () => (await ask("litellm/broken")).status === 200);
  assert.equal(a.seen.length, 1, "one call tried it");
  assert.equal((await ask("litellm/broken")).status, 200);
  const later = await gateway.graphql<{ troubledDeployments: { id: string }[] }>(query);
  assert.ok(!later.data.troubledDeployments.some(({ id }) => id === "litellm/broken"));
});

test("half-open, many callers make one call", async () => {
  a.behave(answerError(503, {}));
  for (let call = 0; call < 4; call++) await ask("litellm/crowd");
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  a.behave(async (request, response) => {
    await held;
    await answerOpenai("One at a time")(request, response);
  });
  a.seen.length = 0;
  const probe = (async () => {
    for (;;) {
      const said = await ask("litellm/crowd");
      if (said.status === 200) return said;
    }
  })();
  await eventually(() => a.seen.length === 1);
  const others = await Promise.all(Array.from({ length: 8 }, () => ask("litellm/crowd")));
  assert.deepEqual([...new Set(others.map(({ status }) => status))], [503]);
  release();
  assert.equal((await probe).text, "One at a time");
  assert.equal(a.seen.length, 1);
});

test("a route goes round what is open, and never calls it", async () => {
  a.behave(answerError(503, {}));
  for (let call = 0; call < 4; call++) await ask("litellm/pair");
  a.seen.length = 0;
  for (let call = 0; call < 5; call++) assert.equal((await ask("pair")).deployment, "portkey/pair");
  assert.equal(a.seen.length, 0);
  assert.equal(b.seen.length, 5);
});

test("what callers do wrong opens nothing", async () => {
  a.behave(answerError(400, { error: { message: "no such parameter" } }));
  for (let call = 0; call < 8; call++) assert.equal((await ask("litellm/innocent")).status, 400);
  a.behave(answerOpenai("Fine"));
  assert.equal((await ask("litellm/innocent")).status, 200);
});
