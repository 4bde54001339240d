// What each request cost, one row each, and the sums over them.
// The rows are written with their settling records (record-writer.ts); here they are made and added up.

import type { SettlementRow } from "../audit/record-book.ts";
import { formatUsd } from "../core/money.ts";
import type { Database } from "./database.ts";

export interface LedgerEntry {
  readonly requestId: string;
  readonly at: Date;
  readonly key: string;
  readonly user: string | null;
  readonly team: string;
  readonly deployment: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly cacheWriteTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  /** Dollars as a decimal string; null where the price is unknown. */
  readonly cost: string | null;
  readonly estimated: boolean;
  readonly priceVersion: string | null;
}

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

/** Nothing where no deployment was called: there is nothing to pay. */
export function ledgerEntryOf(row: SettlementRow): LedgerEntry | undefined {
  if (row.deploymentId === undefined && row.cost === undefined) return undefined;
  // A fault that was played in a provider's place used nothing.
  if (row.rehearsed !== undefined && row.usage.input + row.usage.output === 0) return undefined;
  return {
    requestId: row.requestId,
    at: row.at,
    key: row.key,
    user: row.user ?? null,
    team: row.team,
    deployment: storable(row.deploymentId ?? ""),
    model: storable(row.model ?? ""),
    inputTokens: Math.round(row.usage.input),
    cachedInputTokens: Math.round(row.usage.cachedInput),
    cacheWriteTokens: Math.round(row.usage.cacheWrite),
    outputTokens: Math.round(row.usage.output),
    reasoningTokens: Math.round(row.usage.reasoning),
    cost: row.cost === undefined ? null : formatUsd(row.cost),
    estimated: row.estimated,
    priceVersion: row.priceVersion ?? null,
  };
}

/** The database takes neither NUL nor half a surrogate pair, and unlisted models are named by callers. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

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
