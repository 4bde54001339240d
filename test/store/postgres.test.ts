// Which connections a PostgreSQL server is asked over: what is asked all the time waits for nothing else, and outlives a silent one.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Database } from "../../src/store/database.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { eventually } from "../kit/eventually.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";

const migrations = fileURLToPath(new URL("../../drizzle", import.meta.url));
after(closeSharedPostgres);

test("what is asked often has a connection of its own, and another where that one is silent", async (context) => {
  const server = await sharedPostgres();
  if (!server) return context.skip("no PostgreSQL server binaries on this machine");
  const database = await openPostgres({ databaseUrl: await server.freshDatabase() }, migrations);
  try {
    const own = await connectionOf(database.queryOften);
    const others = await Promise.all(Array.from({ length: 20 }, () => connectionOf(database.query)));
    assert.ok(!others.includes(own));
    assert.equal(await connectionOf(database.queryOften), own);

    const silent = database.queryOften(`select 'late'::text as "answer" from pg_sleep(60)`);
    const second = await connectionOf(database.queryOften);
    assert.notEqual(second, own);
    let cancelled = false;
    silent.catch(() => (cancelled = true));
    // The server may not have begun with it yet.
    await eventually(async () => {
      await database.query(`select pg_cancel_backend($1::integer)`, [own]);
      return cancelled;
    });
  } finally {
    await database.close();
  }
});

async function connectionOf(query: Database["query"]): Promise<number | null> {
  const [row] = await query<{ process: number }>(`select pg_backend_pid() as "process"`);
  return row?.process ?? null;
}
