// GRAPHQL_PREFIX: types and root fields under other names, and a company's own graph that has ours already.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { composeServices } from "@theguild/federation-composition";
import { buildSchema, parse, validate } from "graphql";
import { Failure } from "../../src/core/errors.ts";
import { examples } from "../../src/graphql/examples.ts";
import { prefixedNames } from "../../src/graphql/names.ts";
import { printedWithPrefix } from "../../src/graphql/print.ts";
import { renameDocument, renameSchema } from "../../src/graphql/renamed.ts";
import { schema } from "../../src/graphql/schema.ts";
import { printSchemaSdl, printServiceSdl } from "../../src/graphql/sdl.ts";
import { runGraphqlDoor } from "../kit/graphql-door.ts";
import { saying, scriptGateway } from "../kit/scripted-answers.ts";

const friendly = scriptGateway((asked) => saying(asked, ["Hello."]));
const graphqlPrefix = "Ai";
const names = prefixedNames(schema, graphqlPrefix);
const renamed = renameSchema(schema, names);
const company = readFileSync(new URL("company.graphql", import.meta.url), "utf8");

const compose = (portcullis: string) =>
  composeServices([
    { name: "portcullis", url: "http://a", typeDefs: parse(portcullis) },
    { name: "company", url: "http://b", typeDefs: parse(company) },
  ]);

test("a company with the same names composes only with the prefix", () => {
  assert.equal(compose(printServiceSdl(schema)).supergraphSdl, undefined);
  const composed = compose(printServiceSdl(renamed));
  assert.deepEqual(composed.errors?.map(String), undefined);
  const types = buildSchema(composed.publicSdl ?? "").getTypeMap();
  assert.ok(types["AiProvider"] && types["Provider"] && types["PageInfo"] && types["AiReceipt"]);
  assert.equal(types["AiPageInfo"], undefined);
  assert.equal(types["AiCreateKeyInput"], undefined, "administration is not in the supergraph");
});

test("clients get the SDL, the possible types and the examples under served names", () => {
  const files = printedWithPrefix(graphqlPrefix);
  const possible = JSON.parse(files.get("possible-types.json") ?? "") as Record<string, string[]>;
  assert.ok(possible["AiCompleteResult"]?.includes("AiPolicyDenied"));
  assert.match(files.get("operations/complete.graphql") ?? "", /aiComplete\(input: \$input\)/);
});

test("no name of ours is left without the prefix but those that graphs share", () => {
  const kept = Object.keys(renamed.getTypeMap()).filter((name) => !/^(Ai|_)/.test(name));
  const shared = ["PageInfo", "DateTime", "JSON", "Query", "Mutation", "Subscription"];
  const standard = ["ID", "String", "Int", "Float", "Boolean"];
  assert.deepEqual(kept.sort(), [...shared, ...standard].sort());
  const fields = Object.keys(renamed.getQueryType()?.getFields() ?? {});
  assert.ok(fields.every((name) => /^(ai[A-Z]|_)/.test(name)));
  assert.match(printSchemaSdl(renamed), /input AiMessageInput @oneOf/);
});

test("every example holds under served names, its comments kept", () => {
  for (const { query, name } of examples) {
    const document = renameDocument(query, names);
    assert.deepEqual(validate(renamed, parse(document)), [], name);
    assert.equal(document.split("\n")[0], query.split("\n")[0]);
  }
});

const complete = `mutation ($input: AiCompletionInput!) { aiComplete(input: $input) {
  __typename ... on AiCompletion { text receipt { __typename } } ... on AiFailure { code fix }
} }`;
const input = { model: "demo/echo", messages: [{ user: { text: "Say hello." } }] };

test("answers, failures and one-of inputs keep their meaning under served names", async (context) => {
  const door = await runGraphqlDoor(context, friendly, { graphqlPrefix });
  const good = await door.ask(complete, { input });
  assert.deepEqual(good.data, {
    aiComplete: { __typename: "AiCompletion", text: "Hello.", receipt: { __typename: "AiReceipt" } },
  });
  const two = { ...input, messages: [{ user: { text: "a" }, system: { text: "b" } }] };
  assert.match((await door.ask(complete, { input: two })).errors?.[0]?.message ?? "", /[Oo]ne/);
  const eleven = Array.from({ length: 11 }, (_, n) => `a${n}: aiComplete(input: $input) { __typename }`);
  const many = await door.ask(`mutation ($input: AiCompletionInput!) { ${eleven.join(" ")} }`, { input });
  assert.match(many.errors?.[0]?.message ?? "", /more than 10 fields that call a provider/);
  assert.match(
    (await door.ask("{ models { totalCount } }")).errors?.[0]?.message ?? "",
    /Cannot query field "models"/,
  );
});

test("errors speak of served names", async (context) => {
  const stale = scriptGateway(() => {
    throw new Failure("PLAN_STALE");
  });
  const door = await runGraphqlDoor(context, stale, { graphqlPrefix });
  const { data } = await door.ask(complete, { input });
  assert.deepEqual(data, {
    aiComplete: {
      __typename: "AiOtherFailure",
      code: "PLAN_STALE",
      fix: "Ask for a new aiRoutePlan and send its hash.",
    },
  });
});

test("entities are found by served names alone", async (context) => {
  const door = await runGraphqlDoor(context, friendly, { graphqlPrefix });
  const ask = (name: string) =>
    door.ask(
      "query ($of: [_Any!]!) { _entities(representations: $of) { __typename ... on AiModel { id } } }",
      {
        of: [{ __typename: name, id: "demo-echo" }],
      },
    );
  assert.deepEqual((await ask("AiModel")).data, {
    _entities: [{ __typename: "AiModel", id: "demo-echo" }],
  });
  assert.equal((await ask("Model")).errors?.[0]?.extensions.code, "INVALID_REQUEST");
});

test("the subgraph's SDL has served names, and the command line its own", async (context) => {
  const door = await runGraphqlDoor(context, friendly, { graphqlPrefix });
  const { data } = await door.ask("{ _service { sdl } }");
  assert.equal((data as { _service: { sdl: string } })._service.sdl, printServiceSdl(renamed));
  const own = await door.ask("{ caller { key } }", {}, { "x-portcullis-names": "own" });
  assert.deepEqual(own.data, { caller: { key: "key:test" } });
});
