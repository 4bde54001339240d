// Real GraphQL clients against a whole gateway: what they ask is answered, typed failures arrive whole, streams
// run to their end, and a client that stops listening ends the work at the provider.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { startGateway } from "../kit/gateway.ts";
import { apollo, apolloCache, codesOf, graphqlClients, type GraphqlClient } from "../kit/graphql-clients.ts";
import { startUpstream, streamOpenai, type Behaviour } from "../kit/upstream.ts";

const words = ["Some words that ", "come at once, ", "and then no more."];
const behaviours: Readonly<Record<string, Behaviour>> = {
  ends: streamOpenai(words),
  stalls: streamOpenai(["One piece "], { ending: "stall" }),
};
const upstream = await startUpstream((request, response) =>
  behaviours[String(request.body["model"])]?.(request, response),
);
const gateway = await startGateway({ OLLAMA_BASE_URL: upstream.baseUrl });
after(async () => {
  await gateway.close();
  await upstream.close();
});
const visitor = await gateway.makeKey({ roles: ["visitor"] });

const messages = [{ user: { text: "Tell it." } }];
const story = { input: { model: "ollama/ends", messages } };
const streamed = `subscription Story($input: CompletionInput!) { completion(input: $input) {
  seq
  ... on CompletionStarted { receiptId deployment { id } }
  ... on TextDelta { choice offset text }
  ... on CompletionFinished { completion { text } }
  ... on CompletionFailed { failure { code message retryable ... on PolicyDenied { considered { because } } } }
} }`;
const whole = `mutation Whole($input: CompletionInput!) { complete(input: $input) {
  ... on Completion { text }
  ... on Failure { code message retryable }
  ... on PolicyDenied { considered { because } }
} }`;
const catalog = `query Catalog { model(id: "demo-echo") { id name deployments { id provider { id name } } } }`;

interface Event {
  readonly seq: number;
  readonly receiptId?: string;
  readonly offset?: number;
  readonly text?: string;
  readonly completion?: { readonly text: string };
  readonly failure?: Readonly<Record<string, unknown>>;
}

/** Every event until the end. */
function follow(client: GraphqlClient, variables: Readonly<Record<string, unknown>>): Promise<Event[]> {
  const events: Event[] = [];
  return new Promise((resolve, reject) => {
    client.subscribe(streamed, variables, {
      next: (data) => void events.push((data as { completion: Event }).completion),
      failed: reject,
      complete: () => resolve(events),
    });
  });
}

for (const [name, open] of Object.entries(graphqlClients)) {
  const client = open(gateway.url, gateway.adminKey);

  test(`${name}: queries and mutations answer`, async () => {
    const { model } = (await client.query(catalog)) as { model: { deployments: { id: string }[] } };
    assert.equal(model.deployments[0]?.id, "demo/echo");
    const answer = await client.mutate(whole, { input: { model: "demo/echo", messages } });
    assert.match((answer as { complete: { text: string } }).complete.text, /Tell it\./);
  });

  test(`${name}: a stream is followed to its end`, { timeout: 30_000 }, async () => {
    const events = await follow(client, story);
    assert.match(events[0]?.receiptId ?? "", /^req_/);
    let text = "";
    for (const [index, event] of events.entries()) {
      assert.equal(event.seq, index);
      if (event.offset === undefined) continue;
      assert.equal(event.offset, text.length);
      text += event.text ?? "";
    }
    assert.equal(text, words.join(""));
    assert.equal(events.at(-1)?.completion?.text, text);
  });

  test(`${name}: typed failures arrive whole, in an answer and in a stream`, async () => {
    const denied = open(gateway.url, visitor);
    const answer = (await denied.mutate(whole, story)) as { complete: Record<string, unknown> };
    const [event, ...more] = await follow(denied, story);
    assert.deepEqual(more, []);
    for (const failure of [answer.complete, event?.failure]) {
      assert.equal(failure?.["code"], "POLICY_DENIED");
      assert.equal(failure["retryable"], false);
      assert.match(String(failure["message"]), /permits no deployment/);
      assert.ok((failure["considered"] as unknown[]).length > 0);
    }
  });

  test(`${name}: what is asked without a key is refused with its code`, async () => {
    const stranger = open(gateway.url, "pc_wrong");
    await assert.rejects(stranger.query(catalog), (error) => {
      assert.deepEqual(codesOf(error), ["UNAUTHENTICATED"]);
      return true;
    });
    await assert.rejects(follow(stranger, story));
  });

  test(`${name}: who stops listening ends the work at the provider`, { timeout: 30_000 }, async () => {
    const before = upstream.seen.length;
    await new Promise<void>((resolve, reject) => {
      const variables = { input: { model: "ollama/stalls", messages } };
      const stop = client.subscribe(streamed, variables, {
        next(data) {
          if ((data as { completion: Event }).completion.text === undefined) return;
          setImmediate(stop);
          resolve();
        },
        failed: reject,
        complete: () => reject(new Error("ended by itself")),
      });
    });
    await upstream.seen[before]?.closedEarly;
    assert.equal(upstream.seen.length, before + 1);
  });
}

test("apollo client: entities are kept once, and what has no id is not kept at all", async () => {
  const cache = apolloCache();
  const client = apollo(gateway.url, gateway.adminKey, cache);
  await client.query(catalog);
  await follow(client, story);
  const kept = Object.keys(cache.extract()).filter((id) => !id.startsWith("ROOT_") && id !== "__META");
  assert.deepEqual(kept.sort(), [
    "Deployment:demo/echo",
    "Deployment:ollama/ends",
    "Model:demo-echo",
    "Provider:demo",
  ]);
});
