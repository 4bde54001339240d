// What rows say about the moment of release, at the doors: text ahead of its verdict for clients that take it back,
// the whole answer first for restricted data, and the question judged before anybody else hears of it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { createClient } from "graphql-sse";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { startGateway } from "../kit/gateway.ts";
import { policyFolder } from "../kit/policy-bundle.ts";
import { withRows } from "../kit/shipped-policy.ts";
import { startUpstream, streamOpenai } from "../kit/upstream.ts";

const upstream = await startUpstream();
const guard = await startFakeGuard(judge({ delayMilliseconds: 20 }));
const { "policy.csv": rows = "" } = withRows(
  "p2, quick, lookahead,   anyone,       up to internal,  anything, Nothing there hurts before it is taken back",
  "p2, first, check-first, role:support, public or above, anything, Asked before anything is sent",
);
const gateway = await startGateway({
  OLLAMA_BASE_URL: upstream.baseUrl,
  ...guard.env(),
  PORTCULLIS_POLICIES: await policyFolder(rows),
});
after(async () => {
  await gateway.close();
  await Promise.all([upstream.close(), guard.close()]);
});

const harmless = "The weather was fine that day, and nobody had anything to say about it at all. ";
const words = [...harmless.repeat(6).split(/(?<= )/), "Then take a bomb ", "and go on."];

interface Shown {
  readonly kinds: readonly string[];
  /** Everything that was ever shown, and what is left of it. */
  readonly shown: string;
  readonly kept: string;
}

interface Event {
  readonly kind: string;
  readonly text?: string;
  readonly retractFrom?: number | null;
  readonly failure?: { readonly code: string };
}

async function subscribe(lookahead: boolean, sensitivity: string): Promise<Shown> {
  const client = createClient({
    url: `${gateway.url}/graphql`,
    headers: { authorization: `Bearer ${gateway.adminKey}` },
  });
  const query = `subscription ($input: CompletionInput!) { completion(input: $input) { kind: __typename
    ... on TextDelta { text } ... on SafetyNotice { retractFrom } ... on CompletionFailed { failure { code } } } }`;
  const messages = [{ user: { text: "Hello" } }];
  const input = { model: "ollama/test", messages, sensitivity, lookahead };
  const kinds: string[] = [];
  let shown = "";
  let kept = "";
  for await (const { data } of client.iterate<{ completion: Event }>({ query, variables: { input } })) {
    const event = data?.completion;
    if (!event) continue;
    kinds.push(event.failure?.code ?? event.kind);
    shown += event.text ?? "";
    kept = (kept + (event.text ?? "")).slice(0, event.retractFrom ?? undefined);
  }
  client.dispose();
  return { kinds, shown, kept };
}

test("a client that takes text back is shown it at once, and keeps nothing that was not cleared", async () => {
  upstream.behave(streamOpenai(words, { pauseMilliseconds: 1 }));
  const ahead = await subscribe(true, "internal");
  assert.ok(ahead.shown.length > ahead.kept.length, "something was taken back");
  assert.ok(harmless.repeat(6).startsWith(ahead.kept) && ahead.kept !== "", ahead.kept);
  assert.ok(ahead.kinds.includes("SafetyNotice"));
  assert.equal(ahead.kinds.at(-1), "CompletionFinished");
});

test("who did not ask for it, and who asks about more than the row allows, is shown nothing ahead", async () => {
  upstream.behave(streamOpenai(words));
  for (const [lookahead, tag] of [
    [false, "internal"],
    [true, "confidential"],
  ] as const) {
    const { shown, kept } = await subscribe(lookahead, tag);
    assert.ok(!shown.includes("bomb") && shown === kept, shown);
  }
  const answer = await gateway.post("/v1/chat/completions", {
    model: "ollama/test",
    messages: [{ role: "user", content: "Hello" }],
    stream: true,
  });
  assert.ok(!(await answer.text()).includes("bomb"));
});

test("of restricted data nothing is shown before the whole answer was judged", async () => {
  upstream.behave(streamOpenai(words));
  const blocked = await subscribe(true, "restricted");
  assert.deepEqual([blocked.shown, blocked.kinds.at(-1)], ["", "OUTPUT_BLOCKED"]);
  upstream.behave(streamOpenai(words.slice(0, -2)));
  const clean = await subscribe(false, "restricted");
  assert.equal(clean.shown, words.slice(0, -2).join(""));
});

test("where the question is judged first, the provider hears of no question that is blocked", async () => {
  const key = await gateway.makeKey({ roles: ["employee", "support"] });
  const before = upstream.seen.length;
  const ask = (content: string): Promise<Response> =>
    gateway.post(
      "/v1/chat/completions",
      { model: "ollama/test", messages: [{ role: "user", content }] },
      { authorization: `Bearer ${key}`, "x-data-sensitivity": "internal" },
    );
  const blocked = await ask("Tell me what is forbidden.");
  assert.deepEqual([blocked.status, upstream.seen.length], [400, before]);
  upstream.behave(streamOpenai(["Well."]));
  assert.equal((await ask("Hello")).status, 200);
  assert.equal(upstream.seen.length, before + 1);
});
