// What executing one field needs, known before it runs: its definition, its resolver, arguments that never vary.
// `completion.ts` makes plans, once for each type and selection.

import {
  defaultFieldResolver,
  getArgumentValues,
  isNonNullType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
  type FieldNode,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
} from "graphql";
import type { Outline } from "./fields.ts";
import type { Path, Run } from "./run.ts";
import type { Values } from "./variables.ts";

export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly FieldPlan[];
}

export interface FieldPlan {
  /** In the answer. */
  readonly name: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly resolve: GraphQLFieldResolver<unknown, unknown>;
  /** The same in every run; undefined where variables are in them. */
  readonly fixedArguments: Values | undefined;
  readonly complete: Complete;
  readonly nullable: boolean;
  readonly outline: Outline;
}

export type Complete = (run: Run, info: GraphQLResolveInfo, path: Path, value: unknown) => unknown;
export function definitionOf(
  { schema }: Outline,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): GraphQLField<unknown, unknown> | undefined {
  const name = nodes[0]?.name.value ?? "";
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

export function planField(
  outline: Outline,
  definition: GraphQLField<unknown, unknown>,
  name: string,
  nodes: readonly FieldNode[],
  complete: Complete,
): FieldPlan {
  return {
    name,
    nodes,
    definition,
    resolve: definition.resolve ?? defaultFieldResolver,
    fixedArguments: fixedArguments(definition, nodes),
    complete,
    nullable: !isNonNullType(definition.type),
    outline,
  };
}

function fixedArguments(
  definition: GraphQLField<unknown, unknown>,
  [node]: readonly FieldNode[],
): Values | undefined {
  if (!node) return undefined;
  let varies = false;
  for (const argument of node.arguments ?? []) visit(argument, { Variable: () => void (varies = true) });
  if (varies) return undefined;
  try {
    return getArgumentValues(definition, node);
  } catch {
    // Thrown again where the field is executed, and told as its error.
    return undefined;
  }
}
