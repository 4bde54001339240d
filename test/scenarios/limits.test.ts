// Where a provider may be called only so often at once, requests wait in a bounded queue, teams in turn.

import assert from "node:assert/strict";
import { after, beforeEach, test } from "node:test";
import { eventually } from "../kit/eventually.ts";
import { putInForce } from "../kit/policy-bundle.ts";
import { startRouted, type Said } from "../kit/routed.ts";
import { answerOpenai, streamOpenai, type Behaviour, type SeenRequest } from "../kit/upstream.ts";

// Each test has deployments of its own: a limit of a deployment has slots of its own.
const routes = `
limits:
  portkey: {concurrent: 2, queue: 50, wait: 60s}
  litellm/noisy: {concurrent: 2, queue: 50, wait: 60s}
  litellm/full: {concurrent: 1, queue: 2, wait: 60s}
  litellm/brief: {concurrent: 1, wait: 100ms}
  litellm/left: {concurrent: 1, wait: 60s}
  litellm/streamed: {concurrent: 1, wait: 60s}
  litellm/denied: {concurrent: 1, wait: 60s}
routes:
  pair: {description: Two, pick: in-order, models: [litellm/full, openrouter/pair]}
  hurried: {description: Two, pick: in-order, models: [litellm/left], failover: {within: 300ms}}
  raced: {description: Raced, pick: in-order, models: [openrouter/slow, litellm/full], hedge: {after: 50ms}}
`;
const routed = await startRouted(routes);
const { a, b, c, ask, gateway } = routed;
const teams = await Promise.all(
  ["noisy", "quiet"].map((team) => gateway.makeKey({ name: team, team, ceiling: "confidential" })),
);
beforeEach(() => routed.calm());
after(() => routed.close());

interface Gate {
  readonly behaviour: Behaviour;
  /** What was asked, in the order in which it came. */
  readonly came: string[];
  readonly waiting: (() => void)[];
  most: number;
  /** Lets the oldest call that is held go on. */
  open(): void;
  openAll(): void;
}

const wordsOf = ({ body }: SeenRequest): string =>
  (body["messages"] as readonly { content: string }[])[0]?.content ?? "";

function gate(): Gate {
  let open = false;
  const made: Gate = {
    came: [],
    waiting: [],
    most: 0,
    async behaviour(request, response) {
      made.came.push(wordsOf(request));
      if (!open) await new Promise<void>((resolve) => made.waiting.push(resolve));
      await answerOpenai("Let through")(request, response);
    },
    open: () => made.waiting.shift()?.(),
    openAll() {
      open = true;
      for (const resolve of made.waiting.splice(0)) resolve();
    },
  };
  return made;
}

const say = (model: string, words: string, team = 0): Promise<Said> =>
  ask(model, {
    headers: { authorization: `Bearer ${teams[team] ?? ""}` },
    body: { messages: [{ role: "user", content: words }] },
  });

interface SlotView {
  readonly limited: string;
  readonly slots: number;
  readonly running: number;
  readonly waiting: number;
}

async function slotsOf(name: string): Promise<SlotView | undefined> {
  const query = "{ providerSlots { limited slots running waiting } }";
  const { data } = await gateway.graphql<{ providerSlots: readonly SlotView[] }>(query);
  return data.providerSlots.find(({ limited }) => limited === name);
}

const waitFor = (name: string, running: number, waiting: number): Promise<void> =>
  eventually(async () => {
    const slots = await slotsOf(name);
    return slots?.running === running && slots.waiting === waiting;
  }, 20_000);

test("a provider is never called more often at once than its limit says, over all of its deployments", async () => {
  let running = 0;
  let most = 0;
  b.behave(async (request, response) => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setTimeout(resolve, 10));
    running -= 1;
    await answerOpenai("Bravo")(request, response);
  });
  const said = await Promise.all(Array.from({ length: 20 }, (_, index) => ask(`portkey/m${index % 4}`)));
  assert.deepEqual(new Set(said.map(({ status }) => status)), new Set([200]));
  assert.equal(most, 2);
  assert.deepEqual(await slotsOf("portkey"), { limited: "portkey", slots: 2, running: 0, waiting: 0 });
});

test("a team that asks for much does not keep another waiting", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const noisy = Array.from({ length: 12 }, (_, index) => say("litellm/noisy", `noisy ${index}`));
  await waitFor("litellm/noisy", 2, 10);
  const quiet = say("litellm/noisy", "quiet", 1);
  await waitFor("litellm/noisy", 2, 11);
  held.open();
  await eventually(() => held.came.length === 3, 20_000);
  assert.equal(held.came[2], "quiet");
  held.openAll();
  const said = await Promise.all([...noisy, quiet]);
  assert.deepEqual(new Set(said.map(({ status }) => status)), new Set([200]));
});

test("where no more may wait the next candidate answers; without one callers are told when to come back", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const first = [say("litellm/full", "one"), say("litellm/full", "two"), say("litellm/full", "three")];
  await waitFor("litellm/full", 1, 2);
  const next = await say("pair", "four");
  assert.deepEqual(
    [next.deployment, next.tried],
    ["openrouter/pair", "litellm/full=OVERLOADED, openrouter/pair=ok"],
  );
  const refused = await gateway.post(
    "/v1/chat/completions",
    { model: "litellm/full", messages: [{ role: "user", content: "five" }] },
    { "x-data-sensitivity": "public", authorization: `Bearer ${teams[0] ?? ""}` },
  );
  assert.equal(refused.status, 503);
  assert.equal(refused.headers.get("x-should-retry"), "true");
  assert.ok(Number(refused.headers.get("retry-after")) >= 1);
  assert.match(await refused.text(), /"code":"overloaded"/);
  assert.deepEqual(held.came, ["one"], "nothing of it reached the provider");
  const { data } = await gateway.graphql<{ troubledDeployments: readonly { id: string }[] }>(
    "{ troubledDeployments { id } }",
  );
  assert.deepEqual(data.troubledDeployments, [], "a full queue is no fault of the provider's");
  held.openAll();
  for (const said of await Promise.all(first)) assert.equal(said.status, 200);
});

test("a race begins only where a slot is free", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const first = say("litellm/full", "one");
  await waitFor("litellm/full", 1, 0);
  c.behave(async (request, response) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await answerOpenai("Slow")(request, response);
  });
  const said = await ask("raced");
  assert.deepEqual([said.text, said.deployment], ["Slow", "openrouter/slow"]);
  assert.deepEqual(held.came, ["one"]);
  held.openAll();
  assert.equal((await first).status, 200);
});

test("nobody waits longer than the limit says, or than the route has time", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const [brief, left] = [say("litellm/brief", "one"), say("litellm/left", "one")];
  await Promise.all([waitFor("litellm/brief", 1, 0), waitFor("litellm/left", 1, 0)]);
  const said = await say("litellm/brief", "two");
  assert.equal(said.status, 503);
  assert.match(said.raw, /none came free in time/);
  const hurried = await say("hurried", "two");
  assert.equal(hurried.status, 503);
  held.openAll();
  await Promise.all([brief, left]);
});

test("who leaves while waiting frees the place at once, and is never called for", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const first = say("litellm/left", "one");
  await waitFor("litellm/left", 1, 0);
  const leaving = new AbortController();
  const gone = fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      "x-data-sensitivity": "public",
    },
    body: JSON.stringify({ model: "litellm/left", messages: [{ role: "user", content: "gone" }] }),
  }).catch(() => "left");
  await waitFor("litellm/left", 1, 1);
  leaving.abort();
  assert.equal(await gone, "left");
  await waitFor("litellm/left", 1, 0);
  held.openAll();
  assert.equal((await first).status, 200);
  assert.deepEqual(held.came, ["one"]);
});

test("a stream holds its slot until it ends or is left", async () => {
  a.behave(streamOpenai(["One "], { ending: "stall" }));
  const leaving = new AbortController();
  const stream = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: "POST",
    signal: leaving.signal,
    headers: {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      "x-data-sensitivity": "public",
    },
    body: JSON.stringify({
      model: "litellm/streamed",
      stream: true,
      messages: [{ role: "user", content: "Hi" }],
    }),
  });
  await stream.body?.getReader().read();
  const next = say("litellm/streamed", "next");
  await waitFor("litellm/streamed", 1, 1);
  a.behave(streamOpenai(["Two "]));
  leaving.abort();
  const said = await next;
  assert.equal(said.status, 200);
  await waitFor("litellm/streamed", 0, 0);
});

test("what is denied while it waits is never called, and a limit that goes lets everybody through", async () => {
  const held = gate();
  a.behave(held.behaviour);
  const [first, second, third] = [
    say("litellm/denied", "one"),
    say("litellm/left", "one"),
    say("litellm/left", "two"),
  ];
  await Promise.all([waitFor("litellm/denied", 1, 0), waitFor("litellm/left", 1, 1)]);
  const denied = say("litellm/denied", "two", 1);
  await waitFor("litellm/denied", 1, 1);
  const rows = `
p, open, allow, anyone, complete, up to public, anywhere, always, Public data may go anywhere
p, off, deny, anyone, anything, public or above, if model:denied, always, Vendor risk 9`;
  await putInForce(gateway, {
    "policy.csv": rows,
    "tests.yaml": "cases: []\n",
    "routes.yaml": "routes: {}\n",
  });
  const said = await denied;
  assert.equal(said.status, 403);
  assert.match(said.raw, /policy_revoked/);
  await eventually(() => held.came.length === 3, 20_000);
  held.openAll();
  for (const one of await Promise.all([second, third])) assert.equal(one.status, 200);
  await first;
  assert.deepEqual(held.came.toSorted(), ["one", "one", "two"]);
});

test("waits are counted by how they ended", async () => {
  const metrics = await fetch(`${gateway.url}/metrics`, {
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const text = await metrics.text();
  for (const line of [
    'portcullis_slot_waits_total{limited="litellm/full",outcome="full"} 2',
    'portcullis_slot_waits_total{limited="litellm/brief",outcome="too-long"} 1',
    'portcullis_slot_waits_total{limited="litellm/left",outcome="left"} 1',
    'portcullis_slot_waits_total{limited="litellm/full",outcome="served"} 2',
  ])
    assert.ok(
      text.includes(line),
      `${line}\n${text
        .split("\n")
        .filter((one) => one.includes("slot_waits"))
        .join("\n")}`,
    );
});
