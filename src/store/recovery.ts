// Closes what dead processes left open: a decision that nobody will settle becomes `interrupted`.
// `upkeep.ts` runs it; the rows go through the record book, into the chain of whoever closes them.

import { interruptionOf, readDecision } from "../audit/receipts.ts";
import type { RecordBook } from "../audit/record-book.ts";
import type { Database } from "./database.ts";

export interface RecoveryParts {
  readonly database: Database;
  readonly replicaId: string;
  readonly records: Pick<RecordBook, "settle">;
  readonly now: () => Date;
}

/** The chain that an earlier process of the same name left; to be done before anything is decided. */
export async function closeOwnChain(parts: RecoveryParts): Promise<void> {
  await closeOpenRows(parts, parts.replicaId);
}

/** With PGlite all other replicas are dead; on PostgreSQL those unseen for a minute. */
export async function closeDeadChains(parts: RecoveryParts): Promise<void> {
  const { database, replicaId } = parts;
  const dead = await database.query<{ id: string; sequence: string }>(takeStatement, [
    replicaId,
    database.embedded,
  ]);
  for (const { id, sequence } of dead) {
    await closeOpenRows(parts, id);
    await database.query(closedStatement, [id, Number(sequence)]);
  }
}

async function closeOpenRows({ database, records, now }: RecoveryParts, replica: string): Promise<void> {
  let after = -1;
  for (;;) {
    const page = await database.query<{ position: string; body: string }>(openStatement, [replica, after]);
    await Promise.all(page.map(({ body }) => records.settle(interruptionOf(readDecision(body), now()))));
    const last = page.at(-1);
    if (!last) return;
    after = Number(last.position);
  }
}

/**
 * $1 this replica, $2 whether all others are dead. Taking a chain for a minute keeps two replicas
 * from closing the same one; were it closed twice, the newer of two equal rows would count.
 */
const takeStatement = `
  update "replica" set "recovering_until" = now() + interval '1 minute'
  where "id" <> $1::text and "open_after" < "sequence"
    and ($2::boolean or ("seen_at" < now() - interval '60 seconds'
      and ("recovering_until" is null or "recovering_until" < now())))
  returning "id", "sequence"::text as "sequence"`;

/** $1 replica, $2 the sequence to go on after. */
const openStatement = `
  select d."sequence"::text as "position", d."body"
  from "record" d join "replica" r on r."id" = d."replica"
  where d."replica" = $1::text and d."sequence" > greatest(r."open_after", $2::bigint) and d."kind" = 'decision'
    and not exists (
      select from "record" s where s."request_id" = d."request_id" and s."kind" = 'settlement')
  order by d."sequence" limit 200`;

/** $1 replica, $2 its sequence when it was taken: a process that was only slow minds its own chain. */
const closedStatement = `
  update "replica" set "open_after" = "sequence", "recovering_until" = null
  where "id" = $1::text and "sequence" = $2::bigint`;
