// Subscriptions by HTTP callback: checked, beaten for, delivered in order, and cancelled when the router says so.
// The router is a server on loopback that answers as each test wants.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test, type TestContext } from "node:test";
import { text } from "node:stream/consumers";
import { eventually } from "../kit/eventually.ts";
import { closeServer, listen } from "../kit/federation-router.ts";
import { bearer, runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway, stalled, started, type ScriptedGateway } from "../kit/scripted-answers.ts";

interface Message {
  readonly kind: string;
  readonly action: "check" | "next" | "complete";
  readonly id: string;
  readonly verifier: string;
  readonly payload?: { readonly data: { readonly completion: { readonly __typename: string } } };
}

async function setUp(context: TestContext, gateway: ScriptedGateway, answer: (message: Message) => number) {
  const told: Message[] = [];
  const router = createServer((request, response) => {
    void text(request).then((body) => {
      const message = JSON.parse(body) as Message;
      told.push(message);
      return response.writeHead(answer(message), { "subscription-protocol": "callback/1.0" }).end();
    });
  });
  const origin = await listen(router);
  context.after(() => closeServer(router));
  const door = await runGraphqlDoor(context, gateway, {
    callbacks: {
      origins: [origin],
      post: async (url, body, [name, value]) =>
        (await fetch(url, { method: "POST", body, headers: { [name]: value } })).status,
    },
  });
  const subscribe = async (over: object = {}, query = streamed) => {
    const subscription = {
      callbackUrl: `${origin}/callback/s1`,
      subscriptionId: "s1",
      verifier: "v1",
      heartbeatIntervalMs: 1_000,
      ...over,
    };
    const asked = await fetch(door.url, {
      method: "POST",
      headers: { ...bearer, "content-type": "application/json", accept: "application/json;callbackSpec=1.0" },
      body: JSON.stringify({ query, extensions: { subscription } }),
    });
    return {
      status: asked.status,
      protocol: asked.headers.get("subscription-protocol"),
      body: (await asked.json()) as object,
    };
  };
  return { told, subscribe };
}

const streamed = `subscription { completion(input: { model: "demo/echo", messages: [{ user: { text: "hi" } }] }) { __typename } }`;
const actions = (told: readonly Message[]) => told.map(({ action }) => action);
const stuck = () =>
  scriptGateway(async function* (asked, signal) {
    yield started(asked);
    await stalled(signal);
  });

test("a checked subscription is delivered event by event, and completed", async (context) => {
  const { told, subscribe } = await setUp(
    context,
    scriptGateway((asked) => saying(asked, ["Hel", "lo"])),
    () => 204,
  );
  assert.deepEqual(await subscribe(), { status: 200, protocol: "callback/1.0", body: { data: null } });
  await eventually(() => told.at(-1)?.action === "complete");
  assert.deepEqual(actions(told), ["check", "next", "next", "next", "next", "complete"]);
  assert.ok(
    told.every(({ kind, id, verifier }) => kind === "subscription" && id === "s1" && verifier === "v1"),
  );
  const kinds = told.flatMap(({ payload }) => payload?.data.completion.__typename ?? []);
  assert.deepEqual(kinds, ["CompletionStarted", "TextDelta", "TextDelta", "CompletionFinished"]);
});

test("no other origin is ever called, and no provider either", async (context) => {
  const gateway = stuck();
  const { told, subscribe } = await setUp(context, gateway, () => 204);
  const { status, body } = await subscribe({ callbackUrl: "http://169.254.169.254/latest" });
  assert.equal(status, 403);
  assert.match(JSON.stringify(body), /PORTCULLIS_CALLBACK_ORIGINS/);
  assert.equal((await subscribe({ verifier: "" })).status, 400);
  assert.deepEqual([told.length, gateway.asked.length], [0, 0]);
});

test("a router that does not confirm is refused before anything is paid", async (context) => {
  const gateway = stuck();
  const { subscribe } = await setUp(context, gateway, () => 404);
  assert.equal((await subscribe()).status, 400);
  assert.equal(gateway.asked.length, 0);
});

test("heartbeats go on while nothing is said, and a 404 to one cancels the answer", async (context) => {
  const gateway = stuck();
  let checks = 0;
  const { told, subscribe } = await setUp(context, gateway, ({ action }) =>
    action === "check" && ++checks > 2 ? 404 : 204,
  );
  assert.equal((await subscribe()).status, 200);
  await eventually(() => gateway.open() === 1);
  await eventually(() => gateway.open() === 0);
  assert.deepEqual(actions(told), ["check", "next", "check", "check"]);
});

test("a 404 to an event cancels the answer at once", async (context) => {
  const gateway = stuck();
  const { told, subscribe } = await setUp(context, gateway, ({ action }) => (action === "next" ? 404 : 204));
  await subscribe();
  await eventually(() => told.length === 2 && gateway.open() === 0);
});

test("heartbeats come before their time is over, however short it is", async (context) => {
  const at: number[] = [];
  const { subscribe } = await setUp(context, stuck(), ({ action }) => {
    if (action === "check") at.push(performance.now());
    return 204;
  });
  await subscribe({ heartbeatIntervalMs: 200 });
  await eventually(() => at.length > 3, 10_000);
  assert.ok((at.at(-1) ?? 0) - (at[0] ?? 0) >= 400, "and not without a pause");
});

test("a page that is no router confirms nothing", async (context) => {
  const gateway = stuck();
  const { subscribe } = await setUp(context, gateway, () => 200);
  assert.equal((await subscribe()).status, 400);
  assert.equal(gateway.asked.length, 0);
});

test("the same subscription again ends the one that the router has forgotten, without a word", async (context) => {
  const gateway = stuck();
  const { told, subscribe } = await setUp(context, gateway, () => 204);
  await subscribe();
  await eventually(() => told.some(({ action }) => action === "next"), 10_000);
  await subscribe({ subscriptionId: "another" });
  await eventually(() => gateway.open() === 2, 10_000);
  await subscribe();
  await eventually(() => gateway.aborts.length === 1 && gateway.open() === 2, 10_000);
  assert.ok(!told.some(({ action }) => action === "complete"));
});

test("what is refused in the document is answered, not called back", async (context) => {
  const { told, subscribe } = await setUp(context, stuck(), () => 204);
  const { body } = await subscribe({}, "subscription { nothing }");
  assert.match(JSON.stringify(body), /Cannot query field/);
  assert.deepEqual(actions(told), ["check"]);
});
