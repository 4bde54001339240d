// Appends rows to this replica's chain and their money to the ledger: one statement, all or none.
// `records.ts` calls it with one batch at a time; nobody else writes the chain.

import { genesis, linkHash } from "../audit/chain.ts";
import type { ChainHead } from "../audit/chain.ts";
import type { Database } from "./database.ts";
import { within } from "./deadline.ts";
import type { LedgerEntry } from "./ledger.ts";

export interface PendingRow {
  readonly kind: "decision" | "settlement";
  readonly requestId: string;
  readonly at: Date;
  /** Canonical JSON. */
  readonly body: string;
  readonly entry: LedgerEntry | undefined;
}

export interface RecordWriter {
  /** Resolves when all are durable. After a failure call it again with the same rows first. */
  write(rows: readonly PendingRow[]): Promise<void>;
}

interface LinkedRow extends Omit<PendingRow, "entry"> {
  readonly sequence: number;
  readonly previousHash: string;
  readonly hash: string;
}

/** A write that did not return by then counts as failed, and is tried on another connection. */
const writeMilliseconds = 10_000;

export async function openRecordWriter(database: Database, replica: string): Promise<RecordWriter> {
  await database.query(registerStatement, [replica, genesis.hash]);
  let head = await readHead(database, replica);
  /** The head that an unconfirmed write would have left. */
  let doubtful: ChainHead | undefined;
  /** Decisions of this chain that nothing has settled, oldest first; also an earlier process's. */
  const open = await readOpen(database, replica);

  async function write(rows: readonly PendingRow[]): Promise<void> {
    if (doubtful) head = await readHead(database, replica);
    if (doubtful?.hash === head.hash) return confirm(rows, head);

    const links = link(rows, head, replica);
    const next = links.at(-1) ?? head;
    doubtful = { sequence: next.sequence, hash: next.hash };
    const [written] = await within(
      writeMilliseconds,
      database.query<{ rows: number }>(appendStatement, [
        links.map(lineOf).join("\n"),
        JSON.stringify(rows.flatMap(({ entry }) => entry ?? [])),
        replica,
        head.hash,
        next.sequence,
        next.hash,
        openAfter(links),
      ]),
    );
    if (written?.rows !== links.length)
      throw new Error(`the chain of replica ${replica} moved on without us`);
    confirm(rows, doubtful);
  }

  function confirm(rows: readonly PendingRow[], newHead: ChainHead): void {
    let sequence = newHead.sequence - rows.length;
    for (const { kind, requestId } of rows) {
      sequence += 1;
      if (kind === "decision") open.set(requestId, sequence);
      else open.delete(requestId);
    }
    head = newHead;
    doubtful = undefined;
  }

  /** Everything up to this sequence is settled once `links` are written. */
  function openAfter(links: readonly LinkedRow[]): number {
    const settled = new Set<string>();
    for (const { kind, requestId } of links) if (kind === "settlement") settled.add(requestId);
    for (const [requestId, sequence] of open) if (!settled.has(requestId)) return sequence - 1;
    const firstOpen = links.find(({ kind, requestId }) => kind === "decision" && !settled.has(requestId));
    return firstOpen ? firstOpen.sequence - 1 : (links.at(-1)?.sequence ?? head.sequence);
  }

  return { write };
}

function link(rows: readonly PendingRow[], head: ChainHead, replica: string): readonly LinkedRow[] {
  let { sequence, hash: previousHash } = head;
  return rows.map(({ kind, requestId, at, body }) => {
    sequence += 1;
    const hash = linkHash({ replica, sequence, kind, body, previousHash });
    const linked = { sequence, kind, requestId, at, body, previousHash, hash };
    previousHash = hash;
    return linked;
  });
}

/** Tabs between the fields: no field holds one, nor a line break, since in JSON they are escapes. */
const lineOf = ({ sequence, kind, requestId, at, previousHash, hash, body }: LinkedRow): string =>
  `${sequence}\t${kind}\t${requestId}\t${at.toISOString()}\t${previousHash}\t${hash}\t${body}`;

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
 * since their bodies would be escaped once more in JSON or an array; `offset 0` has each line split once.
 */
const appendStatement = `
  with "head" as (
    update "replica"
    set "sequence" = $5::bigint, "hash" = $6::text, "open_after" = $7::bigint, "seen_at" = now()
    where "id" = $3::text and "hash" = $4::text
    returning "id"
  ), "rows" as (
    insert into "record" ("replica", "sequence", "kind", "request_id", "at", "body", "previous_hash", "hash")
    select "head"."id", f[1]::bigint, f[2], f[3], f[4]::timestamptz, f[7], f[5], f[6]
    from "head", (
      select string_to_array("line", E'\\t') as f
      from unnest(string_to_array($1::text, E'\\n')) as "line" offset 0) as "lines"
    returning 1
  ), "entries" as (
    insert into "ledger_entry" ("request_id", "at", "key", "user_id", "team", "deployment", "model", "input_tokens",
      "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "cost", "estimated",
      "price_version")
    select e."requestId", e."at", e."key", e."user", e."team", e."deployment", e."model", e."inputTokens",
      e."cachedInputTokens", e."cacheWriteTokens", e."outputTokens", e."reasoningTokens", e."cost",
      e."estimated", e."priceVersion"
    from "head", json_to_recordset($2::text::json) as e(
      "requestId" text, "at" timestamptz, "key" text, "user" text, "team" text, "deployment" text, "model" text,
      "inputTokens" bigint, "cachedInputTokens" bigint, "cacheWriteTokens" bigint, "outputTokens" bigint,
      "reasoningTokens" bigint, "cost" numeric, "estimated" boolean, "priceVersion" text)
    on conflict ("request_id") do nothing
  )
  select count(*)::integer as "rows" from "rows"`;
