// What idempotency claims promise: one winner, whoever asks and however many ask at once.

import assert from "node:assert/strict";
import { forEachStore, onPostgres } from "../kit/stores.ts";

forEachStore("only the first of many claims is ours", async (place) => {
  const { claims } = await place.open();
  const all = await Promise.all(
    Array.from({ length: 20 }, (_, index) => claims.claim("key:one", "k", "body", `r${index}`)),
  );
  assert.equal(all.filter(({ kind }) => kind === "ours").length, 1);
  const winner = all.findIndex(({ kind }) => kind === "ours");
  for (const claim of all)
    if (claim.kind !== "ours") assert.deepEqual(claim, { kind: "taken", requestId: `r${winner}` });
});

onPostgres("two replicas cannot both have a claim", async (place) => {
  const [a, b] = await Promise.all([place.open({ replicaId: "a" }), place.open({ replicaId: "b" })]);
  for (let round = 0; round < 20; round += 1) {
    const both = await Promise.all([
      a.claims.claim("key:one", `k${round}`, "body", "ra"),
      b.claims.claim("key:one", `k${round}`, "body", "rb"),
    ]);
    assert.deepEqual(both.map(({ kind }) => kind).sort(), ["ours", "taken"]);
  }
});

forEachStore(
  "another body under the same key is told apart, and another caller is a stranger",
  async (place) => {
    const { claims } = await place.open();
    await claims.claim("key:one", "k", "body", "r1");
    assert.deepEqual(await claims.claim("key:one", "k", "other", "r2"), {
      kind: "other-body",
      requestId: "r1",
    });
    assert.deepEqual(await claims.claim("key:two", "k", "other", "r3"), { kind: "ours" });
  },
);

forEachStore("a claim is given free only by the request that holds it", async (place) => {
  const { claims } = await place.open();
  await claims.claim("key:one", "k", "body", "r1");
  await claims.release("key:one", "k", "r2");
  assert.equal((await claims.claim("key:one", "k", "body", "r3")).kind, "taken");
  await claims.release("key:one", "k", "r1");
  assert.equal((await claims.claim("key:one", "k", "body", "r4")).kind, "ours");
});

forEachStore("a claim ends after 24 hours", async (place) => {
  let at = new Date("2026-11-20T10:00:00Z");
  const { claims } = await place.open({ now: () => at });
  await claims.claim("key:one", "k", "body", "r1");
  at = new Date("2026-11-21T09:59:59Z");
  assert.equal((await claims.claim("key:one", "k", "other", "r2")).kind, "other-body");
  at = new Date("2026-11-21T10:00:00Z");
  assert.equal((await claims.claim("key:one", "k", "other", "r3")).kind, "ours");
});
