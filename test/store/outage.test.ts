// What a database that dies does to a running gateway: it refuses, says so, and takes up where it stood.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../../src/store/store.ts";
import { digestOf } from "../kit/key-record.ts";
import { startPostgres } from "../kit/postgres.ts";
import { decisionRow, settlementRow } from "../kit/record-rows.ts";
import { scratchFolder } from "../kit/scratch.ts";

test("records wait for a database that was killed, are told apart from durable ones, and are written once", async (context) => {
  const server = await startPostgres();
  if (!server) return context.skip("no PostgreSQL server binaries on this machine");
  const dataFolder = await scratchFolder("outage");
  const faults: unknown[] = [];
  const store = await openStore({
    databaseUrl: await server.freshDatabase(),
    dataFolder,
    replicaId: "a",
    onFault: (error) => faults.push(error),
  });
  try {
    await store.records.decide(decisionRow("r1"));
    await server.kill();

    const began = performance.now();
    await assert.rejects(store.records.settle(settlementRow("r1")), { code: "OVERLOADED" });
    assert.ok(performance.now() - began < 2_300, "a caller waits two seconds at most");
    assert.equal(store.records.healthy, false);
    assert.throws(() => store.records.requireRoom(), { code: "OVERLOADED" });
    assert.ok(Date.now() - store.generation.lastSeenAt > 1_500, "no poll came through");
    await assert.rejects(store.ping());
    await assert.rejects(store.keys.findByDigest(digestOf("secret")));

    await server.restart();
    await until(() => store.records.healthy);
    await store.ping();
    assert.equal((await store.records.receipt("r1"))?.outcome, "ok");
    store.records.requireRoom();
    await store.records.decide(decisionRow("r3"));
    assert.deepEqual(await store.records.verify(), { rows: 3, chains: 1 });
    await until(() => Date.now() - store.generation.lastSeenAt < 1_000);
    assert.ok(faults.length > 0, "the outage was reported");
  } finally {
    await store.close();
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, "not within ten seconds");
    await sleep(20);
  }
}
