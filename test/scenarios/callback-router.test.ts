// A router that takes subscriptions by HTTP callback, as Apollo's and Hive's do, in front of a whole gateway:
// each answer reaches it under its own address, and an answer that it forgets is cancelled at the provider.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { text } from "node:stream/consumers";
import { eventually } from "../kit/eventually.ts";
import { closeServer, listen } from "../kit/federation-router.ts";
import { startGateway } from "../kit/gateway.ts";
import { startUpstream, streamOpenai, type Behaviour } from "../kit/upstream.ts";

interface Message {
  readonly action: "check" | "next" | "complete";
  readonly id: string;
  readonly verifier: string;
  readonly payload?: { readonly data: { readonly completion: Event } };
}
interface Event {
  readonly __typename: string;
  readonly text?: string;
}

/** What it knows, by id; it forgets whoever its client left. */
const subscriptions = new Map<string, Message[]>();
const router = createServer((request, response) => {
  void text(request).then((body) => {
    const message = JSON.parse(body) as Message;
    const known = subscriptions.get(message.id);
    assert.equal(request.headers["subscription-protocol"], "callback/1.0");
    assert.deepEqual([request.url, message.verifier], [`/callback/${message.id}`, `of ${message.id}`]);
    known?.push(message);
    return response.writeHead(known ? 204 : 404, { "subscription-protocol": "callback/1.0" }).end();
  });
});
const origin = await listen(router);

const words = ["Some words ", "and no more."];
const behaviours: Readonly<Record<string, Behaviour>> = {
  ends: streamOpenai(words),
  stalls: streamOpenai(words, { ending: "stall" }),
};
const upstream = await startUpstream((request, response) =>
  behaviours[String(request.body["model"])]?.(request, response),
);
const gateway = await startGateway({
  OLLAMA_BASE_URL: upstream.baseUrl,
  PORTCULLIS_CALLBACK_ORIGINS: origin,
});
after(async () => {
  await gateway.close();
  await closeServer(router);
  await upstream.close();
});

async function subscribe(id: string, model: string): Promise<Message[]> {
  const told: Message[] = [];
  subscriptions.set(id, told);
  const callbackUrl = `${origin}/callback/${id}`;
  const subscription = { callbackUrl, subscriptionId: id, verifier: `of ${id}`, heartbeatIntervalMs: 500 };
  const query = `subscription { completion(input: { model: "${model}", messages: [{ user: { text: "Hi" } }] }) {
    __typename ... on TextDelta { text }
  } }`;
  const answer = await gateway.post(
    "/graphql",
    { query, extensions: { subscription } },
    { accept: "application/json, application/json;callbackSpec=1.0" },
  );
  assert.equal(answer.headers.get("subscription-protocol"), "callback/1.0");
  assert.deepEqual(await answer.json(), { data: null });
  return told;
}

const eventsIn = (told: readonly Message[]): Event[] =>
  told.flatMap(({ payload }) => payload?.data.completion ?? []);

test("two answers at once reach the router whole, each under its own id", async () => {
  const both = await Promise.all([subscribe("first", "ollama/ends"), subscribe("second", "ollama/ends")]);
  for (const told of both) {
    await eventually(() => told.at(-1)?.action === "complete", 20_000);
    assert.equal(told[0]?.action, "check");
    const events = eventsIn(told);
    assert.equal(events.at(-1)?.__typename, "CompletionFinished");
    assert.equal(events.map((event) => event.text ?? "").join(""), words.join(""));
  }
});

test(
  "an answer that the router has forgotten is cancelled at the provider",
  { timeout: 60_000 },
  async () => {
    const before = upstream.seen.length;
    const told = await subscribe("left", "ollama/stalls");
    await eventually(() => eventsIn(told).some((event) => event.text !== undefined), 20_000);
    subscriptions.delete("left");
    await upstream.seen[before]?.closedEarly;
  },
);
