// What goes through the embedded database's own protocol comes back as it was, and a failure leaves no trace.
// One database for all tests; the rest of `test/store` runs on it too.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sqlState, type Database } from "../../src/store/database.ts";
import { openPglite } from "../../src/store/pglite.ts";
import { copyPgliteTemplate } from "../kit/pglite-template.ts";
import { scratchFolder } from "../kit/scratch.ts";

let dataFolder = "";
let database: Database;
before(async () => {
  dataFolder = await scratchFolder("pglite-statements");
  await copyPgliteTemplate(dataFolder);
  database = await openPglite(dataFolder, fileURLToPath(new URL("../../drizzle", import.meta.url)));
});
after(async () => {
  await database.close();
  await rm(dataFolder, { recursive: true, force: true });
});

const echo = `select $1::text as "text", $2::integer as "number", $3::boolean as "flag"`;

test("texts, numbers, flags and nothing come back as they went, however often and in whatever size", async () => {
  const texts = ["", "é 😀 \t\n'\"\\", "x".repeat(300_000), "é".repeat(100_000), "short again"];
  for (const text of texts)
    for (const [number, flag] of [[-1, true] as const, [2_147_483_647, false] as const])
      assert.deepEqual(await database.query(echo, [text, number, flag]), [{ text, number, flag }]);
  assert.deepEqual(await database.query(echo, [null, null, null]), [
    { text: null, number: null, flag: null },
  ]);
});

test("several rows come in their order, and none where there is none", async () => {
  const rows = await database.query(`select n::integer as "n" from generate_series(1, 3) as n`);
  assert.deepEqual(rows, [{ n: 1 }, { n: 2 }, { n: 3 }]);
  assert.deepEqual(await database.query(`select 1 where false`), []);
  assert.deepEqual(await database.query(`create temporary table nothing (n integer)`), []);
});

test("a statement that fails says why, and the next one is not touched by it", async () => {
  const refused = database.query(echo, ["a", "not a number", true]);
  const next = database.query(echo, ["b", 1, true]);
  assert.equal(sqlState(await refused.catch((error: unknown) => error)), "22P02");
  assert.deepEqual(await next, [{ text: "b", number: 1, flag: true }]);
  const wrong = await database.query("select nothing from nowhere").catch((error: unknown) => error);
  assert.equal(sqlState(wrong), "42P01");
  await assert.rejects(database.query("select now() as moment"), /moment/);
  assert.deepEqual(await database.query(echo, ["c", 2, false]), [{ text: "c", number: 2, flag: false }]);
});

test("a transaction that is open keeps everyone else out until it ends", async () => {
  await database.query("create table turn (n integer)");
  const count = `select count(*)::integer as "n" from "turn"`;
  let counted: Promise<readonly unknown[]> | undefined;
  await assert.rejects(
    database.orm.transaction(async (transaction) => {
      await transaction.execute("insert into turn values (1)");
      counted = database.query(count);
      await transaction.execute("insert into turn values (2)");
      throw new Error("not after all");
    }),
    /not after all/,
  );
  assert.deepEqual(await counted, [{ n: 0 }]);
});

test("a database that is closed says so", async () => {
  const folder = await scratchFolder("pglite-closed");
  await copyPgliteTemplate(folder);
  const other = await openPglite(folder, fileURLToPath(new URL("../../drizzle", import.meta.url)));
  await other.close();
  await assert.rejects(other.query("select 1"), /closed/);
  await rm(folder, { recursive: true, force: true });
});
