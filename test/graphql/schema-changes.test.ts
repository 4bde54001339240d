// What the last release promised is kept, or taken back knowingly: `npm run schema` says what to do.
// The rules themselves are tried on a small schema.

import assert from "node:assert/strict";
import { test } from "node:test";
import { releasedContract } from "../../src/graphql/print.ts";
import { schema } from "../../src/graphql/schema.ts";
import {
  changesSince,
  contractProblems,
  readRelease,
  undatedDeprecations,
  writeRelease,
} from "../../src/graphql/schema-changes.ts";
import { printSchemaSdl } from "../../src/graphql/sdl.ts";

test("nothing that was released is broken, but what schema/allowed-changes.json allows", async () => {
  const { release, allowed } = await releasedContract();
  const problems = contractProblems(release, printSchemaSdl(schema), allowed);
  assert.deepEqual(problems, [], problems.join("\n\n"));
});

test("every deprecation says why, and until when", () => {
  assert.deepEqual(undatedDeprecations(printSchemaSdl(schema)), []);
  const sdl = (reason: string): string => `type Query { a: Int @deprecated${reason} b(c: Int): Int }`;
  assert.deepEqual(undatedDeprecations(sdl('(reason: "Use b instead. Removed after 2027-05-01.")')), []);
  for (const reason of ["", '(reason: "Use b instead.")', '(reason: "Old. Removed after 2027-13-01.")'])
    assert.match(undatedDeprecations(sdl(reason)).join(), /^Query\.a: /, reason);
});

const before = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
  type Query { model(id: ID!): Model usable: Boolean }
  type Model @key(fields: "id") { id: ID! name: String! }
  union Result = Model
  enum Kind { A B }
  input Ask { text: String kind: Kind = A }
`;
/** What is replaced in it, and what is then said; nothing where no client can notice. */
const changes: readonly (readonly [string, string, RegExp | undefined])[] = [
  ["usable: Boolean", "", /^FIELD_REMOVED: Query\.usable was removed\.$/],
  ["name: String!", "name: String", /^FIELD_CHANGED_KIND: Model\.name/],
  ["text: String", "text: String!", /^FIELD_CHANGED_KIND: Ask\.text/],
  ["(id: ID!)", "(id: ID!, at: Int!)", /^REQUIRED_ARG_ADDED: /],
  ["A B", "A", /^VALUE_REMOVED_FROM_ENUM: B/],
  ["A B", "A B C", /^VALUE_ADDED_TO_ENUM: C/],
  ["union Result = Model", "union Result = Model | Query", /^TYPE_ADDED_TO_UNION: Query/],
  [' @key(fields: "id")', "", /^DIRECTIVE_REMOVED: @key\(fields: "id"\) was removed from Model\.$/],
  ["usable: Boolean", "usable: Boolean @inaccessible", /^DIRECTIVE_ADDED: @inaccessible .* Query\.usable\.$/],
  ["input Ask", "input Ask @oneOf", /^DIRECTIVE_ADDED: @oneOf was added to Ask\.$/],
  ["(id: ID!)", "(id: ID!, at: Int)", undefined],
  ["text: String", "text: String more: String", undefined],
  ["usable: Boolean", "usable: Boolean! more: Int", undefined],
];

for (const [old, now, said] of changes) {
  test(`"${old}" as "${now}" is ${said ? "told" : "free"}`, () => {
    const found = changesSince(before, before.replace(old, now));
    if (!said) return assert.deepEqual(found, []);
    assert.equal(found.length, 1, found.join("\n"));
    assert.match(found[0] ?? "", said);
  });
}

test("an allowance names the change, a reason and a day, and goes when it is not needed", () => {
  const release = readRelease(writeRelease({ version: "1.2.3", date: "2026-11-21", sdl: before }));
  assert.equal(release.version, "1.2.3");
  const without = before.replace("usable: Boolean", "");
  const change = "FIELD_REMOVED: Query.usable was removed.";
  const allowance = { change, reason: "Nobody asked for it since June.", date: "2026-11-21" };
  const problems = (now: string, allowed: (typeof allowance)[]): string =>
    contractProblems(release, now, allowed).join("\n");
  assert.match(
    problems(without, []),
    /1\.2\.3 promised.*"change":"FIELD_REMOVED: Query\.usable was removed\."/s,
  );
  assert.equal(problems(without, [allowance]), "");
  assert.match(problems(before, [allowance]), /allowed but not so/);
  assert.match(problems(without, [{ ...allowance, reason: "" }]), /without a reason/);
  assert.match(problems(without, [{ ...allowance, date: "soon" }]), /without a date/);
});
