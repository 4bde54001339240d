// Finds the text of a document that a request names by its id: trusted ones, and those that clients register by hash (APQ).
// `execute.ts` asks before anything else; where only trusted ones run, it is here that others do not. A registered text
// is only ever found under its own sha256, so nobody can put one in another's place.

import { hash } from "node:crypto";
import { GraphQLError } from "graphql";
import { mayUse, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { DoorParts } from "../gateway/door-parts.ts";
import { longestRemembered } from "./documents.ts";
import type { DocumentId, Operation, TextOperation } from "./operation.ts";

/** Who asks, as far as it matters here. */
interface Sender {
  readonly caller: Caller | undefined;
  /** A router put the document together, and showed its own key beside its user's token. */
  readonly fromRouter?: boolean | undefined;
}

export interface NamedDocuments {
  /** Throws where the id is not known or not the text's, and where the text must not run. */
  find(operation: Operation, sender: Sender): TextOperation;
  /** To be found by its hash from now on; only for documents that proved valid. */
  keep(operation: TextOperation): void;
}

const mostKept = 1_000;

export function createNamedDocuments({
  trustedDocuments: trusted,
  onlyTrustedDocuments: only = false,
  documentAsked,
}: Pick<DoorParts, "trustedDocuments" | "onlyTrustedDocuments" | "documentAsked">): NamedDocuments {
  /** By sha256. What another replica keeps is registered here when it is first missed. */
  const kept = new Map<string, string>();

  function kindOf(text: string, { caller, fromRouter = false }: Sender): "trusted" | "freeform" | "other" {
    if (trusted?.has(text) === true) return "trusted";
    return fromRouter || (caller && mayUse(caller, "freeform")) ? "freeform" : "other";
  }

  /** Nothing is looked up where nothing was ever imported, and nothing has to be. */
  function check(text: string, sender: Sender): void {
    if (!only && (trusted === undefined || trusted.count === 0)) return;
    const kind = kindOf(text, sender);
    documentAsked?.(kind);
    if (only && kind === "other") throw notTrusted();
  }

  function textOf({ documentId, query }: Operation): string {
    if (documentId === undefined) return query ?? "";
    const { id } = documentId;
    const own = trusted?.textOf(id);
    if (query === undefined) {
      const known = own ?? kept.get(id);
      if (known === undefined) throw only ? notTaken(documentId) : notFound();
      return known;
    }
    if (own === undefined ? hash("sha256", query, "hex") !== id : own !== query) throw notItsText();
    return query;
  }

  return {
    find(operation, sender) {
      const text = textOf(operation);
      check(text, sender);
      return hasText(operation) ? operation : { ...operation, query: text };
    },
    keep({ documentId, query }) {
      if (!documentId || only || query.length > longestRemembered || trusted?.textOf(documentId.id)) return;
      // Newest last, so that the first is the one unused for longest.
      if (!kept.delete(documentId.id) && kept.size >= mostKept) kept.delete(kept.keys().next().value ?? "");
      kept.set(documentId.id, query);
    },
  };
}

const hasText = (operation: Operation): operation is TextOperation => operation.query !== undefined;

/** Word for word what clients of Apollo's protocol look for; they send the text along next time. */
const notFound = (): GraphQLError =>
  new GraphQLError("PersistedQueryNotFound", { extensions: { code: "PERSISTED_QUERY_NOT_FOUND" } });

/** Where no text would be taken, such a client is told not to try; others, that there is no such document. */
const notTaken = ({ protocol }: DocumentId): GraphQLError =>
  protocol === "documentId"
    ? notFound()
    : new GraphQLError("PersistedQueryNotSupported", {
        extensions: { code: "PERSISTED_QUERY_NOT_SUPPORTED" },
      });

const notItsText = (): Failure =>
  new Failure("INVALID_REQUEST", "The id is not that of the query beside it.", { path: "query" });

const notTrusted = (): Failure =>
  new Failure("FORBIDDEN", "Only trusted documents run here, and this is none.", {
    fix: "Have an administrator import it (portcullis documents import), and send its id.",
  });
