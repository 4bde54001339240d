// The embedded database has no server that tidies up: its log must stay small without one.

import assert from "node:assert/strict";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openPglite } from "../../src/store/pglite.ts";
import { copyPgliteTemplate } from "../kit/pglite-template.ts";
import { scratchFolder } from "../kit/scratch.ts";

const migrations = fileURLToPath(new URL("../../drizzle", import.meta.url));

test("the write-ahead log stays bounded and dead rows are cleared away", async () => {
  const dataFolder = await scratchFolder("pglite");
  await copyPgliteTemplate(dataFolder);
  const database = await openPglite(dataFolder, migrations);
  try {
    await database.query("create table filler (number integer, body text)");
    const sizes: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      for (let part = 0; part < 20; part += 1) await database.query(fill);
      await database.query("truncate filler");
      await database.tidy();
      sizes.push(await bytesIn(join(dataFolder, "pglite", "pg_wal")));
    }
    // Three rounds write some 130 MB of log.
    assert.ok(
      Math.max(...sizes) < 110e6,
      `the log grew to ${sizes.map((size) => Math.round(size / 1e6)).join(", ")} MB`,
    );

    await database.query(fill);
    await database.query("delete from filler");
    for (let round = 0; round < 120; round += 1) await database.tidy();
    const [table] = await database.query<{ pages: number }>(
      `select (pg_relation_size('filler') / 8192)::integer as pages`,
    );
    assert.equal(table?.pages, 0);
  } finally {
    await database.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
});

const fill = "insert into filler select n, repeat(md5(n::text), 30) from generate_series(1, 2000) as n";

async function bytesIn(folder: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(folder)) bytes += (await stat(join(folder, name))).size;
  return bytes;
}
