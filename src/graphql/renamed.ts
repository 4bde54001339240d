// Puts served names into what was made with our own: a schema, and documents such as the examples.
// `views.ts` and GraphiQL use it; resolvers go on working with our own names.

import { MapperKind, mapSchema } from "@graphql-tools/utils";
import {
  GraphQLInterfaceType,
  GraphQLUnionType,
  isNamedType,
  Kind,
  parse,
  visit,
  type GraphQLNamedType,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  type NameNode,
} from "graphql";
import type { GraphqlContext } from "./context.ts";
import type { Names } from "./names.ts";

export function renameSchema(schema: GraphQLSchema, names: Names): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.TYPE]: (type) => renameType(type, names),
    [MapperKind.INTERFACE_TYPE]: (type) =>
      new GraphQLInterfaceType({
        ...type.toConfig(),
        name: names.type(type.name),
        resolveType: renaming(type.resolveType, names),
      }),
    [MapperKind.UNION_TYPE]: (type) =>
      new GraphQLUnionType({
        ...type.toConfig(),
        name: names.type(type.name),
        resolveType: renaming(type.resolveType, names),
      }),
    [MapperKind.ROOT_FIELD]: (field, name) => [names.rootField(name), field],
  });
}

function renameType(type: GraphQLNamedType, names: Names): GraphQLNamedType {
  const name = names.type(type.name);
  if (name === type.name) return type;
  const renamed: unknown = Reflect.construct(type.constructor, [{ ...type.toConfig(), name }]);
  if (!isNamedType(renamed)) throw new TypeError(`${type.name} cannot be renamed`);
  return renamed;
}

type TypeResolver = GraphQLTypeResolver<unknown, GraphqlContext>;

function renaming(resolveType: TypeResolver | null | undefined, names: Names): TypeResolver | null {
  if (!resolveType) return null;
  return async (value, context, info, type) => {
    const own = await resolveType(value, context, info, type);
    return own === undefined ? undefined : names.type(own);
  };
}

/** The same text, comments and all, with served names in it. */
export function renameDocument(text: string, names: Names): string {
  const places: { readonly node: NameNode; readonly name: string }[] = [];
  const note = (node: NameNode, name: string): void => {
    if (name !== node.value) places.push({ node, name });
  };
  const document = parse(text);
  visit(document, { NamedType: ({ name }) => note(name, names.type(name.value)) });
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    for (const selection of definition.selectionSet.selections) {
      if (selection.kind === Kind.FIELD) note(selection.name, names.rootField(selection.name.value));
    }
  }
  let renamed = text;
  const fromTheEnd = places.toSorted((a, b) => (b.node.loc?.start ?? 0) - (a.node.loc?.start ?? 0));
  for (const { node, name } of fromTheEnd) {
    renamed = renamed.slice(0, node.loc?.start) + name + renamed.slice(node.loc?.end);
  }
  return renamed;
}
