// What one run of an operation carries along: its context, its variables, and the errors that it met.
// `completion.ts` passes it from field to field.

import { GraphQLError, locatedError, type FieldNode, type GraphQLResolveInfo } from "graphql";
import type { Values } from "./variables.ts";

export type Path = GraphQLResolveInfo["path"];

export interface Run {
  readonly context: unknown;
  readonly variables: Values;
  readonly root: unknown;
  readonly errors: Errors;
}

/** Nothing is told of what lies below a place that an error has made null already. */
export interface Errors {
  readonly list: readonly GraphQLError[];
  add(error: GraphQLError, path: Path | undefined): void;
}

export function createErrors(): Errors {
  const list: GraphQLError[] = [];
  let nulled: Set<Path | undefined> | undefined;
  return {
    list,
    add(error, path) {
      nulled ??= new Set();
      for (let at = path; at !== undefined; at = at.prev) if (nulled.has(at)) return;
      if (nulled.has(undefined)) return;
      nulled.add(path);
      list.push(error);
    },
  };
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

/** With the place in the document and in the answer. */
export function located(error: unknown, nodes: readonly FieldNode[], path: Path | undefined): GraphQLError {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.prev) keys.push(at.key);
  return locatedError(error, nodes, keys.toReversed());
}
