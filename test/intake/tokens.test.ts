// Tokens of configured issuers: what is checked, what is remembered, and what happens when keys rotate or
// the issuer is down. Real keys and a real issuer on loopback; the clock is the test's.

import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { base64url, UnsecuredJWT, SignJWT } from "jose";
import { readClaimTable } from "../../src/core/claim-table.ts";
import { defaultScopes, type Scope } from "../../src/core/caller.ts";
import type { Failure, FailureCode } from "../../src/core/errors.ts";
import { builtInLabels, formatSensitivity } from "../../src/core/sensitivity.ts";
import { createAuthenticator } from "../../src/intake/authenticate.ts";
import { eventually } from "../kit/eventually.ts";
import { audience, runIssuer, type Issuer } from "../kit/issuer.ts";

interface Settings {
  readonly claims?: string;
  readonly mostScopes?: readonly Scope[];
  readonly others?: readonly Issuer[];
}

async function setUp(
  context: TestContext,
  { claims = "", mostScopes = defaultScopes, others = [] }: Settings = {},
) {
  const issuer = await runIssuer(context);
  const state = { now: Date.now(), faults: 0, lookUps: 0 };
  const authenticator = createAuthenticator({
    directory: { findByDigest: async () => void state.lookUps++ },
    adminKey: undefined,
    rolesOf: () => [],
    now: () => state.now,
    tokens: {
      settings: {
        issuers: [issuer, ...others].map(({ url }) => ({ url, jwksUri: undefined })),
        audiences: [audience],
        claims: readClaimTable(claims).table,
        mostScopes,
      },
      labels: () => new Set(builtInLabels),
      fetchJson: async (url) => {
        const answer = await fetch(url);
        if (!answer.ok) throw new Error("down");
        return await answer.json();
      },
      onFault: () => void state.faults++,
    },
  });
  const callerOf = async (token: string) => authenticator.authenticate(`Bearer ${token}`);
  return { issuer, state, authenticator, callerOf };
}

const refused = (code: FailureCode, words: RegExp) => (error: Failure) =>
  error.code === code && words.test(error.message);

test("a user's token is its caller, by the claims' usual names", async (context) => {
  const { issuer, callerOf } = await setUp(context);
  const caller = await callerOf(
    await issuer.token({
      sub: "auth0|7 a",
      team: "support",
      roles: ["Support Agents", "employee"],
      purposes: "support billing",
    }),
  );
  assert.match(caller.key, /^key:oidc-127\.0\.0\.1-\d+$/);
  assert.deepEqual(
    [caller.user, caller.team, caller.roles, caller.purposes],
    ["user:auth0%7C7%20a", "team:support", ["role:support-agents", "role:employee"], ["support", "billing"]],
  );
  assert.deepEqual([...caller.scopes], [...defaultScopes]);
  assert.equal(formatSensitivity(caller.defaultSensitivity), "internal");
});

test("the table says which claim means what, and what counts without it", async (context) => {
  const claims =
    "user=oid; team=department|staff; roles=realm_access.roles; ceiling=clearance|internal+contact; floor=|internal";
  const { issuer, callerOf } = await setUp(context, { claims });
  const plain = await callerOf(await issuer.token({ oid: "u1" }));
  assert.deepEqual([plain.user, plain.team, plain.roles], ["user:u1", "team:staff", []]);
  assert.equal(formatSensitivity(plain.ceiling), "internal+contact");
  assert.equal(formatSensitivity(plain.floor), "internal");
  const nurse = await callerOf(
    await issuer.token({ oid: "u2", realm_access: { roles: ["clinical"] }, clearance: "restricted+phi" }),
  );
  assert.deepEqual(nurse.roles, ["role:clinical"]);
  assert.equal(formatSensitivity(nurse.ceiling), "restricted+phi");
  await assert.rejects(
    async () => callerOf(await issuer.token({ oid: "u3", clearance: "top" })),
    refused("UNAUTHENTICATED", /clearance/),
  );
  await assert.rejects(
    async () => callerOf(await issuer.token({})),
    refused("UNAUTHENTICATED", /oid is missing/),
  );
});

test("scopes are those that the token names, never more than tokens may hold", async (context) => {
  const { issuer, callerOf } = await setUp(context);
  const scopesOf = async (scope: string) => [...(await callerOf(await issuer.token({ scope }))).scopes];
  assert.deepEqual(await scopesOf("openid portcullis:catalog portcullis:policy"), ["catalog"]);
  assert.deepEqual(await scopesOf("openid email"), [...defaultScopes]);
});

test("two users are never one, whatever their names are", async (context) => {
  const other = await runIssuer(context);
  const { issuer, callerOf } = await setUp(context, { others: [other] });
  const mine = await callerOf(await issuer.token({ sub: "alice" }));
  const namesake = await callerOf(await other.token({ sub: "alice" }));
  const place = encodeURIComponent(new URL(other.url).host);
  const impostor = await callerOf(await issuer.token({ sub: `${place}/alice` }));
  const users = [mine, namesake, impostor].map(({ key, user }) => `${key} ${user}`);
  assert.equal(new Set(users).size, 3);
  assert.notEqual(namesake.user, impostor.user);
});

/** What is wrong with the token → how it is refused. */
const bad: Readonly<Record<string, readonly [make: (issuer: Issuer) => Promise<string>, words: RegExp]>> = {
  "another audience": [(issuer) => issuer.token({ aud: "billing" }), /another audience/],
  "another issuer": [(issuer) => issuer.token({ iss: "https://elsewhere.example" }), /issuer is not known/],
  "an hour too old": [(issuer) => issuer.token({ exp: Math.floor(Date.now() / 1000) - 3600 }), /expired/],
  "without an end": [(issuer) => issuer.token({ exp: undefined }), /missing or wrong/],
  "of tomorrow": [(issuer) => issuer.token({ nbf: Math.floor(Date.now() / 1000) + 86_400 }), /not valid yet/],
  unsigned: [
    async (issuer) =>
      new UnsecuredJWT({ iss: issuer.url, aud: audience, sub: "alice" }).setExpirationTime("1h").encode(),
    /not a valid|not taken/,
  ],
  "signed with a shared secret": [
    (issuer) =>
      new SignJWT({ iss: issuer.url, aud: audience, sub: "alice" })
        .setProtectedHeader({ alg: "HS256", kid: "k1" })
        .setExpirationTime("1h")
        .sign(new TextEncoder().encode("a".repeat(64))),
    /algorithm/,
  ],
  "changed after signing": [
    async (issuer) => {
      const [head, body, signature] = (await issuer.token()).split(".");
      const claims = JSON.parse(new TextDecoder().decode(base64url.decode(body ?? ""))) as object;
      return [head, base64url.encode(JSON.stringify({ ...claims, sub: "root" })), signature].join(".");
    },
    /not a valid/,
  ],
  "a logout token": [(issuer) => issuer.token({}, { typ: "logout+jwt" }), /another kind/],
};

test("a token is refused, in words that quote none of it", async (context) => {
  const { issuer, callerOf, state } = await setUp(context);
  for (const [what, [make, words]] of Object.entries(bad)) {
    const token = await make(issuer);
    await assert.rejects(callerOf(token), refused("UNAUTHENTICATED", words), what);
  }
  assert.equal(state.lookUps, 0);
});

test("clocks may differ by seconds, and a remembered token ends when it ends", async (context) => {
  const { issuer, callerOf, state } = await setUp(context);
  const token = await issuer.token({ exp: Math.floor(state.now / 1000) + 60 });
  await callerOf(token);
  state.now += 80_000;
  await callerOf(token);
  state.now += 20_000;
  await assert.rejects(callerOf(token), refused("UNAUTHENTICATED", /expired/));
});

test("keys are fetched once for all tokens, and at most twice a minute for keys that do not exist", async (context) => {
  const { issuer, callerOf, state } = await setUp(context);
  const tokens = await Promise.all(["a", "b", "c"].map((sub) => issuer.token({ sub })));
  await Promise.all(tokens.map(callerOf));
  assert.deepEqual(issuer.asked, ["/.well-known/openid-configuration", "/keys"]);
  const unknown = await issuer.token({}, { kid: "made-up" });
  for (const _ of [1, 2, 3])
    await assert.rejects(callerOf(unknown), refused("UNAUTHENTICATED", /no such key/));
  assert.equal(issuer.asked.length, 2);
  state.now += 31_000;
  await assert.rejects(callerOf(unknown), refused("UNAUTHENTICATED", /no such key/));
  assert.equal(issuer.asked.length, 4);
});

test("a new key is taken at once, and one that was taken back ends its tokens", async (context) => {
  const { issuer, callerOf, state } = await setUp(context);
  const old = await issuer.token();
  await callerOf(old);
  await issuer.rotate();
  state.now += 31_000;
  await callerOf(await issuer.token());
  await assert.rejects(callerOf(old), refused("UNAUTHENTICATED", /no such key/));
});

test("through an outage known keys go on, and unknown ones are an outage, not a refusal", async (context) => {
  const { issuer, callerOf, state } = await setUp(context);
  await callerOf(await issuer.token());
  issuer.down = true;
  state.now += 11 * 60_000;
  await callerOf(await issuer.token({ sub: "bob" }));
  await eventually(() => state.faults === 1);
  await assert.rejects(
    async () => callerOf(await issuer.token({}, { kid: "k9" })),
    refused("OVERLOADED", /cannot be read now/),
  );
  state.now += 24 * 3_600_000;
  const tomorrow = await issuer.token({ sub: "carol", exp: Math.floor(state.now / 1000) + 60 });
  await assert.rejects(callerOf(tomorrow), refused("OVERLOADED", /cannot be read now/));
});

test("an issuer that was never reached is an outage too", async (context) => {
  const { issuer, callerOf } = await setUp(context);
  issuer.down = true;
  await assert.rejects(
    async () => callerOf(await issuer.token()),
    refused("OVERLOADED", /cannot be read now/),
  );
});

test("keys at another origin are not fetched, and neither is another issuer's document believed", async (context) => {
  for (const discovery of [
    { jwks_uri: "http://169.254.169.254/keys" },
    { issuer: "https://elsewhere.example" },
  ]) {
    const { issuer, callerOf } = await setUp(context);
    issuer.discovery = { ...issuer.discovery, ...discovery };
    await assert.rejects(
      async () => callerOf(await issuer.token()),
      refused("OVERLOADED", /cannot be read now/),
    );
    assert.deepEqual(issuer.asked, ["/.well-known/openid-configuration"]);
  }
});
