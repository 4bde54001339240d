// What the key book promises: the record as it was given, found by digest only, and no secret kept.

import assert from "node:assert/strict";
import { digestOf, keyRecord } from "../kit/key-record.ts";
import { forEachStore } from "../kit/stores.ts";

forEachStore("a key is found by the digest of its secret, as it was inserted", async (place) => {
  const { keys } = await place.open();
  const record = keyRecord("key:one", { expiresAt: new Date("2027-01-01T00:00:00Z") });
  await keys.insert(record, digestOf("secret"));
  assert.deepEqual(await keys.findByDigest(digestOf("secret")), { record, digest: digestOf("secret") });
  assert.equal(await keys.findByDigest(digestOf("other")), undefined);
  assert.deepEqual(await keys.list(), [record]);
});

forEachStore("a digest that is none is refused: it could be the secret", async (place) => {
  const { keys } = await place.open();
  await assert.rejects(keys.insert(keyRecord("key:one"), "pc_secret"), TypeError);
  await keys.insert(keyRecord("key:one"), digestOf("secret"));
  await assert.rejects(keys.replaceDigest("key:one", "pc_secret", "pc_"), TypeError);
});

forEachStore("neither an id nor a digest can be used twice", async (place) => {
  const { keys } = await place.open();
  await keys.insert(keyRecord("key:one"), digestOf("one"));
  await assert.rejects(keys.insert(keyRecord("key:one"), digestOf("two")), { code: "INVALID_REQUEST" });
  await assert.rejects(keys.insert(keyRecord("key:two"), digestOf("one")), { code: "INVALID_REQUEST" });
});

forEachStore("a rotated key has a new digest and the old one is nobody's", async (place) => {
  const { keys } = await place.open();
  await keys.insert(keyRecord("key:one"), digestOf("old"));
  const rotated = await keys.replaceDigest("key:one", digestOf("new"), "pc_new");
  assert.deepEqual(rotated, keyRecord("key:one", { hint: "pc_new" }));
  assert.equal(await keys.findByDigest(digestOf("old")), undefined);
  assert.equal((await keys.findByDigest(digestOf("new")))?.record.id, "key:one");
  await assert.rejects(keys.replaceDigest("key:none", digestOf("x"), "pc_x"), { code: "NOT_FOUND" });
});

forEachStore("a revoked key keeps its first moment and cannot be rotated back to life", async (place) => {
  let at = new Date("2026-11-20T11:00:00.007Z");
  const { keys } = await place.open({ now: () => at });
  await keys.insert(keyRecord("key:one"), digestOf("one"));
  assert.deepEqual((await keys.revoke("key:one")).revokedAt, at);
  at = new Date("2026-11-20T12:00:00Z");
  assert.deepEqual((await keys.revoke("key:one")).revokedAt, new Date("2026-11-20T11:00:00.007Z"));
  assert.deepEqual((await keys.findByDigest(digestOf("one")))?.record.revokedAt?.getUTCHours(), 11);
  await assert.rejects(keys.replaceDigest("key:one", digestOf("two"), "pc_two"), { code: "NOT_FOUND" });
  await assert.rejects(keys.revoke("key:none"), { code: "NOT_FOUND" });
});
