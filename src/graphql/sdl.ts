// The schema as text: whole for people and code generators, and as a subgraph for routers.
// `print.ts` writes both to schema/; `_service` answers with the second.

import { getDocumentNodeFromSchema } from "@graphql-tools/utils";
import { Kind, print, visit, type DefinitionNode, type DocumentNode, type GraphQLSchema } from "graphql";

/** They belong to every subgraph, so a subgraph's SDL does not repeat them. */
const machinery = new Set(["_Any", "_Entity", "_Service", "_entities", "_service"]);

/** schema/portcullis.graphql: everything a caller can see, `@oneOf` included. */
export function printSchemaSdl(schema: GraphQLSchema): string {
  return print(withoutMachinery(getDocumentNodeFromSchema(schema)));
}

const printed = new WeakMap<GraphQLSchema, string>();

/** Without `@oneOf`, which composition does not know; the server enforces it all the same. */
export function printServiceSdl(schema: GraphQLSchema): string {
  const known = printed.get(schema);
  if (known !== undefined) return known;
  const document = visit(withoutMachinery(getDocumentNodeFromSchema(schema)), {
    Directive: (node) => (node.name.value === "oneOf" ? null : undefined),
  });
  const sdl = print(document);
  printed.set(schema, sdl);
  return sdl;
}

function withoutMachinery(document: DocumentNode): DocumentNode {
  const kept = document.definitions
    .filter((definition) => !machinery.has(nameOf(definition)))
    .map((definition) => {
      if (definition.kind === Kind.SCHEMA_DEFINITION) return asExtension(definition);
      if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
      return {
        ...definition,
        fields: definition.fields?.filter(({ name }) => !machinery.has(name.value)) ?? [],
      };
    });
  return { kind: Kind.DOCUMENT, definitions: kept };
}

const nameOf = (definition: DefinitionNode): string =>
  "name" in definition && definition.name ? definition.name.value : "";

/** The roots have their usual names, so only the link is left to say. */
const asExtension = (
  definition: Extract<DefinitionNode, { kind: Kind.SCHEMA_DEFINITION }>,
): DefinitionNode => ({
  kind: Kind.SCHEMA_EXTENSION,
  directives: definition.directives ?? [],
});
