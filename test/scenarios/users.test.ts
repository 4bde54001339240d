// Users with tokens of their own, and users for whom a router asks: each one's answers, receipts, sessions
// and money are its own, through both doors and on every replica.

import assert from "node:assert/strict";
import { before } from "node:test";
import type { TestContext } from "node:test";
import { defaultScopes } from "../../src/core/caller.ts";
import { onEachDatabase } from "../kit/each-database.ts";
import type { RunningGateway } from "../kit/gateway.ts";
import { audience, runIssuer, type Issuer } from "../kit/issuer.ts";

let issuer: Issuer;
before(async (context) => {
  issuer = await runIssuer(context as TestContext);
});

const env = () => ({
  OIDC_ISSUER: issuer.url,
  OIDC_AUDIENCE: audience,
  OIDC_CLAIMS: "team=department|staff; ceiling=|internal+contact",
});

const complete = `mutation ($input: CompletionInput!) { complete(input: $input) {
  __typename ... on Completion { text receipt { id user } } ... on Failure { code message requestId }
} }`;

interface Completed {
  readonly complete: {
    readonly __typename: string;
    readonly text?: string;
    readonly receipt?: { readonly id: string; readonly user: string | null };
    readonly code?: string;
    readonly message?: string;
  };
}

type Headers = Readonly<Record<string, string>>;

async function ask<T>(gateway: RunningGateway, query: string, headers: Headers, variables: unknown = {}) {
  const answer = await gateway.post("/graphql", { query, variables }, headers);
  return {
    status: answer.status,
    ...((await answer.json()) as { data: T; errors?: { message: string; extensions: { code: string } }[] }),
  };
}

const say = (text: string, more: object = {}) => ({
  input: { model: "demo/echo", messages: [{ user: { text } }], ...more },
});

const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

onEachDatabase(
  "a user's token is the user in answers, receipts, usage and limits",
  env,
  async (gateway, other) => {
    const alice = bearer(await issuer.token({ sub: "alice", department: "support", roles: ["employee"] }));
    const bob = bearer(await issuer.token({ sub: "bob", roles: ["employee"] }));

    const mine = (await ask<Completed>(gateway, complete, alice, say("hi", { idempotencyKey: "k" }))).data
      .complete;
    assert.equal(mine.receipt?.user, "user:alice");
    const again = (await ask<Completed>(other, complete, bob, say("hi", { idempotencyKey: "k" }))).data
      .complete;
    assert.equal(
      again.receipt?.user,
      "user:bob",
      "the same idempotency key of another user is another request",
    );
    assert.notEqual(again.receipt.id, mine.receipt.id);

    const receipt = `{ receipt(id: "${mine.receipt.id}") { user } caller { key user team scopes ceiling } }`;
    const seen = await ask<{ receipt: unknown; caller: { key: string } }>(other, receipt, alice);
    assert.deepEqual(seen.data.receipt, { user: "user:alice" });
    assert.deepEqual(seen.data.caller, {
      key: seen.data.caller.key,
      user: "user:alice",
      team: "team:support",
      scopes: defaultScopes.map((scope) => scope.toUpperCase()),
      ceiling: "internal+contact",
    });
    assert.equal((await ask<{ receipt: unknown }>(gateway, receipt, bob)).data.receipt, null);

    const tooMuch = (await ask<Completed>(gateway, complete, alice, say("card 4111 1111 1111 1111"))).data
      .complete;
    assert.equal(tooMuch.code, "SENSITIVITY_EXCEEDS_KEY");
    const denied = await ask(gateway, "{ keys { id } }", alice);
    assert.equal(denied.errors?.[0]?.extensions.code, "FORBIDDEN");

    const chat = { model: "demo/echo", messages: [{ role: "user", content: "hi" }] };
    assert.equal((await gateway.post("/v1/chat/completions", chat, alice)).status, 200);

    const { data } = await gateway.graphql<{
      usage: { user: string | null; team: string; requests: number }[];
    }>('{ usage(since: "2020-01-01T00:00:00Z") { user team requests } }');
    const byUser = Object.fromEntries(data.usage.map((line) => [line.user, [line.team, line.requests]]));
    assert.deepEqual(byUser, { "user:alice": ["team:support", 2], "user:bob": ["team:staff", 1] });

    await gateway.graphql(
      'mutation { setBudget(input: { scope: "user:alice", limitUsd: "0", period: DAY }) { __typename } }',
    );
    const cheap = (await ask<Completed>(gateway, complete, bob, say("hi"))).data.complete;
    assert.equal(cheap.__typename, "Completion");
  },
);

onEachDatabase("a router names its end users, and nobody else can", env, async (gateway) => {
  const router = await gateway.makeKey({
    name: "router",
    scopes: ["complete", "embed", "catalog", "receipts", "delegate", "keys", "policy"],
  });
  const plain = await gateway.makeKey({ name: "plain" });
  const forUser = (user: string, key = router): Headers => ({ ...bearer(key), "x-end-user-id": user });

  const first = (await ask<Completed>(gateway, complete, forUser("alice"), say("hi", { sessionId: "s" })))
    .data.complete;
  assert.equal(first.receipt?.user, "user:alice");
  const receipt = `{ receipt(id: "${first.receipt.id}") { user } }`;
  const seenBy = async (headers: Headers) =>
    (await ask<{ receipt: unknown }>(gateway, receipt, headers)).data.receipt;
  assert.deepEqual(await seenBy(forUser("alice")), { user: "user:alice" });
  assert.equal(await seenBy(forUser("bob")), null);
  assert.equal(await seenBy(bearer(router)), null);
  assert.equal(await seenBy(bearer(await issuer.token({ sub: "alice" }))), null);

  const admin = await ask(gateway, "{ keys { id } }", forUser("alice"));
  assert.equal(
    admin.errors?.[0]?.extensions.code,
    "FORBIDDEN",
    "a user whom a router names administers nothing",
  );
  assert.equal((await ask(gateway, "{ keys { id } }", bearer(router))).errors, undefined);

  const token = await issuer.token({ sub: "mallory" });
  for (const headers of [forUser("alice", plain), forUser("alice", token)]) {
    const refused = await ask(gateway, "{ caller { user } }", headers);
    assert.equal(refused.errors?.[0]?.extensions.code, "FORBIDDEN");
    const chat = { model: "demo/echo", messages: [{ role: "user", content: "hi" }] };
    assert.equal((await gateway.post("/v1/chat/completions", chat, headers)).status, 403);
  }
  assert.equal((await ask(gateway, "{ caller { user } }", forUser("two words"))).status, 400);
});
