// Walks every chain of records from its first row and names the first one that was tampered with.
// Administrators ask for it through `Records.verify`.

import { faultOf, genesis } from "../audit/chain.ts";
import type { ChainHead, ChainRow } from "../audit/chain.ts";
import type { Database } from "./database.ts";

export interface ChainReport {
  readonly rows: number;
  readonly chains: number;
  /** Absent where every row is as it was written. */
  readonly firstBroken?:
    | { readonly replica: string; readonly sequence: number; readonly why: string }
    | undefined;
}

const pageSize = 1_000;

export async function verifyChains(database: Database): Promise<ChainReport> {
  // Heads first: rows that are appended meanwhile only make a chain longer than its head says.
  const heads = await readHeads(database);
  let rows = 0;
  for (const [index, { replica, ...head }] of heads.entries()) {
    let last: ChainHead = genesis;
    let atHead = head.sequence === 0 ? genesis.hash : undefined;
    for await (const row of readChain(database, replica)) {
      const why = faultOf(row, last);
      if (why) return { rows, chains: index + 1, firstBroken: { replica, sequence: row.sequence, why } };
      rows += 1;
      last = row;
      if (row.sequence === head.sequence) atHead = row.hash;
    }
    if (atHead !== head.hash) {
      const why = last.sequence < head.sequence ? "rows at the end are missing" : "the end was written anew";
      return { rows, chains: index + 1, firstBroken: { replica, sequence: last.sequence + 1, why } };
    }
    // A row and the head move together, so no row can be past a head that is read after it.
    const now = last.sequence > head.sequence ? await readHeads(database) : heads;
    const end = now.find((one) => one.replica === replica)?.sequence ?? 0;
    if (last.sequence > end) {
      const why = "rows were put in after the end";
      return { rows, chains: index + 1, firstBroken: { replica, sequence: end + 1, why } };
    }
  }
  return { rows, chains: heads.length };
}

/** Replicas that never wrote have no chain; rows without a replica are a chain without a head. */
async function readHeads(database: Database): Promise<readonly (ChainHead & { replica: string })[]> {
  const rows = await database.query<{ replica: string; sequence: string; hash: string }>(`
    select "id" as "replica", "sequence"::text as "sequence", "hash" from "replica"
    where "sequence" > 0 or "id" in (select "replica" from "record")
    union all
    select distinct "replica", '0', '' from "record" where "replica" not in (select "id" from "replica")
    order by 1`);
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

interface StoredRow extends Omit<ChainRow, "sequence" | "at"> {
  readonly sequence: string;
  readonly at: string;
}

async function* readChain(database: Database, replica: string): AsyncGenerator<ChainRow> {
  let after = 0;
  for (;;) {
    const page = await database.query<StoredRow>(pageStatement, [replica, after]);
    for (const row of page) {
      after = Number(row.sequence);
      yield { ...row, sequence: after, at: new Date(Number(row.at)) };
    }
    if (page.length < pageSize) return;
  }
}

const pageStatement = `
  select "replica", "sequence"::text as "sequence", "kind", "request_id" as "requestId",
    (extract(epoch from "at") * 1000)::text as "at", "body", "previous_hash" as "previousHash", "hash"
  from "record" where "replica" = $1::text and "sequence" > $2::bigint
  order by "record"."sequence" limit ${pageSize}`;
