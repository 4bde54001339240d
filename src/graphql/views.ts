// The schema as one request sees it: under served names or our own, with its checked documents.
// `execute.ts` asks for one per request; a view is built when it is first asked for, and kept.

import type { GraphQLSchema } from "graphql";
import { createDocuments, type CheckedDocument } from "./documents.ts";
import { ownNames, prefixedNames, type Names } from "./names.ts";
import { createRememberedAnswers, type RememberedAnswers } from "./remembered-answers.ts";
import { withEntityTypes } from "./entity-types.ts";
import { renameSchema } from "./renamed.ts";
import type { EntityType } from "../policy/graph-file.ts";

export interface View {
  readonly schema: GraphQLSchema;
  readonly entityTypes: readonly EntityType[];
  readonly names: Names;
  /** Parsed, measured and validated, once for each text. */
  documents(text: string): CheckedDocument;
  readonly remembered: RememberedAnswers;
}

export interface Views {
  readonly names: Names;
  /** What callers see, with the fields of the policy in force. Built aside when they changed, then kept. */
  served(types: readonly EntityType[]): View;
  /** With our own names, whatever the prefix: for the CLI. */
  readonly own: View;
}

export function createViews(
  schema: GraphQLSchema,
  prefix: string | undefined,
  onFault: (error: unknown) => void,
): Views {
  const own = viewOf(schema, ownNames);
  const names = prefix === undefined ? ownNames : prefixedNames(schema, prefix);
  const plain = prefix === undefined ? own : viewOf(renameSchema(schema, names), names);
  const extended = new WeakMap<readonly EntityType[], View>();

  function extend(types: readonly EntityType[]): View {
    try {
      return viewOf(withEntityTypes(plain.schema, types), names, types);
    } catch (error) {
      // Such as a type that the prefix makes one of ours: told once, and everything else goes on.
      onFault(error);
      return plain;
    }
  }

  return {
    names,
    own,
    served(types) {
      if (types.length === 0) return plain;
      let view = extended.get(types);
      if (!view) extended.set(types, (view = extend(types)));
      return view;
    },
  };
}

const viewOf = (schema: GraphQLSchema, names: Names, entityTypes: readonly EntityType[] = []): View => ({
  schema,
  entityTypes,
  names,
  documents: createDocuments(schema),
  remembered: createRememberedAnswers(),
});
