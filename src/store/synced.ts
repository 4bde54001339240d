// What `catalog sync` brought in, version upon version. Nothing is changed or deleted here:
// old prices explain old receipts.

import { asc } from "drizzle-orm/sql";
import type { SyncedModel, SyncedPrice } from "../catalog/synced.ts";
import type { Database } from "./database.ts";
import { syncedModel, syncedPrice } from "./tables.ts";

interface SyncedRows {
  readonly models: readonly SyncedModel[];
  readonly prices: readonly SyncedPrice[];
}

export interface SyncedBook {
  /** All or none; a price whose version is already there stays as it was. */
  append(rows: SyncedRows): Promise<void>;
  /** In the order in which they came. */
  list(): Promise<SyncedRows>;
}

/** A statement takes at most 65,535 parameters; a row has at most six. */
const rowsPerStatement = 1_000;

export function openSyncedBook({ orm }: Database): SyncedBook {
  return {
    append: ({ models, prices }) =>
      orm.transaction(async (transaction) => {
        for (const some of inParts(models)) await transaction.insert(syncedModel).values(some);
        for (const some of inParts(prices.map(rowOf))) {
          await transaction.insert(syncedPrice).values(some).onConflictDoNothing();
        }
      }),

    async list() {
      const [models, prices] = await Promise.all([
        orm.select().from(syncedModel).orderBy(asc(syncedModel.number)),
        orm.select().from(syncedPrice).orderBy(asc(syncedPrice.number)),
      ]);
      return {
        models: models.map(modelOf),
        prices: prices.map(priceOf),
      };
    },
  };
}

function modelOf(row: typeof syncedModel.$inferSelect): SyncedModel {
  const { deploymentId, facts, gone, source, validFrom } = row;
  return { deploymentId, facts, gone, source, validFrom };
}

function priceOf(row: typeof syncedPrice.$inferSelect): SyncedPrice {
  const { deploymentId, version, source, validFrom } = row;
  return { ...absentRates, ...row.rates, deploymentId, version, source, validFrom };
}

/** JSON drops what is undefined; readers see every key again. */
const absentRates = {
  cachedInputUsdPerMillion: undefined,
  cacheWriteUsdPerMillion: undefined,
  audioInputUsdPerMillion: undefined,
  audioOutputUsdPerMillion: undefined,
  reasoningUsdPerMillion: undefined,
};

function rowOf({ deploymentId, version, source, validFrom, ...rates }: SyncedPrice) {
  return { deploymentId, version, source, validFrom, rates };
}

function* inParts<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    yield rows.slice(from, from + rowsPerStatement);
  }
}
