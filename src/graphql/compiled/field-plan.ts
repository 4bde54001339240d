// What executing one field needs, known before it runs: its definition, its resolver, arguments that never vary.
// `completion.ts` makes plans, once for each type and selection.

import {
  defaultFieldResolver,
  getArgumentValues,
  isNonNullType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  visit,
  type ArgumentNode,
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
  readonly readArguments: ReadArguments;
  readonly complete: Complete;
  readonly nullable: boolean;
  readonly outline: Outline;
}

type ReadArguments = (variables: Values) => Record<string, unknown>;
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
    readArguments: argumentsOf(definition, nodes),
    complete,
    nullable: !isNonNullType(definition.type),
    outline,
  };
}

/** As graphql-js reads them: once where they never vary, and by looking up variables where they are nothing else. */
function argumentsOf(
  definition: GraphQLField<unknown, unknown>,
  [node]: readonly FieldNode[],
): ReadArguments {
  if (!node) return () => ({});
  const readAll: ReadArguments = (variables) => getArgumentValues(definition, node, variables);
  const given = node.arguments ?? [];
  if (!given.some(holdsVariable)) return fixedArguments(readAll);
  if (given.length < definition.args.length) return readAll;
  const names: [argument: string, variable: string][] = [];
  for (const { name, value } of given) {
    if (value.kind !== Kind.VARIABLE) return readAll;
    names.push([name.value, value.name.value]);
  }
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const [argument, variable] of names) {
      const value = variables[variable];
      // There may be a default, or none may be allowed.
      if (value === undefined || value === null) return readAll(variables);
      values[argument] = value;
    }
    return values;
  };
}

function holdsVariable(argument: ArgumentNode): boolean {
  let holds = false;
  visit(argument, { Variable: () => void (holds = true) });
  return holds;
}

function fixedArguments(readAll: ReadArguments): ReadArguments {
  try {
    const values = readAll({});
    return () => values;
  } catch {
    // Thrown again where the field is executed, and told as its error.
    return readAll;
  }
}
