// Writes GraphQL operations from a printed schema, valid ones and ones that are nearly so, with variables to match.
// The same lottery writes the same operations. `test/scenarios/random-operations.test.ts` sends them.

import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isUnionType,
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
} from "graphql";
import type { Lottery } from "../../src/policy/self-check.ts";

export interface RandomOperation {
  readonly kind: "query" | "mutation" | "subscription";
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

/** By scalar; some of each are wrong. */
const scalarValues: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, 1, 2, 3, 5, -1, 2_147_483_647, 1.5, "1"],
  Float: [0, 0.5, 1, -2, 1e300, "a"],
  Boolean: [true, false, "true"],
  String: [
    "",
    "a",
    "Tell me.",
    "jane@example.com",
    "demo/echo",
    "auto",
    "zürich 🙂",
    "\u0000",
    "__proto__",
    7,
    "x".repeat(5_000),
  ],
  ID: ["a", "demo/echo", "key:a", "req_1", "", 7, "__proto__", "\u0000", "y".repeat(5_000)],
  Decimal: ["0.01", "1", "-1", "abc", 0.5, "99999999999999999999"],
  DateTime: ["2026-11-20T08:30:00Z", "2027-01-01T00:00:00+02:00", "yesterday", 7],
  Sensitivity: ["public", "internal", "confidential+pii", "restricted+secret+phi", "nonsense", ""],
  JSON: [{}, { a: [1, { b: null }] }, [], "a", 7, null, { __proto__: null, type: "object" }],
};
/** Where a name says what is meant, so that many requests get further than their first check. */
const namedValues: Readonly<Record<string, readonly unknown[]>> = {
  model: ["demo/echo", "demo/tools", "demo/unsafe", "demo/embedding", "auto", "nothing/here", ""],
  n: [1, 1, 1, 2, 0],
  maxOutputTokens: [1, 10, 100, 0, -1],
  first: [1, 5, 20, 0, -1, 501],
};
const mostDepth = 5;

export function randomOperations(sdl: string, random: Lottery): () => RandomOperation {
  const schema = buildSchema(sdl, { assumeValidSDL: true, assumeValid: true });
  const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
  const chance = (of: number): boolean => random(of) === 0;
  let variables: Record<string, unknown>;
  let declared: string[];

  function operation(): RandomOperation {
    variables = {};
    declared = [];
    const kind = pick(["query", "query", "mutation", "mutation", "subscription"] as const);
    const root = {
      query: schema.getQueryType,
      mutation: schema.getMutationType,
      subscription: schema.getSubscriptionType,
    }[kind].call(schema);
    if (!root) throw new Error(`no ${kind} in the schema`);
    const body = selection(root, 0, kind === "subscription" ? 1 : 1 + random(2));
    const head = declared.length > 0 ? `(${declared.join(", ")})` : "";
    const text = `${kind} Random${head} ${body}`;
    return { kind, query: chance(6) ? spoilt(text) : text, variables };
  }

  function selection(type: GraphQLNamedType, depth: number, most = 1 + random(4)): string {
    if (isUnionType(type) || (isInterfaceType(type) && chance(2))) {
      const members = schema.getPossibleTypes(type).filter(() => !chance(2));
      return `{ __typename ${members.map((one) => `... on ${one.name} ${selection(one, depth + 1)}`).join(" ")} }`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return "";
    const fitting = Object.values(type.getFields()).filter(
      (field) =>
        depth < mostDepth || isScalarType(getNamedType(field.type)) || isEnumType(getNamedType(field.type)),
    );
    if (fitting.length === 0) return "{ __typename }";
    return `{ ${Array.from({ length: most }, (_, index) => fieldOf(pick(fitting), depth, index)).join(" ")} }`;
  }

  function fieldOf(field: GraphQLField<unknown, unknown>, depth: number, index: number): string {
    const given = field.args
      .filter((one) => isRequired(one) || chance(3))
      .map((one) => `${one.name}: ${argument(one)}`);
    const directive = chance(12) ? ` @${pick(["skip", "include"])}(if: ${pick(["true", "false"])})` : "";
    const named = getNamedType(field.type);
    const inner = selection(named, depth + 1);
    return `f${depth}${index}${random(1_000)}: ${field.name}${given.length > 0 ? `(${given.join(", ")})` : ""}${directive} ${inner}`;
  }

  function argument({ name, type }: GraphQLArgument): string {
    const variable = `v${declared.length}`;
    declared.push(`$${variable}: ${String(type)}`);
    const value = valueOf(type, name, 0);
    if (!chance(20)) variables[variable] = chance(25) ? pick([null, "wrong", 7, [], {}]) : value;
    return `$${variable}`;
  }

  function valueOf(type: GraphQLInputType, name: string, depth: number): unknown {
    if (!isNonNullType(type) && chance(15)) return null;
    const bare = getNullableType(type);
    if (isListType(bare))
      return Array.from({ length: random(3) + (depth < 2 ? 1 : 0) }, () =>
        valueOf(bare.ofType, name, depth + 1),
      );
    if (isEnumType(bare)) return chance(20) ? "NOT_ONE" : pick(bare.getValues()).name;
    if (!isInputObjectType(bare))
      return pick((!chance(6) && namedValues[name]) || (scalarValues[String(bare)] ?? ["a"]));
    const fields = Object.values(bare.getFields());
    if (bare.isOneOf) {
      const chosen = chance(15) ? [pick(fields), pick(fields)] : [pick(fields)];
      return Object.fromEntries(
        chosen.map((one) => [one.name, valueOf(getNullableType(one.type), one.name, depth + 1)]),
      );
    }
    const given = fields.filter((one) => isRequired(one) || (depth < 4 && chance(6)));
    return Object.fromEntries(given.map((one) => [one.name, valueOf(one.type, one.name, depth + 1)]));
  }

  const isRequired = (one: { type: GraphQLInputType; defaultValue?: unknown }): boolean =>
    isNonNullType(one.type) && one.defaultValue === undefined;

  /** One character, word or bracket away from valid. */
  function spoilt(text: string): string {
    const at = random(text.length);
    const words = [
      "{",
      "}",
      "(",
      ")",
      "$v0",
      "...",
      "@skip",
      "null",
      '"',
      '"""',
      "\uFEFF",
      "fragment",
      "#",
      "__typename",
      "\\",
    ];
    return pick([
      text.slice(0, at) + text.slice(at + 1),
      text.slice(0, at) + pick(words) + text.slice(at),
      text.slice(0, at),
      `${text} ${text}`,
      text.replace(/\w+:/, `${pick(words)}:`),
    ]);
  }

  return operation;
}
