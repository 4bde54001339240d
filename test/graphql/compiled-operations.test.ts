// Operations executed by plans of our own answer what graphql-js's executor answers, also where resolvers fail.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import {
  buildSchema,
  execute,
  getVariableValues,
  Kind,
  NoUnusedVariablesRule,
  parse,
  specifiedRules,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type OperationDefinitionNode,
} from "graphql";
import { compileOperation } from "../../src/graphql/compiled/operation.ts";
import { readVariables } from "../../src/graphql/compiled/variables.ts";
import { lottery } from "../../src/policy/self-check.ts";
import { randomOperations } from "../kit/random-operations.ts";
import { chanceDocument } from "./chance-documents.ts";
import { chanceSchema, type Circumstances } from "./chance-schema.ts";

const schema = chanceSchema();
const rules = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule);

const operationIn = ({ definitions }: DocumentNode): OperationDefinitionNode => {
  const operation = definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION);
  assert(operation);
  return operation;
};

/** What resolvers answered wrongly is told in other words: it is the server's fault, and masked. */
const serverFault =
  /^(?:Abstract type|Runtime Object|A value of|Expected value of|Expected `|\w+ made nothing)/;

const shown = (result: ExecutionResult): unknown =>
  JSON.parse(
    JSON.stringify(result, (key, value: unknown) =>
      key === "message" && typeof value === "string" && serverFault.test(value) ? "fault" : value,
    ),
  );

interface Trial {
  readonly text: string;
  readonly document: DocumentNode;
  readonly variableValues: Record<string, unknown>;
  readonly contextValue: Circumstances;
  readonly got: unknown;
}

/** Twice each: the second run uses what the first one planned. */
async function trialsOf(seed: number): Promise<readonly Trial[]> {
  const { text, variables: variableValues } = chanceDocument(schema, seed);
  const document = parse(text);
  if (validate(schema, document, rules).length > 0) return [];
  const run = compileOperation(schema, document, operationIn(document));
  const contexts: Circumstances[] = [{ seed }, { seed: seed + 1 }];
  return await Promise.all(
    contexts.map(async (contextValue) => {
      const got = shown(await run(variableValues, contextValue));
      return { text, document, variableValues, contextValue, got };
    }),
  );
}

test("plans answer what graphql-js answers: data, errors, their order and their places", async () => {
  const counts = { whole: 0, partial: 0, refused: 0 };
  const trials = (await Promise.all(Array.from({ length: 400 }, (_, seed) => trialsOf(seed)))).flat();
  // Until here a promise that nobody listens to fails the test. graphql-js itself leaves some, in lists that fail.
  await new Promise(setImmediate);
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", () => undefined);
  for (const { text, got, ...asked } of trials) {
    const wanted = await execute({ schema, hideSuggestions: true, ...asked });
    assert.deepEqual(got, shown(wanted), `${text} ${JSON.stringify(asked.variableValues)}`);
    counts[wanted.data === undefined ? "refused" : wanted.errors ? "partial" : "whole"] += 1;
  }
  for (const [kind, count] of Object.entries(counts)) assert.ok(count > 20, `${count} ${kind}`);
});

test("the conditions of a document make plans of their own, also more of them than are kept", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const fields = names.map((name) => `${name}: __typename @include(if: $${name})`);
  const document = parse(
    `query (${names.map((name) => `$${name}: Boolean!`).join(" ")}) { ${fields.join(" ")} }`,
  );
  const run = compileOperation(schema, document, operationIn(document));
  for (let round = 0; round < 2; round++)
    for (let bits = 0; bits < 64; bits++) {
      const variables = Object.fromEntries(names.map((name, at) => [name, (bits >> at) % 2 === 1]));
      const wanted = names.filter((name) => variables[name]);
      assert.deepEqual(Object.keys((await run(variables, {})).data ?? {}), wanted);
    }
});

test("introspection, and names that plain objects cannot have, are answered all the same", async () => {
  for (const text of [
    '{ __schema { queryType { name } } __type(name: "Cat") { fields { name } } }',
    "{ __proto__: __typename cat { __proto__: __typename } }",
    "query ($__proto__: Int = 3) { things(first: $__proto__) { __typename } }",
  ]) {
    const document = parse(text);
    const contextValue: Circumstances = { seed: 5 };
    const got = await compileOperation(schema, document, operationIn(document))({}, contextValue);
    assert.deepEqual(shown(got), shown(await execute({ schema, document, contextValue })), text);
  }
});

test("variables of our own inputs are read as graphql-js reads them, wrong ones too", () => {
  const sdl = readFileSync(new URL("../../schema/portcullis.graphql", import.meta.url), "utf8");
  const own = buildSchema(sdl, { assumeValidSDL: true, assumeValid: true });
  const write = randomOperations(sdl, lottery(20_261_121));
  const counts = { taken: 0, refused: 0 };
  for (let round = 0; round < 1_000; round++) {
    const { query, variables } = write();
    const definitions = definitionsIn(query);
    if (!definitions) continue;
    const wanted = getVariableValues(own, definitions, variables, { maxErrors: 50, hideSuggestions: true });
    const got = readVariables(own, definitions)(variables);
    assert.deepEqual(
      "errors" in got ? messages(got.errors) : got.values,
      wanted.coerced ?? messages(wanted.errors),
    );
    counts[wanted.coerced ? "taken" : "refused"] += 1;
  }
  for (const [kind, count] of Object.entries(counts)) assert.ok(count > 100, `${count} ${kind}`);
});

const messages = (errors: readonly Error[] = []): readonly string[] => errors.map(({ message }) => message);

function definitionsIn(query: string): OperationDefinitionNode["variableDefinitions"] {
  try {
    return operationIn(parse(query)).variableDefinitions;
  } catch {
    return undefined;
  }
}
