// What was asked last is read out of the records of every replica, newest of all, and in counts alone.

import assert from "node:assert/strict";
import { decisionRow, settlementRow } from "../kit/record-rows.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";
import type { Store } from "../../src/store/store.ts";

async function asked(store: Store, id: string, minute: number, fields: object = {}): Promise<void> {
  const at = new Date(Date.UTC(2026, 10, 20, 10, minute));
  await store.records.decide(decisionRow(id, { at, model: id, ...fields }));
  await store.records.settle(settlementRow(id, { at }));
}

const modelsOf = async (store: Store, most: number): Promise<readonly string[]> =>
  (await store.pastTraffic(most)).map(({ model }) => model);

forEachStore("the newest completions come oldest first, and nothing else is among them", async (place) => {
  const store = await place.open();
  await asked(store, "a", 1);
  await asked(store, "b", 2, { user: "user:jo", roles: ["role:x"], purpose: "support" });
  await asked(store, "judged", 3, { action: "moderate" });
  await asked(store, "rehearsed", 4, { rehearsed: "openai=503" });
  await store.records.decide(decisionRow("open"));
  await store.records.decide(decisionRow("crashed"));
  await store.records.settle(settlementRow("crashed", { outcome: "interrupted" }));
  assert.deepEqual(await modelsOf(store, 10), ["a", "b"]);
  assert.deepEqual(await store.pastTraffic(1), [
    {
      model: "b",
      key: "key:one",
      user: "user:jo",
      team: "team:blue",
      roles: '["role:x"]',
      purpose: "support",
      level: "internal",
      labels: "[]",
      at: "2026-11-20T10:02:00.000Z",
      promptBytes: "120",
      inputTokens: "12",
      cachedTokens: "2",
      outputTokens: "30",
    },
  ]);
});

onPostgres("the records of all replicas are one traffic", async (place) => {
  const [one, other] = [await place.open({ replicaId: "a" }), await place.open({ replicaId: "b" })];
  await asked(one, "first", 1);
  await asked(other, "second", 2);
  await asked(one, "third", 3);
  assert.deepEqual(await modelsOf(one, 10), ["first", "second", "third"]);
  assert.deepEqual(await modelsOf(other, 2), ["second", "third"]);
});
