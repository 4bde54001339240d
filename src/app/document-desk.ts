// Trusted documents, as administrators import and remove them: bounded in number, seen here before the answer goes out.
// `administer.ts` takes it in; other replicas see the change by the generation.

import { personOf } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { DocumentAdministration } from "../gateway/document-administration.ts";
import type { Store } from "../store/store.ts";

/** Every process holds all of them. */
const mostDocuments = 20_000;

export function createDocumentDesk(
  { documents }: Pick<Store, "documents">,
  seen: <T>(change: Promise<T>) => Promise<T>,
  now: () => Date,
): DocumentAdministration {
  return {
    async addDocuments(added, by) {
      const known = new Set((await documents.ids()).map(({ id }) => id));
      for (const { id } of added) known.add(id);
      if (known.size > mostDocuments) {
        throw new Failure("INVALID_REQUEST", `At most ${mostDocuments} documents are kept.`, {
          path: "documents",
          fix: "Remove those that no client sends any more: portcullis documents remove.",
        });
      }
      return await documents.read(await seen(documents.add(added, personOf(by), now())));
    },
    listDocuments: () => documents.list(),
    removeDocuments: (ids) => seen(documents.remove(ids)),
  };
}
