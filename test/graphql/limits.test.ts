// What a document may ask for: everything up to the limit, nothing beyond it, fragments counted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { getIntrospectionQuery } from "graphql";
import { createDocuments } from "../../src/graphql/documents.ts";
import { limits, nestsWithin } from "../../src/graphql/limits.ts";
import { schema } from "../../src/graphql/schema.ts";
import { threadMilliseconds } from "../kit/thread-time.ts";

const documents = createDocuments(schema);

function refusal(query: string): string {
  const checked = documents(query);
  return checked.ok ? "" : checked.errors.map(({ message }) => message).join(" ");
}

const paid = (
  count: number,
  field = (index: number) => `a${index}: complete(input: $i) { __typename }`,
): string =>
  `mutation ($i: CompletionInput!) { ${Array.from({ length: count }, (_, index) => field(index)).join(" ")} }`;

test("ten paid fields are taken and eleven are not", () => {
  assert.equal(refusal(paid(10)), "");
  assert.match(refusal(paid(11)), /more than 10 fields that call a provider/);
});

test("paid fields are counted through fragments", () => {
  const six = Array.from({ length: 6 }, (_, index) => `a${index}: complete(input: $i) { __typename }`).join(
    " ",
  );
  const query = `mutation ($i: CompletionInput!) { ...A ... on Mutation { ...A } } fragment A on Mutation { ${six} }`;
  assert.match(refusal(query), /more than 10 fields that call a provider/);
});

test("fragments that spread one another many times over are refused quickly", () => {
  const levels = 40;
  const fragments = Array.from({ length: levels }, (_, level) =>
    level === levels - 1
      ? `fragment F${level} on Query { x: providers { id } }`
      : `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`,
  );
  const before = threadMilliseconds();
  assert.match(refusal(`{ ...F0 } ${fragments.join(" ")}`), /aliases/);
  assert.ok(threadMilliseconds() - before < 200);
});

test("a fragment that spreads itself is refused as such", () => {
  assert.match(refusal("{ ...F } fragment F on Query { providers { id } ...F }"), /Cannot spread fragment/);
});

test("30 aliases are taken and 31 are not", () => {
  const aliased = (count: number): string =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(" ")} }`;
  assert.equal(refusal(aliased(30)), "");
  assert.match(refusal(aliased(31)), /more than 30 aliases/);
});

test("12 levels are taken and 13 are not; introspection may go to 16", () => {
  const deep = (levels: number): string => {
    const names = ["provider", "deployments"];
    let query = "id";
    for (let level = levels - 2; level > 0; level--) query = `${names[level % 2 === 1 ? 0 : 1]} { ${query} }`;
    return `query { model(id: "m") { deployments { ${query} } } }`;
  };
  assert.doesNotMatch(refusal(deep(limits.depth - 1)), /levels deep/);
  assert.match(refusal(deep(limits.depth)), /more than 12 levels deep/);
  assert.equal(refusal(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true })), "");
});

test("1,000 tokens are the most", () => {
  assert.match(refusal(`{ ${"__typename ".repeat(1_001)} }`), /1000 tokens/);
});

test("an answer of millions of fields is refused before it is made", () => {
  const around =
    "deployments { model { deployments { model { deployments { model { deployments { id } } } } } } }";
  assert.match(refusal(`{ models(first: 500) { nodes { ${around} } } }`), /fields in the answer/);
  assert.match(
    refusal(`query ($n: Int) { models(first: $n) { nodes { ${around} } } }`),
    /fields in the answer/,
  );
  assert.equal(refusal(`{ models(first: 5) { nodes { ${around} } } }`), "");
  assert.equal(
    refusal(
      "{ models(first: 500) { nodes { id deployments { id price { version } guarantees { name held } } } } }",
    ),
    "",
  );
});

test("the field of a subscription is there whatever variables say", () => {
  const field = 'completion(input: { model: "m", messages: [] })';
  assert.equal(refusal(`subscription { ${field} { seq } }`), "");
  assert.equal(refusal(`subscription { ${field} { seq @skip(if: true) } }`), "");
  for (const root of [
    `${field} @skip(if: true) { seq }`,
    `... @include(if: false) { ${field} { seq } }`,
    "...F @skip(if: true)",
  ]) {
    const fragment = root.includes("...F") ? `fragment F on Subscription { ${field} { seq } }` : "";
    assert.match(refusal(`subscription { ${root} } ${fragment}`), /takes no @skip and no @include/);
  }
  assert.match(
    refusal("subscription { ...F } fragment F on Subscription { ...F @skip(if: true) }"),
    /Cannot spread fragment/,
  );
});

test("literals lie at most 32 levels within each other", () => {
  const nested = (levels: number): string => `${"[".repeat(levels)}1${"]".repeat(levels)}`;
  const query = (levels: number): string =>
    `mutation { complete(input: { model: "m", messages: [], tools: [{ name: "t", parameters: ${nested(levels)} }] }) { __typename } }`;
  assert.equal(refusal(query(29)), "");
  assert.match(refusal(query(30)), /more than 32 literals/);
});

test("variables are measured without recursion", () => {
  let deep: unknown = 1;
  for (let level = 0; level < 200_000; level++) deep = [deep];
  assert.equal(nestsWithin(deep, 32), false);
  assert.equal(nestsWithin({ a: [{ b: 1 }] }, 32), true);
});

test("documents are remembered by their text, long ones are not", () => {
  const short = "{ caller { key } }";
  assert.equal(documents(short), documents(short));
  const long = `{ caller { key } } # ${"x".repeat(10_000)}`;
  assert.notEqual(documents(long), documents(long));
});
