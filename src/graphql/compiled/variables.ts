// Turns the values of variables into what their types say, by readers made once for each type.
// `operation.ts` uses it. Readers only ever say yes: what they cannot take is graphql-js's to judge, and to name the fault.

import {
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLError,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from "graphql";

export type Values = Readonly<Record<string, unknown>>;
export type Variables = { readonly values: Values } | { readonly errors: readonly GraphQLError[] };

const mostErrors = 50;
/** Not a value of any type. */
const unfit = Symbol("unfit");
type Reader = (value: unknown) => unknown;

/** The same answers as graphql-js gives. */
export function readVariables(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): (given: Values) => Variables {
  const variables = definitions.map((definition) => variableOf(schema, definition));
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const { name, read, otherwise, required } of variables) {
      if (!Object.hasOwn(given, name)) {
        if (required) return judged(given);
        if (otherwise !== undefined) values[name] = otherwise;
        continue;
      }
      const value = read(given[name]);
      if (value === unfit) return judged(given);
      values[name] = value;
    }
    return { values };
  };

  function judged(given: Values): Variables {
    const options = { maxErrors: mostErrors, hideSuggestions: true };
    const { coerced, errors } = getVariableValues(schema, definitions, given, options);
    return coerced ? { values: coerced } : { errors: errors ?? [] };
  }
}

interface Variable {
  readonly name: string;
  readonly read: Reader;
  /** Its default; undefined where it has none. */
  readonly otherwise: unknown;
  readonly required: boolean;
}

function variableOf(
  schema: GraphQLSchema,
  { variable, type: node, defaultValue }: VariableDefinitionNode,
): Variable {
  const type = typeFromAST(schema, node);
  const name = variable.name.value;
  // No valid document says so; graphql-js refuses it at each run.
  if (!isInputType(type)) return { name, read: () => unfit, otherwise: undefined, required: true };
  const otherwise = defaultValue && valueFromAST(defaultValue, type);
  return {
    name,
    read: readerOf(type),
    otherwise,
    required: defaultValue === undefined && isNonNullType(type),
  };
}

/** Types live as long as their schema. */
const readers = new WeakMap<GraphQLInputType, Reader>();

function readerOf(type: GraphQLInputType): Reader {
  let reader = readers.get(type);
  if (!reader) readers.set(type, (reader = makeReader(type)));
  return reader;
}

function makeReader(type: GraphQLInputType): Reader {
  if (isNonNullType(type)) {
    const inner = readerOf(type.ofType);
    return (value) => (value === null || value === undefined ? unfit : inner(value));
  }
  if (isListType(type)) return listReader(type.ofType);
  return isInputObjectType(type) ? objectReader(type) : leafReader(type);
}

function listReader(type: GraphQLInputType): Reader {
  const item = readerOf(type);
  return (value) => {
    if (value === null || value === undefined) return null;
    // Lists take a value alone as a list of one.
    if (!Array.isArray(value)) return typeof value === "object" ? unfit : listOfOne(item(value));
    const items: unknown[] = [];
    for (const one of value) {
      const read = item(one);
      if (read === unfit) return unfit;
      items.push(read);
    }
    return items;
  };
}

const listOfOne = (item: unknown): unknown => (item === unfit ? unfit : [item]);

function objectReader(type: GraphQLInputObjectType): Reader {
  // Made when it is first used: input types may hold themselves.
  let fields: InputFields | undefined;
  const { isOneOf } = type;
  return (value) => {
    if (value === null || value === undefined) return null;
    if (typeof value !== "object" || Array.isArray(value)) return unfit;
    const { byName, expected } = (fields ??= fieldsOf(type));
    const values: Record<string, unknown> = {};
    let count = 0;
    // Of dozens of fields a few are given.
    for (const name in value) {
      const field = byName.get(name);
      const one = (value as Values)[name];
      // What is there and undefined can only come from code of ours; graphql-js takes it for absent.
      const inner = field && one !== undefined ? field.read(one) : unfit;
      if (inner === unfit || (isOneOf && inner === null)) return unfit;
      values[name] = inner;
      count += 1;
    }
    if (isOneOf && count !== 1) return unfit;
    for (const { name, otherwise } of expected) {
      if (values[name] !== undefined) continue;
      if (otherwise === undefined) return unfit;
      values[name] = otherwise;
    }
    return values;
  };
}

interface InputFields {
  readonly byName: ReadonlyMap<string, Variable>;
  /** Those with a default, and those that must be given. */
  readonly expected: readonly Variable[];
}

function fieldsOf(type: GraphQLInputObjectType): InputFields {
  const fields = Object.values(type.getFields()).map(({ name, type: inner, defaultValue }): Variable => ({
    name,
    read: readerOf(inner),
    otherwise: defaultValue,
    required: isNonNullType(inner) && defaultValue === undefined,
  }));
  return {
    byName: new Map(fields.map((field) => [field.name, field])),
    expected: fields.filter(({ otherwise, required }) => required || otherwise !== undefined),
  };
}

function leafReader(type: GraphQLLeafType): Reader {
  return (value) => {
    if (value === null || value === undefined) return null;
    try {
      const parsed: unknown = type.parseValue(value);
      return parsed === undefined ? unfit : parsed;
    } catch {
      return unfit;
    }
  };
}
