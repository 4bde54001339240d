// Appends rows to this replica's chain and their money to the ledger: one statement, all or none.
// `records.ts` calls it with one batch at a time; nobody else writes the chain.

import { genesis, linkHash } from "../audit/chain.ts";
import type { ChainHead } from "../audit/chain.ts";
import type { Database } from "./database.ts";
import { within } from "./deadline.ts";
import { entryEnd, insertEntries } from "./ledger.ts";

export interface PendingRow {
  readonly kind: "decision" | "settlement";
  readonly requestId: string;
  readonly at: Date;
  /** Canonical JSON. */
  readonly body: string;
  /** For the ledger, as `ledger.ts` spells it. */
  readonly entry: string | undefined;
}

export interface RecordWriter {
  /** Resolves when all are durable. After a failure call it again with the same rows first. */
  write(rows: readonly PendingRow[]): Promise<void>;
}

/** A write that did not return by then counts as failed, and is tried on another connection. */
const writeMilliseconds = 10_000;

export async function openRecordWriter(database: Database, replica: string): Promise<RecordWriter> {
  await database.queryOften(registerStatement, [replica, genesis.hash]);
  let head = await readHead(database, replica);
  /** The head that an unconfirmed write would have left. */
  let doubtful: ChainHead | undefined;
  /** Decisions of this chain that nothing has settled, oldest first; also an earlier process's. */
  const open = await readOpen(database, replica);

  async function write(rows: readonly PendingRow[]): Promise<void> {
    const settled = settledBy(rows);
    if (doubtful) head = await readHead(database, replica);
    if (doubtful?.hash === head.hash) return confirm(rows, settled, head);

    const { lines, next } = link(rows, head, replica);
    doubtful = next;
    const moved = await within(
      writeMilliseconds,
      database.queryOften<{ moved: number }>(appendStatement, [
        lines,
        entriesOf(rows),
        replica,
        head.hash,
        next.sequence,
        next.hash,
        openAfter(rows, settled, next.sequence),
      ]),
    );
    if (moved.length === 0) throw new Error(`the chain of replica ${replica} moved on without us`);
    confirm(rows, settled, next);
  }

  function confirm(rows: readonly PendingRow[], settled: ReadonlySet<string>, newHead: ChainHead): void {
    let sequence = newHead.sequence - rows.length;
    for (const { kind, requestId } of rows) {
      sequence += 1;
      if (kind === "settlement") open.delete(requestId);
      // Most decisions are settled by the same write, and need no place among those that wait.
      else if (!settled.has(requestId)) open.set(requestId, sequence);
    }
    head = newHead;
    doubtful = undefined;
  }

  /** Everything up to this sequence is settled once `rows` are written, the last of them as `last`. */
  function openAfter(rows: readonly PendingRow[], settled: ReadonlySet<string>, last: number): number {
    for (const [requestId, sequence] of open) if (!settled.has(requestId)) return sequence - 1;
    const firstOpen = rows.findIndex(({ kind, requestId }) => kind === "decision" && !settled.has(requestId));
    return firstOpen < 0 ? last : last - rows.length + firstOpen;
  }

  return { write };
}

/** The requests that are settled when all of the rows are written. */
function settledBy(rows: readonly PendingRow[]): ReadonlySet<string> {
  const settled = new Set<string>();
  for (const { kind, requestId } of rows)
    if (kind === "settlement") settled.add(requestId);
    else settled.delete(requestId);
  return settled;
}

/**
 * The rows as lines, each with its link to the one before, and the head that they leave. Tabs part the fields: no
 * field holds one, nor a line break, since in JSON they are escapes.
 */
function link(rows: readonly PendingRow[], head: ChainHead, replica: string) {
  let { sequence, hash: previousHash } = head;
  let lines = "";
  for (const { kind, requestId, at, body } of rows) {
    sequence += 1;
    const hash = linkHash({ replica, sequence, kind, body, previousHash });
    if (lines !== "") lines += "\n";
    lines += `${sequence}\t${kind}\t${requestId}\t${at.getTime()}\t${previousHash}\t${hash}\t${body}`;
    previousHash = hash;
  }
  return { lines, next: { sequence, hash: previousHash } };
}

function entriesOf(rows: readonly PendingRow[]): string {
  let entries = "";
  for (const { entry } of rows)
    if (entry !== undefined) entries += entries === "" ? entry : `${entryEnd}${entry}`;
  return entries;
}

async function readHead(database: Database, replica: string): Promise<ChainHead> {
  const [row] = await database.query<{ sequence: string; hash: string }>(
    `select "sequence"::text as "sequence", "hash" from "replica" where "id" = $1::text`,
    [replica],
  );
  if (!row) throw new Error(`replica ${replica} is not registered`);
  return { sequence: Number(row.sequence), hash: row.hash };
}

async function readOpen(database: Database, replica: string): Promise<Map<string, number>> {
  const rows = await database.query<{ requestId: string; position: string }>(openStatement, [replica]);
  return new Map(rows.map(({ requestId, position }) => [requestId, Number(position)]));
}

const registerStatement = `
  insert into "replica" ("id", "hash") values ($1::text, $2::text)
  on conflict ("id") do update set "seen_at" = now(), "recovering_until" = null`;

const openStatement = `
  select d."request_id" as "requestId", d."sequence"::text as "position"
  from "record" d join "replica" r on r."id" = d."replica"
  where r."id" = $1::text and d."sequence" > r."open_after" and d."kind" = 'decision'
    and not exists (
      select from "record" s where s."request_id" = d."request_id" and s."kind" = 'settlement')
  order by d."sequence"`;

/**
 * The head moves only from where we left it: a write that came through unseen is never repeated. Rows come as lines,
 * since their bodies would be escaped once more in JSON or an array; `offset 0` has each line split once. Moments come
 * in milliseconds, which are exact and read in half the time of a date.
 */
const appendStatement = `
  with "head" as (
    update "replica"
    set "sequence" = $5::bigint, "hash" = $6::text, "open_after" = $7::bigint, "seen_at" = now()
    where "id" = $3::text and "hash" = $4::text
    returning "id"
  ), "rows" as (
    insert into "record" ("replica", "sequence", "kind", "request_id", "at", "body", "previous_hash", "hash")
    select $3::text, f[1]::bigint, f[2], f[3], to_timestamp(f[4]::float8 / 1000), f[7], f[5], f[6]
    from "head", (
      select string_to_array("line", E'\\t') as f
      from unnest(string_to_array($1::text, E'\\n')) as "line" offset 0) as "lines"
  ), "entries" as (${insertEntries}
  )
  select 1 as "moved" from "head"`;
