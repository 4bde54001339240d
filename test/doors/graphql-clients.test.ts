// Real clients against a whole gateway: urql with its own fetch exchange, and Apollo's multipart protocol.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Client, fetchExchange } from "@urql/core";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";

let gateway: RunningGateway;
before(async () => {
  gateway = await startGateway();
});
after(() => gateway.close());

const input = { model: "demo/story", messages: [{ user: { text: "Tell it." } }], coalesceMs: 20 };
const streamed = `subscription ($input: CompletionInput!) { completion(input: $input) {
  __typename seq
  ... on TextDelta { choice offset text }
  ... on CompletionFinished { completion { text } }
} }`;

interface Event {
  readonly __typename: string;
  readonly seq: number;
  readonly offset?: number;
  readonly text?: string;
  readonly completion?: { readonly text: string };
}

function urql(): Client {
  return new Client({
    url: `${gateway.url}/graphql`,
    exchanges: [fetchExchange],
    preferGetMethod: false,
    fetchSubscriptions: true,
    fetchOptions: { headers: { authorization: `Bearer ${gateway.adminKey}` } },
  });
}

test("urql queries and mutates", async () => {
  const client = urql();
  const found = await client.query("{ caller { key } }", {}).toPromise();
  assert.deepEqual([found.error, found.data], [undefined, { caller: { key: "key:admin" } }]);
  const answer = await client
    .mutation(
      "mutation ($input: CompletionInput!) { complete(input: $input) { ... on Completion { text } } }",
      {
        input: { ...input, model: "demo/echo" },
      },
    )
    .toPromise();
  assert.equal(answer.error, undefined);
  assert.match(JSON.stringify(answer.data), /Tell it\./);
});

test("urql follows a subscription over fetch to its end", async () => {
  const events: Event[] = [];
  await new Promise<void>((resolve, reject) => {
    urql()
      .subscription<{ completion: Event }>(streamed, { input })
      .subscribe(({ data, error, hasNext }) => {
        if (error) reject(error);
        if (data) events.push(data.completion);
        if (!hasNext || data?.completion.__typename === "CompletionFinished") resolve();
      });
  });
  wholeStory(events);
});

test("Apollo's multipart subscriptions carry the same events", async () => {
  const answer = await fetch(`${gateway.url}/graphql`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.adminKey}`,
      "content-type": "application/json",
      accept: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0,application/graphql-response+json',
    },
    body: JSON.stringify({ query: streamed, variables: { input } }),
  });
  assert.equal(answer.headers.get("content-type"), 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0');
  const parts = (await answer.text()).split("\r\n--graphql");
  assert.equal(parts.at(-1), "--\r\n");
  const events = parts.slice(1, -1).flatMap((part) => {
    const [head, body = ""] = part.split("\r\n\r\n");
    assert.match(head ?? "", /content-type: application\/json/);
    const { payload } = JSON.parse(body) as { payload?: { data: { completion: Event } } };
    return payload ? [payload.data.completion] : [];
  });
  wholeStory(events);
});

/** Numbered without a gap, offsets as long as what came before, the end as the sum. */
function wholeStory(events: readonly Event[]): void {
  assert.equal(events[0]?.__typename, "CompletionStarted");
  let text = "";
  for (const [index, event] of events.entries()) {
    assert.equal(event.seq, index);
    if (event.__typename !== "TextDelta") continue;
    assert.equal(event.offset, text.length);
    text += event.text ?? "";
  }
  assert.ok(text.length > 100);
  assert.equal(events.at(-1)?.completion?.text, text);
}
