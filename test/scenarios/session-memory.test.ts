// A conversation that was told something sensitive stays sensitive, on every replica, for its own key only.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { startGateway, type RunningGateway } from "../kit/gateway.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";

const upstream = await startUpstream();
const postgres = await sharedPostgres();
after(async () => {
  await upstream.close();
  await closeSharedPostgres();
});

const card = "My card is 4111 1111 1111 1111";

interface Said {
  readonly session?: string;
  readonly key?: string;
  readonly model?: string;
  readonly tag?: string;
}

async function say(
  gateway: RunningGateway,
  content: string,
  said: Said = {},
): Promise<[number, string | null]> {
  const answer = await gateway.post(
    "/v1/chat/completions",
    { model: said.model ?? "ollama/test", messages: [{ role: "user", content }] },
    {
      "x-data-sensitivity": said.tag ?? "public",
      ...(said.session === undefined ? {} : { "x-session-id": said.session }),
      ...(said.key === undefined ? {} : { authorization: `Bearer ${said.key}` }),
    },
  );
  await answer.arrayBuffer();
  return [answer.status, answer.headers.get("x-portcullis-sensitivity")];
}

const env = { OLLAMA_BASE_URL: upstream.baseUrl, PORTCULLIS_SECRET: "s".repeat(40) };

test("a later request of the session counts as what the session was told; others do not", async () => {
  const gateway = await startGateway(env);
  try {
    const session = "Patient Jane Doe";
    assert.deepEqual(await say(gateway, "Hello", { session }), [200, "public"]);
    assert.deepEqual(await say(gateway, card, { session }), [200, "restricted+pci"]);
    assert.deepEqual(await say(gateway, "Which digits?", { session }), [200, "restricted+pci"]);
    assert.deepEqual(await say(gateway, "Hello"), [200, "public"]);
    assert.deepEqual(await say(gateway, "Hello", { session: "other" }), [200, "public"]);
    const key = await gateway.makeKey();
    assert.deepEqual(await say(gateway, "Hello", { session, key }), [200, "public"]);

    const input = { model: "ollama/test", messages: [{ user: { text: "Hello" } }], sensitivity: "public" };
    const { data } = await gateway.graphql<{ complete: unknown; routePlan: unknown }>(
      `mutation ($input: CompletionInput!) { complete(input: $input) {
        ... on Completion { receipt { sensitivity { effective declared session underDeclared } } } } }`,
      { input: { ...input, sessionId: session } },
    );
    const report = {
      effective: "restricted+pci",
      declared: "public",
      session: "restricted+pci",
      underDeclared: false,
    };
    assert.deepEqual(data.complete, { receipt: { sensitivity: report } });
    const planned = await gateway.graphql(
      `query ($input: CompletionInput!) { routePlan(input: $input) { ... on RoutePlan { sensitivity { effective } } } }`,
      { input: { ...input, sessionId: session } },
    );
    assert.deepEqual(planned.data, { routePlan: { sensitivity: { effective: "restricted+pci" } } });
  } finally {
    await gateway.close();
  }
});

test("what was refused was told to nobody, and what the session was told explains a refusal", async () => {
  const gateway = await startGateway(env);
  try {
    const key = await gateway.makeKey({ ceiling: "confidential+contact" });
    const session = "s1";
    assert.deepEqual((await say(gateway, card, { session, key }))[0], 403);
    assert.deepEqual(await say(gateway, "Hello", { session, key }), [200, "public"]);
    // Told under the whole gateway's key: nothing is permitted for it at the demo.
    const denied = await say(gateway, card, { session: "s2", model: "openai/gpt-4.1" });
    assert.notEqual(denied[0], 200);
    assert.deepEqual(await say(gateway, "Hello", { session: "s2" }), [200, "public"]);
  } finally {
    await gateway.close();
  }
});

test("two replicas agree on a session at once", async (context) => {
  if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
  const shared = { ...env, DATABASE_URL: await postgres.freshDatabase() };
  const [one, other] = await Promise.all([startGateway(shared), startGateway(shared)]);
  try {
    const session = "s";
    assert.deepEqual(await say(other, "Hello", { session }), [200, "public"]);
    for (const [first, second, tag] of [
      [one, other, "internal"],
      [other, one, "confidential"],
    ] as const) {
      assert.deepEqual(await say(first, "Hello", { session, tag }), [200, tag]);
      assert.deepEqual(await say(second, "Hello", { session }), [200, tag]);
    }
    const rows = await one.app.store.sessions.recall("key:admin", session);
    assert.equal(rows.point, undefined, "its name is not stored as it was sent");

    // When the provider hears of it, whoever asks next already counts as much.
    let meanwhile: unknown;
    upstream.behave(async (request, response) => {
      upstream.behave(answerOpenai("Hello"));
      meanwhile = await say(other, "Hello", { session });
      await answerOpenai("Hello")(request, response);
    });
    assert.deepEqual(await say(one, card, { session }), [200, "restricted+pci"]);
    assert.deepEqual(meanwhile, [200, "restricted+pci"]);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});

test("where the memory cannot be asked, a request of a session is refused and others are not", async () => {
  const gateway = await startGateway(env);
  try {
    const { sessions } = gateway.app.store;
    const { recall } = sessions;
    sessions.recall = () => Promise.reject(new Error("no database"));
    const before = upstream.seen.length;
    assert.equal((await say(gateway, "Hello", { session: "s" }))[0], 503);
    assert.equal(upstream.seen.length, before);
    assert.deepEqual(await say(gateway, "Hello"), [200, "public"]);
    sessions.recall = recall;
    assert.deepEqual(await say(gateway, "Hello", { session: "s" }), [200, "public"]);
  } finally {
    await gateway.close();
  }
});
