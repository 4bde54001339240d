// Finds the text of a document that a request names by its id, and keeps texts that clients register by their hash (APQ).
// `execute.ts` asks before anything else. A text is only ever found under its own sha256, so nobody can put one in another's place.

import { hash } from "node:crypto";
import { GraphQLError } from "graphql";
import { Failure } from "../core/errors.ts";
import { longestRemembered } from "./documents.ts";
import type { Operation, TextOperation } from "./operation.ts";

export interface NamedDocuments {
  /** Throws where the id is not known, or is not the text's. */
  find(operation: Operation): TextOperation;
  /** To be found by its hash from now on; only for documents that proved valid. */
  keep(operation: TextOperation): void;
}

const mostKept = 1_000;

export function createNamedDocuments(): NamedDocuments {
  /** By sha256. What another replica keeps is registered here when it is first missed. */
  const kept = new Map<string, string>();
  return {
    find(operation) {
      const { documentId, query } = operation;
      if (query !== undefined) {
        if (documentId && hash("sha256", query, "hex") !== documentId.id) throw notItsHash();
        return { ...operation, query };
      }
      const known = documentId && kept.get(documentId.id);
      if (known === undefined) throw notFound();
      return { ...operation, query: known };
    },
    keep({ documentId, query }) {
      if (!documentId || query.length > longestRemembered) return;
      // Newest last, so that the first is the one unused for longest.
      if (!kept.delete(documentId.id) && kept.size >= mostKept) kept.delete(kept.keys().next().value ?? "");
      kept.set(documentId.id, query);
    },
  };
}

/** Word for word what clients of the protocol look for; they send the text along next time. */
const notFound = (): GraphQLError =>
  new GraphQLError("PersistedQueryNotFound", { extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } });

const notItsHash = (): Failure =>
  new Failure("INVALID_REQUEST", "The id is not the sha256 of the query beside it.", { path: "query" });
