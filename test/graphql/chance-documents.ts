// Writes documents with everything that decides which fields are executed: fragments, aliases that merge, conditions.
// `compiled-operations.test.ts` executes those that prove valid. The same words give the same document.

import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";
import { randomFrom } from "../soak/random.ts";

export interface ChanceDocument {
  readonly text: string;
  readonly variables: Record<string, unknown>;
}

/** Conditions and arguments; each is declared in every document. */
const declarations = `($yes: Boolean!, $maybe: Boolean = true, $text: String, $need: String! = "n", $wide: Wide, $wideNeeded: Wide!, $choice: Choice, $colour: Colour = BLUE, $list: [Int], $inner: Inner)`;
const written: Readonly<Record<string, readonly string[]>> = {
  wide: [
    `$wide`,
    `{id: "a"}`,
    `{id: 7, flag: null, inner: {need: 1, deep: [[null, {need: 2}]]}, any: {a: [$text]}}`,
  ],
  wideNeeded: [`$wideNeeded`, `{id: "b", choices: [{number: 1}, {text: "t"}], name: $text}`],
  choice: [`$choice`, `{text: $need}`, `null`],
  list: [`$list`, `[1, null, 2]`, `3`],
  text: [`$text`, `$need`, `"literal"`],
  inner: [`$inner`, `{need: 0.5}`],
  of: [`$colour`, `RED`],
  first: [`1`, `null`],
};
const values: Readonly<Record<string, readonly unknown[]>> = {
  yes: [true, false],
  maybe: [true, false, null, undefined],
  text: ["given", undefined, null, 7],
  need: ["needed", undefined, undefined],
  wide: [
    undefined,
    null,
    { id: "w", inner: { need: 1, list: 4 } },
    { id: 1, unknown: 2 },
    { id: "w", flag: 1 },
  ],
  wideNeeded: [
    { id: "x" },
    { id: 3, choice: { text: "t" } },
    { id: "y", choices: { number: 5 }, any: { __proto__: 1 } },
  ],
  choice: [undefined, { text: "c" }, { inner: { need: 2 } }, { text: null }, { text: "a", number: 1 }],
  colour: [undefined, "GREEN", null, "green"],
  list: [undefined, [1, 2], 5, [null], "no", null],
  inner: [undefined, { need: 3, deep: [[], null] }, { need: "x" }, null],
};

export function chanceDocument(schema: GraphQLSchema, seed: number): ChanceDocument {
  const { chance, pick, below } = randomFrom("document", seed);
  const fragments: string[] = [];
  const root = chance(0.3) ? schema.getMutationType() : schema.getQueryType();

  function selection(type: GraphQLNamedType, depth: number): string {
    const parts = Array.from({ length: 1 + below(4) }, () => part(type, depth));
    return `{ ${parts.join(" ")} }`;
  }

  function part(type: GraphQLNamedType, depth: number): string {
    const dice = below(10);
    if (dice === 0) return `${chance(0.3) ? "kind: " : ""}__typename${condition()}`;
    if (dice < 3 || !("getFields" in type)) return fragment(type, depth);
    const fields = Object.values(type.getFields()) as GraphQLField<unknown, unknown>[];
    const fitting = fields.filter((one) => depth < 5 || isLeaf(getNamedType(one.type)));
    return fitting.length === 0 ? "__typename" : field(pick(fitting), depth);
  }

  function field({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
    const given = args
      .filter((one) => chance(0.4) || (isNonNullType(one.type) && one.defaultValue === undefined))
      .map(
        (one) =>
          `${one.name}: ${pick(written[String(one.type) === "Wide!" ? "wideNeeded" : one.name] ?? ["null"])}`,
      );
    const alias = chance(0.2) ? `a${below(3)}: ` : "";
    const inner = getNamedType(type);
    const head = `${alias}${name}${given.length > 0 ? `(${given.join(", ")})` : ""}${condition()}`;
    return isLeaf(inner) ? head : `${head} ${selection(inner, depth + 1)}`;
  }

  function fragment(type: GraphQLNamedType, depth: number): string {
    const members = isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type];
    const interfaces = isObjectType(type) ? type.getInterfaces() : [];
    const on = pick([...members, ...interfaces]);
    if (chance(0.3) && on === type) return `...${condition()} ${selection(on, depth + 1)}`;
    if (chance(0.6)) return `... on ${on.name}${condition()} ${selection(on, depth + 1)}`;
    const name = `F${fragments.length}`;
    fragments.push("");
    fragments[Number(name.slice(1))] = `fragment ${name} on ${on.name} ${selection(on, depth + 1)}`;
    return `...${name}${condition()} ${chance(0.3) ? `...${name}` : ""}`;
  }

  function condition(): string {
    if (!chance(0.15)) return "";
    return ` @${pick(["skip", "include"])}(if: ${pick(["$yes", "$maybe", "true", "false"])})`;
  }

  if (!root) throw new Error("The schema has no such root.");
  const body = selection(root, 0);
  const variables = Object.fromEntries(
    Object.entries(values)
      .map(([name, choices]) => [name, choices[chance(0.9) ? 0 : below(choices.length)]])
      .filter(([, value]) => value !== undefined),
  ) as Record<string, unknown>;
  return {
    text: `${root.name.toLowerCase()} Chance${declarations} ${body} ${fragments.join(" ")}`,
    variables,
  };
}

const isLeaf = (type: GraphQLNamedType): boolean => isScalarType(type) || isEnumType(type);
