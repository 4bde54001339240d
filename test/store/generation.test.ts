// What the generation promises: whatever every replica must know of is noticed within a second.

import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Store } from "../../src/store/store.ts";
import { digestOf, keyRecord } from "../kit/key-record.ts";
import { settlementRow } from "../kit/record-rows.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";

const attestation = {
  subject: "openai",
  guarantee: "dpa",
  origin: "o",
  evidenceUrl: "u",
  reason: "r",
  by: "key:one",
};

const changes: Record<string, (store: Store) => Promise<unknown>> = {
  "a new key": ({ keys }) => keys.insert(keyRecord("key:one"), digestOf("one")),
  "a rotated key": ({ keys }) => keys.replaceDigest("key:one", digestOf("two"), "pc_two"),
  "a revoked key": ({ keys }) => keys.revoke("key:one"),
  "a policy version": ({ policies }) => policies.append({ a: "1" }, "one", "key:one"),
  "an attestation": ({ evidence }) =>
    evidence.insert({ id: "a1", ...attestation, at: new Date(), until: undefined }),
  "a trusted document": ({ documents }) =>
    documents.add([{ id: "d1", sha256: "s1", text: "{ a }", name: undefined }], "key:one", new Date()),
  "a document removed": ({ documents }) => documents.remove(["d1"]),
  "a budget": ({ budgets }) => budgets.set("organisation", 1e12, "month"),
  "another limit": ({ budgets }) => budgets.set("organisation", 2e12, "month"),
};

forEachStore("every change that replicas must learn of is counted, and money is not", async (place) => {
  const store = await place.open();
  for (const [name, change] of Object.entries(changes)) {
    const before = store.generation.current;
    await change(store);
    await store.generation.refresh();
    assert.ok(store.generation.current > before, name);
  }
  const settled = store.generation.current;
  const hold = await store.budgets.hold("r1", ["organisation"], 5);
  if (hold.ok) await hold.settle(5);
  await store.records.settle(settlementRow("r1"));
  await store.generation.refresh();
  assert.equal(store.generation.current, settled);
});

forEachStore("watchers hear of a change once, within a second, until they stop", async (place) => {
  const store = await place.open();
  const heard: number[] = [];
  const stop = store.generation.watch((generation) => heard.push(generation));
  await store.keys.insert(keyRecord("key:one"), digestOf("one"));
  await until(() => heard.length > 0, 1_000);
  await sleep(600);
  assert.equal(heard.length, 1);
  stop();
  await store.keys.revoke("key:one");
  await store.generation.refresh();
  assert.equal(heard.length, 1);
});

forEachStore("a watcher that throws is reported and stops nobody else", async (place) => {
  const store = await place.open();
  const heard: number[] = [];
  store.generation.watch(() => {
    throw new Error("broken watcher");
  });
  store.generation.watch((generation) => heard.push(generation));
  await store.keys.insert(keyRecord("key:one"), digestOf("one"));
  await store.generation.refresh();
  assert.equal(heard.length, 1);
  assert.match(String(place.faults[0]), /broken watcher/);
});

onPostgres("another replica hears of a change by notification, before it polls", async (place) => {
  const writer = await place.open({ replicaId: "a" });
  const reader = await place.open({ replicaId: "b" });
  await sleep(100);
  const delays: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now();
    const noticed = new Promise<void>((resolve) => {
      const stop = reader.generation.watch(() => (stop(), resolve()));
    });
    await writer.policies.append({ n: String(round) }, `sha ${round}`, "key:one");
    await noticed;
    delays.push(performance.now() - began);
  }
  const median = delays.sort((one, other) => one - other)[2] ?? Number.NaN;
  assert.ok(median < 250, `heard after ${delays.map(Math.round).join(", ")} ms`);
});

onPostgres("a revocation reaches a replica behind a pooler by polling", async (place) => {
  const writer = await place.open({ replicaId: "a" });
  const reader = await place.open({ replicaId: "b", directUrl: place.databaseUrl });
  await writer.keys.insert(keyRecord("key:one"), digestOf("one"));
  await until(() => reader.generation.current === writer.generation.current, 1_000);
});

async function until(condition: () => boolean, milliseconds: number): Promise<void> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `not within ${milliseconds} ms`);
    await sleep(10);
  }
}
