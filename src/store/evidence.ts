// Attestations of guarantees, as administrators gave them. Rows are added and never changed:
// the catalog decides which of them still count.

import { asc } from "drizzle-orm/sql";
import type { Attestation } from "../catalog/evidence.ts";
import type { Database } from "./database.ts";
import { attestation } from "./tables.ts";

export interface EvidenceBook {
  insert(row: Attestation): Promise<void>;
  /** Oldest first. */
  list(): Promise<readonly Attestation[]>;
}

export function openEvidenceBook({ orm }: Database): EvidenceBook {
  return {
    async insert(row) {
      await orm.insert(attestation).values({ ...row, until: row.until ?? null });
    },

    async list() {
      const rows = await orm.select().from(attestation).orderBy(asc(attestation.at), asc(attestation.id));
      return rows.map(({ until, ...row }) => ({ ...row, until: until ?? undefined }));
    },
  };
}
