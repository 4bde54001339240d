// Executes fields and completes their values, by plans made once for each type and selection.
// `operation.ts` begins with the root. https://spec.graphql.org/October2021/#sec-Executing-Selection-Sets

import {
  defaultTypeResolver,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
} from "graphql";
import { collectFields, type CollectedFields, type Outline } from "./fields.ts";
import { definitionOf, planField, type Complete, type FieldPlan, type Selection } from "./field-plan.ts";
import { isPromise, located, type Path, type Run } from "./run.ts";

type Fields = Record<string, unknown>;

export function planSelection(
  outline: Outline,
  type: GraphQLObjectType,
  collected: CollectedFields,
): Selection {
  const fields: FieldPlan[] = [];
  for (const [name, nodes] of collected) {
    const definition = definitionOf(outline, type, nodes);
    if (!definition) continue;
    const complete = completing(outline, definition.type, nodes);
    fields.push(planField(outline, definition, name, nodes, complete));
  }
  return { type, fields };
}

export function executeFields(
  run: Run,
  { type, fields }: Selection,
  source: unknown,
  path?: Path,
): Fields | Promise<Fields> {
  const results: Fields = {};
  let pending = false;
  try {
    for (const field of fields) {
      const result = executeField(run, type, field, source, path);
      results[field.name] = result;
      if (isPromise(result)) pending = true;
    }
  } catch (error) {
    if (!pending) throw error;
    // What the others promised may fail too, and must be heard.
    return settle(results).finally(() => {
      throw error;
    });
  }
  return pending ? settle(results) : results;
}

/** One after the other, as the root of a mutation has it. */
export function executeSerially(
  run: Run,
  selection: Selection,
  results: Fields = {},
  from = 0,
): Fields | Promise<Fields> {
  const { type, fields } = selection;
  for (let at = from; at < fields.length; at++) {
    const field = fields[at] as FieldPlan;
    const result = executeField(run, type, field, run.root, undefined);
    if (isPromise(result)) {
      return result.then((value) => {
        results[field.name] = value;
        return executeSerially(run, selection, results, at + 1);
      });
    }
    results[field.name] = result;
  }
  return results;
}

async function settle(results: Fields): Promise<Fields> {
  const names = Object.keys(results);
  const values = await Promise.all(Object.values(results));
  names.forEach((name, at) => (results[name] = values[at]));
  return results;
}

function executeField(
  run: Run,
  parentType: GraphQLObjectType,
  field: FieldPlan,
  source: unknown,
  prev: Path | undefined,
): unknown {
  const { definition, nodes, outline } = field;
  const path: Path = { prev, key: field.name, typename: parentType.name };
  const info = {
    fieldName: definition.name,
    fieldNodes: nodes,
    returnType: definition.type,
    parentType,
    path,
    schema: outline.schema,
    fragments: outline.fragments,
    rootValue: run.root,
    operation: outline.operation,
    variableValues: run.variables,
    // Packages of The Guild declare members that graphql-js 17 adds.
  } as unknown as GraphQLResolveInfo;
  try {
    const result: unknown = field.resolve(source, field.readArguments(run.variables), run.context, info);
    const completed = isPromise(result)
      ? result.then((value) => field.complete(run, info, path, value))
      : field.complete(run, info, path, result);
    if (!isPromise(completed)) return completed;
    return completed.then(undefined, (error: unknown) => fail(run, error, field.nullable, nodes, path));
  } catch (error) {
    return fail(run, error, field.nullable, nodes, path);
  }
}

/** Null where that may be; else it is for the place around it to be null. */
function fail(run: Run, error: unknown, nullable: boolean, nodes: readonly FieldNode[], path: Path): null {
  const told = located(error, nodes, path);
  if (!nullable) throw told;
  run.errors.add(told, path);
  return null;
}

function completing(outline: Outline, type: GraphQLOutputType, nodes: readonly FieldNode[]): Complete {
  if (isNonNullType(type)) return present(completing(outline, type.ofType, nodes));
  if (isListType(type)) return orNull(completeList(outline, type.ofType, nodes));
  if (isAbstractType(type)) return orNull(completeAbstract(outline, type, nodes));
  return orNull(isObjectType(type) ? completeObject(outline, type, nodes) : completeLeaf(type));
}

const present =
  (inner: Complete): Complete =>
  (run, info, path, value) => {
    const completed = inner(run, info, path, value);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
  };

const orNull =
  (inner: Complete): Complete =>
  (run, info, path, value) => {
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw value;
    return inner(run, info, path, value);
  };

const completeLeaf =
  (type: GraphQLLeafType): Complete =>
  (_run, _info, _path, value) => {
    const serialized: unknown = type.serialize(value);
    if (serialized !== null && serialized !== undefined) return serialized;
    throw new Error(`${type.name} made nothing of a value that is not null.`);
  };

function completeList(outline: Outline, itemType: GraphQLOutputType, nodes: readonly FieldNode[]): Complete {
  const complete = completing(outline, itemType, nodes);
  const nullable = !isNonNullType(itemType);

  function completeItem(run: Run, info: GraphQLResolveInfo, path: Path, item: unknown): unknown {
    try {
      const completed = isPromise(item)
        ? item.then((value) => complete(run, info, path, value))
        : complete(run, info, path, item);
      if (!isPromise(completed)) return completed;
      return completed.then(undefined, (error: unknown) => fail(run, error, nullable, nodes, path));
    } catch (error) {
      return fail(run, error, nullable, nodes, path);
    }
  }

  return (run, info, path, value) => {
    if (typeof value !== "object" || value === null || !(Symbol.iterator in value)) {
      throw new Error(
        `Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`,
      );
    }
    const items: unknown[] = [];
    let pending = false;
    try {
      for (const item of value as Iterable<unknown>) {
        const itemPath: Path = { prev: path, key: items.length, typename: undefined };
        const completed = completeItem(run, info, itemPath, item);
        if (isPromise(completed)) pending = true;
        items.push(completed);
      }
    } catch (error) {
      if (pending) void Promise.allSettled(items);
      throw error;
    }
    return pending ? Promise.all(items) : items;
  };
}

function completeObject(outline: Outline, type: GraphQLObjectType, nodes: readonly FieldNode[]): Complete {
  let selection: Selection | undefined;
  const execute: Complete = (run, _info, path, value) => {
    selection ??= planSelection(
      outline,
      type,
      collectFields(
        outline,
        type,
        nodes.map((node) => node.selectionSet),
      ),
    );
    return executeFields(run, selection, value, path);
  };
  return (run, info, path, value) => {
    if (!type.isTypeOf) return execute(run, info, path, value);
    const check = (is: boolean): unknown => {
      if (is) return execute(run, info, path, value);
      throw new Error(`A value of ${info.parentType.name}.${info.fieldName} is no ${type.name}.`);
    };
    const is = type.isTypeOf(value, run.context, info);
    return isPromise(is) ? is.then(check) : check(is);
  };
}

function completeAbstract(
  outline: Outline,
  type: GraphQLAbstractType,
  nodes: readonly FieldNode[],
): Complete {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const members = new Map<unknown, Complete>();

  function memberOf(name: unknown): Complete {
    let complete = members.get(name);
    if (complete) return complete;
    const member = typeof name === "string" ? outline.schema.getType(name) : undefined;
    if (!isObjectType(member) || !outline.schema.isSubType(type, member)) {
      throw new Error(`A value of ${type.name} is of none of its types.`);
    }
    members.set(name, (complete = completeObject(outline, member, nodes)));
    return complete;
  }

  return (run, info, path, value) => {
    const name: unknown = resolveType(value, run.context, info, type);
    return isPromise(name)
      ? name.then((known) => memberOf(known)(run, info, path, value))
      : memberOf(name)(run, info, path, value);
  };
}
