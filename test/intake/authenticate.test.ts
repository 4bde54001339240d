// From the Authorization header to a caller: hashed, cached, forgotten when something changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Failure } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { publicData, sensitivity } from "../../src/core/sensitivity.ts";
import { createAuthenticator, digestOf } from "../../src/intake/authenticate.ts";
import type { KeyRecord } from "../../src/intake/key-directory.ts";

const adminSecret = `pc_${"a".repeat(40)}`;

function record(over: Partial<KeyRecord> = {}): KeyRecord {
  return {
    id: "key:one",
    name: "one",
    team: "team:web",
    roles: ["role:employee"],
    scopes: ["complete"],
    floor: publicData,
    ceiling: sensitivity("confidential", ["pii"]),
    defaultSensitivity: sensitivity("internal"),
    purposes: [],
    createdAt: new Date(0),
    expiresAt: undefined,
    revokedAt: undefined,
    hint: "pc_one…",
    ...over,
  };
}

function setUp(over: Partial<KeyRecord> = {}) {
  const rows = new Map([[digestOf("pc_known"), record(over)]]);
  const state = { queries: 0, now: 1_000 };
  const authenticator = createAuthenticator({
    directory: {
      async findByDigest(digest) {
        state.queries += 1;
        const found = rows.get(digest);
        return found && { record: found, digest };
      },
    },
    adminKey: new Secret(adminSecret),
    rolesOf: (team) => (team === "team:web" ? ["role:support"] : []),
    now: () => state.now,
  });
  return { authenticator, rows, state };
}

const unauthenticated = (error: Failure): boolean => error.code === "UNAUTHENTICATED";

test("a known key is its caller, with its own roles; its team's are only shown", async () => {
  const { authenticator } = setUp();
  const caller = await authenticator.authenticate("Bearer pc_known");
  assert.equal(caller.key, "key:one");
  assert.deepEqual(caller.roles, ["role:employee"]);
  assert.deepEqual(caller.teamRoles, ["role:support"]);
  assert.ok(caller.scopes.has("complete") && !caller.scopes.has("keys"));
});

test("a key is looked up once, a wrong one too, until something changes", async () => {
  const { authenticator, rows, state } = setUp();
  for (const _ of [1, 2, 3]) {
    await authenticator.authenticate("Bearer pc_known");
    await assert.rejects(async () => authenticator.authenticate("Bearer pc_wrong"), unauthenticated);
  }
  assert.equal(state.queries, 2);
  rows.set(digestOf("pc_known"), record({ revokedAt: new Date(500) }));
  authenticator.forget();
  await assert.rejects(async () => authenticator.authenticate("Bearer pc_known"), unauthenticated);
});

test("a key that expires while it is remembered stops at that moment", async () => {
  const { authenticator, state } = setUp({ expiresAt: new Date(2_000) });
  state.now = 1_999;
  await authenticator.authenticate("Bearer pc_known");
  state.now = 2_000;
  await assert.rejects(async () => authenticator.authenticate("Bearer pc_known"), unauthenticated);
});

test("the admin key is an administrator without any row", async () => {
  const { authenticator, state } = setUp();
  const caller = await authenticator.authenticate(`bearer ${adminSecret}`);
  assert.deepEqual([caller.key, caller.roles, state.queries], ["key:admin", ["role:admin"], 0]);
});

for (const header of [
  undefined,
  "",
  "Bearer",
  "Bearer ",
  "Basic pc_known",
  "pc_known",
  "Bearer pc_known extra",
]) {
  test(`${JSON.stringify(header)} carries no key`, async () => {
    const { authenticator, state } = setUp();
    await assert.rejects(async () => authenticator.authenticate(header), unauthenticated);
    assert.equal(state.queries, 0);
  });
}
