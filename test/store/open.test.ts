// What opening promises: it makes what is missing, several may do it at once, and half-done work is no harm.

import assert from "node:assert/strict";
import { mkdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openStore } from "../../src/store/store.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";
import { scratchFolder } from "../kit/scratch.ts";

test("a missing data folder is made, for its owner alone", async () => {
  const parent = await scratchFolder("open");
  const dataFolder = join(parent, "deep", "data");
  try {
    const store = await openStore({ dataFolder, replicaId: "a", onFault: assert.ifError });
    await store.ping();
    await store.close();
    await store.close();
    for (const folder of [dataFolder, join(dataFolder, "pglite")]) {
      assert.equal((await stat(folder)).mode & 0o077, 0, folder);
    }
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
});

test("half a database that a killed start left is made anew", async () => {
  const dataFolder = await scratchFolder("open");
  const unfinished = join(dataFolder, "pglite.unfinished");
  try {
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, "PG_VERSION"), "18");
    const store = await openStore({ dataFolder, replicaId: "a", onFault: assert.ifError });
    await store.ping();
    await store.close();
    await assert.rejects(stat(unfinished), { code: "ENOENT" });
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
});

onPostgres("four replicas start at once on an empty database", async (place) => {
  const stores = await Promise.all(["a", "b", "c", "d"].map((replicaId) => place.open({ replicaId })));
  await Promise.all(stores.map(({ policies }) => policies.importFirst({ a: "1" }, "one", "import")));
  const lists = await Promise.all(stores.map(({ policies }) => policies.list()));
  assert.deepEqual(
    lists.map((list) => list.length),
    [1, 1, 1, 1],
  );
  assert.deepEqual(place.faults, []);
});

forEachStore("opening again finds everything and changes nothing", async (place) => {
  const first = await place.open();
  await first.policies.append({ a: "1" }, "one", "key:one");
  await first.close();
  const second = await place.open();
  assert.equal((await second.policies.newest())?.number, 1);
  assert.equal(second.generation.current, 2);
});
