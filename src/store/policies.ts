// The published policy versions: numbered without gaps, never changed, never deleted.
// `policy/` reads them; publishing appends. Two replicas that publish at once wait for each other.

import { asc, desc, eq, sql } from "drizzle-orm/sql";
import { getTableColumns } from "drizzle-orm/utils";
import type { PolicyVersion, VersionBook } from "../policy/version-book.ts";
import type { Database, Orm } from "./database.ts";
import { policyVersion } from "./tables.ts";

export interface PolicyBook extends VersionBook {
  /** Version 1, where there is none yet; otherwise the newest one as it is, whatever its content. */
  importFirst: VersionBook["append"];
}

/** Held until the transaction ends; a number like any other, only always the same. */
const publishLock = 7_305_441_900_318_001n;

export function openPolicyBook({ orm }: Database, now: () => Date): PolicyBook {
  const appendUnless =
    (isSettled: (newest: PolicyVersion, sha256: string) => boolean): VersionBook["append"] =>
    (files, sha256, author, { reason, revoke } = {}) =>
      orm.transaction(async (transaction) => {
        await transaction.execute(sql`select pg_advisory_xact_lock(${publishLock.toString()}::text::bigint)`);
        const newest = await newestOf(transaction);
        if (newest && isSettled(newest, sha256)) return newest;
        const number = (newest?.number ?? 0) + 1;
        const version = { number, sha256, files, author, at: now(), reason, revoke };
        await transaction.insert(policyVersion).values(version);
        return version;
      });

  return {
    newest: () => newestOf(orm),

    async version(number) {
      const [row] = await orm.select().from(policyVersion).where(eq(policyVersion.number, number));
      return row && { ...row, ...wordsOf(row) };
    },

    async list() {
      const { files: _files, ...columns } = getTableColumns(policyVersion);
      const rows = await orm.select(columns).from(policyVersion).orderBy(asc(policyVersion.number));
      return rows.map((row) => ({ ...row, ...wordsOf(row) }));
    },

    append: appendUnless((newest, sha256) => newest.sha256 === sha256),
    importFirst: appendUnless(() => true),
  };
}

async function newestOf(orm: Pick<Orm, "select">): Promise<PolicyVersion | undefined> {
  const [row] = await orm.select().from(policyVersion).orderBy(desc(policyVersion.number)).limit(1);
  return row && { ...row, ...wordsOf(row) };
}

const wordsOf = ({ reason, revoke }: { reason: string | null; revoke: "abort" | null }) => ({
  reason: reason ?? undefined,
  revoke: revoke ?? undefined,
});
