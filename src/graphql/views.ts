// The schema as one request sees it: under served names or our own, with its checked documents.
// `execute.ts` asks for one per request; a view is built when it is first asked for, and kept.

import type { GraphQLSchema } from "graphql";
import { createDocuments, type CheckedDocument } from "./documents.ts";
import { ownNames, prefixedNames, type Names } from "./names.ts";
import { createRememberedAnswers, type RememberedAnswers } from "./remembered-answers.ts";
import { renameSchema } from "./renamed.ts";

interface View {
  readonly schema: GraphQLSchema;
  readonly names: Names;
  /** Parsed, measured and validated, once for each text. */
  documents(text: string): CheckedDocument;
  readonly remembered: RememberedAnswers;
}

export interface Views {
  /** What callers see. */
  readonly served: View;
  /** With our own names, whatever the prefix: for the CLI. */
  readonly own: View;
}

export function createViews(schema: GraphQLSchema, prefix: string | undefined): Views {
  const own = viewOf(schema, ownNames);
  if (prefix === undefined) return { own, served: own };
  const names = prefixedNames(schema, prefix);
  return { own, served: viewOf(renameSchema(schema, names), names) };
}

const viewOf = (schema: GraphQLSchema, names: Names): View => ({
  schema,
  names,
  documents: createDocuments(schema),
  remembered: createRememberedAnswers(),
});
