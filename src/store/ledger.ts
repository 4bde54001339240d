// What each request cost, one row each, and the sums over them.
// The rows are written with their settling records (record-writer.ts); here they are made and added up.

import type { SettlementRow } from "../audit/record-book.ts";
import { formatUsd } from "../core/money.ts";
import type { Database } from "./database.ts";

export interface UsageSum {
  readonly team: string;
  readonly key: string;
  /** Null where the key asked for itself. */
  readonly user: string | null;
  readonly deploymentId: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Requests of unknown price add nothing to it. */
  readonly costUsd: string;
}

/** Between the fields of an entry, and between entries: characters that are in no name. */
const fieldEnd = "\u001F";
export const entryEnd = "\u001E";

/** An entry as text for `insertEntries`; nothing where no deployment was called: there is nothing to pay. */
export function ledgerEntryOf(row: SettlementRow): string | undefined {
  const { requestId, at, usage, cost, deploymentId } = row;
  if (deploymentId === undefined && cost === undefined) return undefined;
  // A fault that was played in a provider's place used nothing.
  if (row.rehearsed !== undefined && usage.input + usage.output === 0) return undefined;
  return (
    `${requestId}${fieldEnd}${at.getTime()}${fieldEnd}${storable(row.key)}${fieldEnd}${storable(row.user)}` +
    `${fieldEnd}${storable(row.team)}${fieldEnd}${storable(deploymentId)}${fieldEnd}${storable(row.model)}` +
    `${fieldEnd}${Math.round(usage.input)}${fieldEnd}${Math.round(usage.cachedInput)}` +
    `${fieldEnd}${Math.round(usage.cacheWrite)}${fieldEnd}${Math.round(usage.output)}` +
    `${fieldEnd}${Math.round(usage.reasoning)}${fieldEnd}${cost === undefined ? "" : formatUsd(cost)}` +
    `${fieldEnd}${row.estimated}${fieldEnd}${storable(row.priceVersion)}`
  );
}

/** As most names are; in others stand what the database does not take, and what ends a field. */
const plain = /^[ -~]*$/;
const unstorable = ["\0", fieldEnd, entryEnd];
const replacement = "\uFFFD";

function storable(name = ""): string {
  if (plain.test(name)) return name;
  return unstorable.reduce((text, character) => text.replaceAll(character, replacement), name.toWellFormed());
}

/** From the entries in `$2` where there is a row in `head`; what is empty is unknown. A request has one entry, once. */
export const insertEntries = `
  insert into "ledger_entry" ("request_id", "at", "key", "user_id", "team", "deployment", "model", "input_tokens",
    "cached_input_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens", "cost", "estimated",
    "price_version")
  select f[1], to_timestamp(f[2]::float8 / 1000), f[3], f[4], f[5], coalesce(f[6], ''), coalesce(f[7], ''), f[8]::bigint,
    f[9]::bigint, f[10]::bigint, f[11]::bigint, f[12]::bigint, f[13]::numeric, f[14]::boolean, f[15]
  from "head", (
    select string_to_array("entry", E'\\x1F', '') as f
    from unnest(string_to_array($2::text, E'\\x1E')) as "entry" offset 0) as "entries"
  on conflict ("request_id") do nothing`;

/** Largest cost first. */
export async function usageSince(database: Database, since: Date): Promise<readonly UsageSum[]> {
  const rows = await database.query<AsText<UsageSum>>(usageStatement, [since.toISOString()]);
  return rows.map((row) => ({
    ...row,
    requests: Number(row.requests),
    inputTokens: Number(row.inputTokens),
    outputTokens: Number(row.outputTokens),
  }));
}

/** How sums come from the database: as text, since they may be larger than an integer. */
type AsText<Row> = { readonly [Name in keyof Row]: string };

const usageStatement = `
  select "team", "key", "user_id" as "user", "deployment" as "deploymentId", count(*)::text as "requests",
    sum("input_tokens")::text as "inputTokens", sum("output_tokens")::text as "outputTokens",
    trim_scale(coalesce(sum("cost"), 0))::text as "costUsd"
  from "ledger_entry" where "at" >= $1::text::timestamptz
  group by "team", "key", "user_id", "deployment"
  order by coalesce(sum("cost"), 0) desc, "team", "key", "user_id", "deployment"`;
