// Reading routes.yaml: plain data, or every problem with its place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadPolicy } from "../../src/policy/load-policy.ts";
import { parseRoutes } from "../../src/policy/routes-file.ts";
import { examplePolicy } from "../kit/example-policy.ts";

const read = (text: string) => parseRoutes({ "routes.yaml": text });

test("routes come out in the order of the file, with their models", () => {
  const text = `
routes:
  auto: { description: Any, pick: cheapest }
  code:
    description: For programmers
    pick: cheapest
    models: [a/b@eu, c]
`;
  assert.deepEqual(read(text), [
    { name: "auto", description: "Any", pick: "cheapest" },
    { name: "code", description: "For programmers", pick: "cheapest", models: ["a/b@eu", "c"] },
  ]);
});

test("a bundle without the file, or with comments alone in it, has no routes", () => {
  assert.deepEqual(parseRoutes({}), []);
  assert.deepEqual(read("# none so far\n"), []);
});

const refused: readonly (readonly [text: string, expected: RegExp])[] = [
  ["routes: [a]", /must hold one entry, routes/],
  ["rooutes: {}", /must hold one entry, routes/],
  ["routes: { auto: { description: x, pick: fastest } }", /routes\.yaml:1:41 .*write: pick: cheapest/],
  ["routes: { auto: { pick: cheapest } }", /needs a description/],
  [
    "routes: { auto: { description: x, pick: cheapest, model: [a] } }",
    /unknown field "model"; did you mean "models"/,
  ],
  ["routes: { auto: { description: x, pick: cheapest, models: a } }", /must be a list/],
  ["routes: { auto: { description: x, pick: cheapest, models: [] } }", /must be a list/],
  ["routes: { Au to: { description: x, pick: cheapest } }", /is no route name/],
  ["routes: { a/b: { description: x, pick: cheapest } }", /is no route name/],
  ["routes:\n  a: {description: x, pick: cheapest}\n  a: {description: x, pick: cheapest}", /routes\.yaml:3/],
  ["routes: { a: ", /routes\.yaml:1/],
];

for (const [text, expected] of refused) {
  test(`${JSON.stringify(text)} is refused`, () => {
    assert.throws(() => read(text), expected);
  });
}

test("a broken routes file stops the whole bundle", async () => {
  const files = { "policy.csv": `${examplePolicy}\np, x`, "routes.yaml": "routes: 1" };
  await assert.rejects(loadPolicy({ files, version: 1 }), (error: Error) => {
    assert.match(error.message, /policy\.csv:/);
    assert.match(error.message, /routes\.yaml/);
    return true;
  });
});
