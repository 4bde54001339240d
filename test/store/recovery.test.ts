// Who closes what a dead process left open, and who is left alone.

import assert from "node:assert/strict";
import { decisionRow, settlementRow } from "../kit/record-rows.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";

forEachStore("a restart closes what the same replica left open, page after page", async (place) => {
  const before = await place.open();
  const ids = Array.from({ length: 450 }, (_, index) => `r${index}`);
  await Promise.all(ids.map((id) => before.records.decide(decisionRow(id))));
  await before.records.settle(settlementRow("r7"));
  await before.close();

  const after = await place.open();
  const outcomes = await Promise.all(ids.map(async (id) => (await after.records.receipt(id))?.outcome));
  assert.equal(outcomes.filter((outcome) => outcome === "interrupted").length, 449);
  assert.equal(outcomes[7], "ok");
  assert.deepEqual(await after.records.verify(), { rows: 900, chains: 1 });
  assert.deepEqual(await after.usage(new Date(0)).then(([line]) => line?.requests), 1);
  await after.close();

  const third = await place.open();
  assert.deepEqual(await third.records.verify(), { rows: 900, chains: 1 });
});

forEachStore("another replica closes what a dead one left open", async (place) => {
  const before = await place.open({ replicaId: "dead" });
  await before.records.decide(decisionRow("open"));
  await before.close();
  await place.execute(`update replica set seen_at = now() - interval '61 seconds'`);

  const after = await place.open({ replicaId: "alive" });
  const receipt = await after.records.receipt("open");
  assert.equal(receipt?.outcome, "interrupted");
  assert.equal(receipt?.cost, undefined);
  assert.deepEqual(await after.records.verify(), { rows: 2, chains: 2 });
});

onPostgres("what a living replica has open is left alone", async (place) => {
  const alive = await place.open({ replicaId: "alive" });
  await alive.records.decide(decisionRow("running"));
  const other = await place.open({ replicaId: "other" });
  assert.equal((await other.records.receipt("running"))?.outcome, "open");
  await alive.records.settle(settlementRow("running"));
  assert.equal((await other.records.receipt("running"))?.outcome, "ok");
});

onPostgres("of several replicas that start, one closes what is open", async (place) => {
  const dead = await place.open({ replicaId: "dead" });
  for (let index = 0; index < 30; index += 1) await dead.records.decide(decisionRow(`r${index}`));
  await dead.close();
  await place.execute(`update replica set seen_at = now() - interval '61 seconds'`);
  const [first] = await Promise.all(["a", "b", "c"].map((replicaId) => place.open({ replicaId })));
  assert.equal((await first?.records.verify())?.rows, 60);
});

onPostgres("a replica that was only slow still has the last word on its request", async (place) => {
  const slow = await place.open({ replicaId: "slow" });
  await slow.records.decide(decisionRow("r1"));
  await place.execute(`update replica set seen_at = now() - interval '61 seconds'`);
  const other = await place.open({ replicaId: "other", now: () => new Date("2026-11-20T10:00:01Z") });
  assert.equal((await other.records.receipt("r1"))?.outcome, "interrupted");
  await slow.records.settle(settlementRow("r1"));
  assert.equal((await other.records.receipt("r1"))?.outcome, "ok");
  assert.equal((await other.usage(new Date(0))).length, 1);
  assert.equal((await slow.records.verify()).firstBroken, undefined);
});
