// The writer of a chain, when the database does its work but the answer is lost on the way.

import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { canonicalJson } from "../../src/audit/canonical.ts";
import type { Database } from "../../src/store/database.ts";
import { openPglite } from "../../src/store/pglite.ts";
import { openRecordWriter } from "../../src/store/record-writer.ts";
import type { PendingRow } from "../../src/store/record-writer.ts";
import { verifyChains } from "../../src/store/verification.ts";
import { copyPgliteTemplate } from "../kit/pglite-template.ts";
import { decisionRow } from "../kit/record-rows.ts";
import { scratchFolder } from "../kit/scratch.ts";

const migrations = fileURLToPath(new URL("../../drizzle", import.meta.url));
let dataFolder = "";
let database: Database;

before(async () => {
  dataFolder = await scratchFolder("writer");
  await copyPgliteTemplate(dataFolder);
  database = await openPglite(dataFolder, migrations);
});

after(async () => {
  await database.close();
  await rm(dataFolder, { recursive: true, force: true });
});

test("rows whose confirmation was lost are not written twice", async () => {
  const losing = losingAnswers(database);
  const writer = await openRecordWriter(losing, "a");
  await writer.write([row("r1")]);
  losing.lose = true;
  await assert.rejects(writer.write([row("r2"), row("r3")]), /connection lost/);
  losing.lose = false;
  await writer.write([row("r2"), row("r3")]);
  await writer.write([row("r4")]);
  assert.equal(await countOf("a"), 4);
  assert.equal((await verifyChains(database)).firstBroken, undefined);
});

test("two writers of one chain never break it: one of them has to look again", async () => {
  const one = await openRecordWriter(database, "b");
  const other = await openRecordWriter(database, "b");
  await one.write([row("b1")]);
  await assert.rejects(other.write([row("b2")]), /moved on/);
  await other.write([row("b2")]);
  await assert.rejects(one.write([row("b3")]), /moved on/);
  await one.write([row("b3")]);
  assert.equal(await countOf("b"), 3);
  assert.equal((await verifyChains(database)).firstBroken, undefined);
});

/** Does the work and then loses the answer, as a connection does that breaks after the commit. */
function losingAnswers(inner: Database): Database & { lose: boolean } {
  const outer = {
    ...inner,
    lose: false,
    async queryOften<Row>(...call: Parameters<Database["queryOften"]>): Promise<readonly Row[]> {
      const rows = await inner.queryOften<Row>(...call);
      if (outer.lose) throw new Error("connection lost");
      return rows;
    },
  };
  return outer;
}

function row(requestId: string): PendingRow {
  const decision = decisionRow(requestId);
  return { kind: "decision", requestId, at: decision.at, body: canonicalJson(decision), entry: undefined };
}

async function countOf(replica: string): Promise<number | undefined> {
  const [count] = await database.query<{ count: number }>(
    `select count(*)::integer as "count" from "record" where "replica" = $1::text`,
    [replica],
  );
  return count?.count;
}
