// Trusted documents: GraphQL texts by the ids that clients send. An id never changes its text; it is removed first.
// `gateway/trusted-documents.ts` reads them after each generation; administration adds and removes.

import { asc, eq, inArray } from "drizzle-orm/sql";
import { Failure } from "../core/errors.ts";
import type { TrustedDocument, TrustedDocumentBook } from "../core/trusted-document.ts";
import type { Database } from "./database.ts";
import { trustedDocument } from "./tables.ts";

/** A statement takes at most 65,535 parameters; a row has six. */
const rowsPerStatement = 1_000;

export function openTrustedDocumentBook({ orm }: Database): TrustedDocumentBook {
  const { id, sha256, name } = trustedDocument;
  return {
    ids: () => orm.select({ id, sha256 }).from(trustedDocument),

    async read(ids) {
      const read: TrustedDocument[] = [];
      for (const some of inParts(ids)) {
        const rows = await orm.select().from(trustedDocument).where(inArray(id, some));
        read.push(...rows.map(documentOf));
      }
      return read;
    },

    async list() {
      const rows = await orm.select().from(trustedDocument).orderBy(asc(name), asc(id));
      return rows.map(documentOf);
    },

    add: (documents, by, at) =>
      orm.transaction(async (transaction) => {
        const added: string[] = [];
        for (const some of inParts(documents)) {
          const rows = some.map((one) => ({ ...one, name: one.name ?? null, at, by }));
          const made = await transaction
            .insert(trustedDocument)
            .values(rows)
            .onConflictDoNothing()
            .returning({ id });
          added.push(...made.map((row) => row.id));
        }
        const fresh = new Set(added);
        for (const known of documents.filter((one) => !fresh.has(one.id))) {
          const [row] = await transaction.select({ sha256 }).from(trustedDocument).where(eq(id, known.id));
          if (row?.sha256 !== known.sha256) throw otherText(known.id);
        }
        return added;
      }),

    async remove(ids) {
      const removed: string[] = [];
      for (const some of inParts(ids)) {
        const rows = await orm.delete(trustedDocument).where(inArray(id, some)).returning({ id });
        removed.push(...rows.map((row) => row.id));
      }
      return removed;
    },
  };
}

const documentOf = (row: typeof trustedDocument.$inferSelect): TrustedDocument => ({
  ...row,
  name: row.name ?? undefined,
});

const otherText = (id: string): Failure =>
  new Failure("INVALID_REQUEST", `${id} is known with another text.`, {
    fix: "Give the new text an id of its own, or remove the document first.",
  });

function* inParts<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += rowsPerStatement)
    yield rows.slice(from, from + rowsPerStatement);
}
