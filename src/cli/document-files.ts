// Reads the files in which client toolkits write documents down: Apollo's manifest, `{ id: text }` as Relay and
// GraphQL Code Generator have it, and plain GraphQL. `documents.ts` imports what comes out; texts are kept byte for byte.

import { CommandError } from "./command.ts";

export interface FileDocument {
  /** Absent: its sha256. */
  readonly id: string | undefined;
  readonly body: string;
}

/** `path` tells the format of plain GraphQL, and is named in complaints. */
export function readDocuments(path: string, text: string): readonly FileDocument[] {
  if (/\.(?:graphql|gql)$/i.test(path)) return [{ id: undefined, body: text }];
  const content = parse(path, text);
  return content["format"] === undefined ? readMap(path, content) : readManifest(path, content);
}

function parse(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text);
    if (isObject(content)) return content;
  } catch {
    // Told below, as is whatever is JSON and no object.
  }
  throw new CommandError(`${path}: expected a JSON object, or a name that ends with .graphql`);
}

/** https://www.apollographql.com/docs/graphos/platform/security/persisted-queries#manifest-format */
function readManifest(path: string, content: Readonly<Record<string, unknown>>): readonly FileDocument[] {
  const { format, version, operations } = content;
  if (format !== "apollo-persisted-query-manifest" || version !== 1 || !Array.isArray(operations)) {
    throw new CommandError(`${path}: expected apollo-persisted-query-manifest, version 1, with operations`);
  }
  return operations.map((operation: unknown, index): FileDocument => {
    const { id, body } = isObject(operation) ? operation : {};
    if (typeof id === "string" && typeof body === "string") return { id, body };
    throw new CommandError(`${path}: operations[${index}] needs id and body`);
  });
}

/** https://relay.dev/docs/guides/persisted-queries/ and the client preset's persisted-documents.json */
const readMap = (path: string, content: Readonly<Record<string, unknown>>): readonly FileDocument[] =>
  Object.entries(content).map(([id, body]) => {
    if (typeof body === "string") return { id, body };
    throw new CommandError(`${path}: expected the text of a document at ${id}`);
  });

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
