// The printed schema: in step with the code, whole against the contract, and composable.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import {
  buildASTSchema,
  concatAST,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  parse,
  type GraphQLNamedType,
  type GraphQLSchema,
} from "graphql";
import { printedFiles } from "../../src/graphql/print.ts";
import { schema } from "../../src/graphql/schema.ts";
import { printServiceSdl } from "../../src/graphql/sdl.ts";

const folder = new URL("../../schema/", import.meta.url);

test("every printed file is as the code says", async () => {
  for (const [name, content] of await printedFiles()) {
    assert.equal(readFileSync(new URL(name, folder), "utf8"), content, `schema/${name}: run npm run schema`);
  }
});

test("every type, field, argument and value is described", () => {
  const silent: string[] = [];
  const look = (place: string, description: string | null | undefined): void => {
    if (!description) silent.push(place);
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    if (!["String", "Int", "Float", "Boolean", "ID"].includes(type.name)) look(type.name, type.description);
    if (isEnumType(type))
      for (const one of type.getValues()) look(`${type.name}.${one.name}`, one.description);
    if (isInputObjectType(type) || isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field.description);
        if ("args" in field) {
          for (const one of field.args) look(`${type.name}.${field.name}(${one.name})`, one.description);
        }
      }
    }
  }
  assert.deepEqual(silent, []);
});

test("the subgraph's SDL leaves out what composition does not know", () => {
  const sdl = printServiceSdl(schema);
  assert.doesNotMatch(sdl, /@oneOf|_entities|_service:|_Any/);
  assert.match(sdl, /type Model @key\(fields: "id"\)/);
  assert.match(sdl, /type PageInfo @shareable/);
  assert.match(sdl, /createKey\([^}]*@inaccessible @tag\(name: "admin"\)/);
});

const contractFile = new URL("../../../shared/core.graphql", import.meta.url);
const directiveDefinitions = parse(`
  directive @key(fields: String!) on OBJECT
  directive @shareable on OBJECT
  directive @inaccessible on OBJECT | FIELD_DEFINITION | INPUT_OBJECT | UNION
  directive @tag(name: String!) on FIELD_DEFINITION
  directive @cost(weight: Int!) on FIELD_DEFINITION
  directive @listSize(slicingArguments: [String!], sizedFields: [String!]) on FIELD_DEFINITION
  directive @link(url: String!, import: [String!]) on SCHEMA
  schema { query: Query mutation: Mutation subscription: Subscription }
`);

test(
  "every name and every nullability of the contract is kept",
  { skip: !existsSync(contractFile) && "core.graphql is not beside this repository" },
  () => {
    const contract = buildASTSchema(
      concatAST([directiveDefinitions, parse(readFileSync(contractFile, "utf8"))]),
      { assumeValid: true },
    );
    assert.deepEqual(departures(contract, schema), []);
  },
);

/** What the contract has and the schema lacks, or has otherwise. */
function departures(contract: GraphQLSchema, built: GraphQLSchema): string[] {
  return Object.values(contract.getTypeMap())
    .filter(({ name }) => !name.startsWith("__"))
    .flatMap((wanted) => typeDepartures(wanted, built.getType(wanted.name)));
}

function typeDepartures(wanted: GraphQLNamedType, got: GraphQLNamedType | undefined): string[] {
  if (!got) return [`${wanted.name} is missing`];
  if (isUnionType(wanted) && isUnionType(got)) {
    return same(wanted.name, wanted.getTypes().map(String).sort(), got.getTypes().map(String).sort());
  }
  if (isEnumType(wanted) && isEnumType(got)) {
    const names = (type: typeof wanted): string[] =>
      type
        .getValues()
        .map(({ name }) => name)
        .sort();
    return same(wanted.name, names(wanted), names(got));
  }
  if (isInputObjectType(wanted) && isInputObjectType(got)) {
    return [
      ...same(`${wanted.name} oneOf`, wanted.isOneOf, got.isOneOf),
      ...Object.values(wanted.getFields()).flatMap((field) => {
        const found = got.getFields()[field.name];
        const shape = [String(field.type), field.defaultValue ?? null];
        const place = `${wanted.name}.${field.name}`;
        return same(place, shape, [String(found?.type), inside(found?.defaultValue, field.defaultValue)]);
      }),
    ];
  }
  if ((isObjectType(wanted) || isInterfaceType(wanted)) && (isObjectType(got) || isInterfaceType(got))) {
    return [
      ...same(
        `${wanted.name} implements`,
        wanted.getInterfaces().map(String),
        got.getInterfaces().map(String),
      ),
      ...Object.values(wanted.getFields()).flatMap((field) => {
        const found = got.getFields()[field.name];
        const place = `${wanted.name}.${field.name}`;
        return [
          ...same(place, String(field.type), String(found?.type)),
          ...field.args.flatMap((one) => {
            const other = found?.args.find(({ name }) => name === one.name);
            return same(
              `${place}(${one.name})`,
              [String(one.type), one.defaultValue ?? null],
              [String(other?.type), inside(other?.defaultValue, one.defaultValue)],
            );
          }),
        ];
      }),
    ];
  }
  return wanted.constructor === got.constructor ? [] : [`${wanted.name} is another kind of type`];
}

/** Enum defaults stand for lower-case words inside. */
const inside = (value: unknown, wanted: unknown): unknown =>
  typeof value === "string" && typeof wanted === "string" ? value.toUpperCase() : (value ?? null);

function same(place: string, wanted: unknown, got: unknown): string[] {
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(got)];
  return left === right ? [] : [`${place}: contract ${left}, here ${right}`];
}
