// API keys: who may ask. Holds the sha256 of each secret and never the secret itself.
// `intake/` asks `findByDigest`; administration does the rest. Revoked keys stay, so that records keep a name.

import { asc, eq, sql } from "drizzle-orm/sql";
import { Failure } from "../core/errors.ts";
import type { KeyDirectory, KeyRecord } from "../intake/key-directory.ts";
import { sqlState, uniqueViolation } from "./database.ts";
import type { Database } from "./database.ts";
import { apiKey } from "./tables.ts";

export interface KeyBook extends KeyDirectory {
  /** `digest` is the hex sha256 of the whole secret; INVALID_REQUEST where id or digest exists. */
  insert(record: KeyRecord, digest: string): Promise<void>;
  /** Oldest first, revoked ones too. */
  list(): Promise<readonly KeyRecord[]>;
  /** The old secret stops working with this; NOT_FOUND where there is no such key or it is revoked. */
  replaceDigest(id: string, digest: string, hint: string): Promise<KeyRecord>;
  /** Revoking twice keeps the first moment; NOT_FOUND where there is no such key. */
  revoke(id: string): Promise<KeyRecord>;
}

export function openKeyBook({ orm }: Database, now: () => Date): KeyBook {
  return {
    async findByDigest(digest) {
      const [row] = await orm.select().from(apiKey).where(eq(apiKey.digest, digest)).limit(1);
      return row && { record: recordOf(row), digest: row.digest };
    },

    async insert(record, digest) {
      try {
        await orm.insert(apiKey).values({
          ...record,
          digest: checkedDigest(digest),
          expiresAt: record.expiresAt ?? null,
          revokedAt: record.revokedAt ?? null,
        });
      } catch (error) {
        if (sqlState(error) !== uniqueViolation) throw error;
        throw new Failure("INVALID_REQUEST", "A key with this id or secret exists already.");
      }
    },

    async list() {
      const rows = await orm.select().from(apiKey).orderBy(asc(apiKey.createdAt), asc(apiKey.id));
      return rows.map(recordOf);
    },

    async replaceDigest(id, digest, hint) {
      const rows = await orm
        .update(apiKey)
        .set({ digest: checkedDigest(digest), hint })
        .where(sql`${apiKey.id} = ${id} and ${apiKey.revokedAt} is null`)
        .returning();
      return recordOf(found(rows[0], id));
    },

    async revoke(id) {
      const rows = await orm
        .update(apiKey)
        .set({ revokedAt: sql`coalesce(${apiKey.revokedAt}, ${now().toISOString()}::timestamptz)` })
        .where(eq(apiKey.id, id))
        .returning();
      return recordOf(found(rows[0], id));
    },
  };
}

type KeyRow = typeof apiKey.$inferSelect;

function recordOf(row: KeyRow): KeyRecord {
  const { id, name, team, roles, scopes, floor, ceiling, defaultSensitivity, purposes, createdAt, hint } =
    row;
  return {
    id,
    name,
    team,
    roles,
    scopes,
    floor,
    ceiling,
    defaultSensitivity,
    purposes,
    createdAt,
    expiresAt: row.expiresAt ?? undefined,
    revokedAt: row.revokedAt ?? undefined,
    hint,
  };
}

function found(row: KeyRow | undefined, id: string): KeyRow {
  if (!row) throw new Failure("NOT_FOUND", `There is no key ${id} that works.`);
  return row;
}

/** Whatever else is handed over could be the secret itself: it must not reach the database. */
function checkedDigest(digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TypeError("a key's digest must be a hex sha256");
  return digest;
}
