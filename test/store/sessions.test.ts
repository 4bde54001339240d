// What the memory of sessions promises: it only rises, every replica agrees, a day's silence ends it.

import assert from "node:assert/strict";
import { formatSensitivity, sensitivity, type Sensitivity } from "../../src/core/sensitivity.ts";
import type { Store } from "../../src/store/store.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";

const start = Date.parse("2026-11-20T10:00:00Z");
const hour = 60 * 60 * 1_000;

const told = async (store: Store, name: string, point: Sensitivity, key = "key:one"): Promise<void> =>
  (await store.sessions.recall(key, name)).join(point);

async function pointOf(store: Store, name: string, key = "key:one"): Promise<string | undefined> {
  const { point } = await store.sessions.recall(key, name);
  return point && formatSensitivity(point);
}

forEachStore("a session joins what it is told and never falls", async (place) => {
  const store = await place.open();
  assert.equal(await pointOf(store, "a"), undefined);
  await told(store, "a", sensitivity("internal", ["eu"]));
  await told(store, "a", sensitivity("public"));
  assert.equal(await pointOf(store, "a"), "internal+eu");
  await told(store, "a", sensitivity("restricted", ["phi", "own-label"]));
  assert.equal(await pointOf(store, "a"), "restricted+eu+own-label+phi");
});

forEachStore("a session is its key's own", async (place) => {
  const store = await place.open();
  await told(store, "a", sensitivity("restricted"));
  assert.equal(await pointOf(store, "a", "key:two"), undefined);
  assert.equal(await pointOf(store, "b"), undefined);
});

forEachStore("a session outlives the process", async (place) => {
  const first = await place.open();
  await told(first, "a", sensitivity("confidential", ["pii"]));
  await first.close();
  assert.equal(await pointOf(await place.open(), "a"), "confidential+pii");
});

forEachStore("a session is forgotten after a day without a request, not before", async (place) => {
  let at = start;
  const store = await place.open({ now: () => new Date(at) });
  await told(store, "idle", sensitivity("restricted"));
  await told(store, "used", sensitivity("restricted"));
  at += 23 * hour;
  await told(store, "used", sensitivity("public"));
  at += hour - 1;
  assert.equal(await pointOf(store, "idle"), "restricted");
  at += hour;
  assert.equal(await pointOf(store, "idle"), undefined);
  assert.equal(await pointOf(store, "used"), "restricted");
  await told(store, "idle", sensitivity("public"));
  assert.equal(await pointOf(store, "idle"), "public", "the old point does not come back");
});

forEachStore("what adds nothing is not written", async (place) => {
  let at = start;
  const store = await place.open({ now: () => new Date(at) });
  await told(store, "a", sensitivity("restricted"));
  const session = await store.sessions.recall("key:one", "a");
  await store.close();
  await session.join(sensitivity("public"));
  at += hour;
  await assert.rejects(session.join(sensitivity("public")), "after an hour it is kept alive");
});

onPostgres(
  "what one replica is told, every other knows at once; labels told at once all stay",
  async (place) => {
    const a = await place.open({ replicaId: "a" });
    const b = await place.open({ replicaId: "b" });
    await told(a, "s", sensitivity("public"));
    assert.equal(await pointOf(b, "s"), "public");
    await told(a, "s", sensitivity("confidential"));
    assert.equal(await pointOf(b, "s"), "confidential");
    const sessions = await Promise.all([a, b, a, b].map((store) => store.sessions.recall("key:one", "s")));
    const labels = ["eu", "pii", "minors", "phi"];
    await Promise.all(sessions.map((one, index) => one.join(sensitivity("public", [labels[index] ?? ""]))));
    assert.equal(await pointOf(a, "s"), "restricted+eu+minors+phi+pii");
  },
);
