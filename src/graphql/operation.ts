// What a request asks for: an operation by its text, or by the id of a document that we know; read from a body or a URL.
// Every transport reads it here; `named-documents.ts` turns ids into texts. Values are checked, meaning is not.

import { Failure } from "../core/errors.ts";

export interface Operation {
  /** Absent where the document is known by its id alone. */
  readonly query?: string | undefined;
  readonly documentId?: DocumentId | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  readonly operationName?: string | null | undefined;
}

/** An operation whose text is known. */
export type TextOperation = Operation & { readonly query: string };

export interface DocumentId {
  /** A lower-case hex sha256, without a prefix, or whatever else its author calls it. */
  readonly id: string;
  /** In whose words it came: GraphQL over HTTP has `documentId`, Apollo `extensions.persistedQuery`. */
  readonly protocol: "documentId" | "persistedQuery";
}

export function operationIn(fields: Readonly<Record<string, unknown>>): Operation {
  const { query, variables, operationName, extensions, documentId: id } = fields;
  if (!isObjectOrAbsent(extensions)) throw badParameter("extensions", "an object");
  const documentId = id === undefined || id === null ? persistedQuery(extensions) : ownId(id);
  const isNamed = documentId !== undefined && (query === undefined || query === null);
  if (typeof query !== "string" && !isNamed) {
    throw badParameter("query", "a string that holds a GraphQL document");
  }
  if (!isObjectOrAbsent(variables)) throw badParameter("variables", "an object");
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") {
    throw badParameter("operationName", "a string");
  }
  const asked = { variables, operationName };
  if (typeof query !== "string") return { documentId, ...asked };
  return documentId ? { query, documentId, ...asked } : { query, ...asked };
}

export function operationInUrl(url = ""): Operation {
  const search = new URLSearchParams(url.slice(url.indexOf("?") + 1 || url.length));
  return operationIn({
    query: search.get("query") ?? undefined,
    documentId: search.get("documentId"),
    // https://github.com/graphql/graphql-over-http: the empty string is the same as none.
    operationName: search.get("operationName") || null,
    variables: objectIn(search, "variables"),
    extensions: objectIn(search, "extensions"),
  });
}

function objectIn(search: URLSearchParams, name: string): unknown {
  const text = search.get(name);
  if (text === null || text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw badParameter(name, "JSON");
  }
}

const longestId = 256;

/** https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md */
function ownId(value: unknown): DocumentId {
  if (typeof value !== "string" || value === "" || value.length > longestId)
    throw badParameter("documentId", `a string of at most ${longestId} characters`);
  return { id: bareId(value), protocol: "documentId" };
}

/** https://www.apollographql.com/docs/apollo-server/performance/apq */
function persistedQuery(extensions: Record<string, unknown> | null | undefined): DocumentId | undefined {
  const given = extensions?.["persistedQuery"];
  if (given === undefined || given === null) return undefined;
  const { version, sha256Hash } = given as { version?: unknown; sha256Hash?: unknown };
  if (version !== 1 || typeof sha256Hash !== "string" || sha256Hash === "" || sha256Hash.length > longestId)
    throw badParameter("extensions.persistedQuery", "version 1 and a sha256Hash");
  return { id: bareId(sha256Hash), protocol: "persistedQuery" };
}

/** `sha256:` says what a bare hash of 64 digits says too. */
export const bareId = (id: string): string => (id.startsWith("sha256:") ? id.slice("sha256:".length) : id);

function isObjectOrAbsent(value: unknown): value is Record<string, unknown> | null | undefined {
  return value === undefined || value === null || (typeof value === "object" && !Array.isArray(value));
}

const badParameter = (name: string, wanted: string): Failure =>
  new Failure("INVALID_REQUEST", `${name} must be ${wanted}.`, { path: name });
