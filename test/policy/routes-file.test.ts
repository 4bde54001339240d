// Reading routes.yaml: plain data, or every problem with its place.

import assert from "node:assert/strict";
import { test } from "node:test";

import { loadPolicy } from "../../src/policy/load-policy.ts";
import { parseRoutes } from "../../src/policy/routes-file.ts";
import { examplePolicy } from "../kit/example-policy.ts";

const read = (text: string) => parseRoutes({ "routes.yaml": text }).routes;

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
  assert.deepEqual(parseRoutes({}).routes, []);
  assert.deepEqual(read("# none so far\n"), []);
});

test("limits have usual lengths of queue and wait", () => {
  const text =
    "{routes: {}, limits: {openai: {concurrent: 4}, vllm/m: {concurrent: 2, queue: 0, wait: 2s, checks: 1}}}";
  assert.deepEqual(Object.fromEntries(parseRoutes({ "routes.yaml": text }).limits), {
    openai: { concurrent: 4, queue: 100, wait: 10_000, checks: undefined },
    "vllm/m": { concurrent: 2, queue: 0, wait: 2_000, checks: 1 },
  });
});

const refused: readonly (readonly [text: string, expected: RegExp])[] = [
  ["routes: [a]", /must hold an entry routes/],
  ["rooutes: {}", /unknown entry "rooutes"; did you mean "routes"/],
  [
    "routes: { auto: { description: x, pick: fastst } }",
    /routes\.yaml:1:41 unknown pick "fastst"; did you mean "fastest"/,
  ],
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
  ["{routes: {}, limits: {openai: {queue: 3}}}", /needs concurrent/],
  ["{routes: {}, limits: {openai: {concurrent: 0}}}", /must be a number from 1/],
  ["{routes: {}, limits: {openai: {concurrent: 4, checks: 4}}}", /checks .* must be a number from 1 to 3/],
  ["{routes: {}, limits: {openai: {concurrent: 4, wait: long}}}", /must be a time/],
  ["{routes: {}, limits: {openai: {concurent: 4}}}", /unknown field "concurent"; did you mean "concurrent"/],
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

const wrongRoutes: readonly (readonly [text: string, expected: RegExp])[] = [
  ["{pick: in-order}", /needs models, since it picks in-order/],
  ["{pick: weighted, models: {a: none}}", /the weight of a must be a number/],
  ["{pick: cheapest, models: [group:fsat]}", /there is no group:fsat; did you mean "group:fast"/],
  ["{pick: cheapest, floors: {first-token-p95: 2}}", /first-token-p95 .* must be a time such as 300ms/],
  ["{pick: cheapest, floors: {capabilities: [TOOL]}}", /unknown capability "TOOL"; did you mean "TOOLS"/],
  ["{pick: cheapest, tasks: {}}", /unknown field "tasks"/],
  ["{pick: by-task, tasks: {code: 3}}", /the task code needs a list of models, or best/],
  ["{pick: by-condition, otherwise: b, cases: [{when: tier:silver, use: b}]}", /there is no tier "silver"/],
  ["{pick: by-condition, otherwise: b, cases: [{when: tokens over 3, use: b}]}", /is no condition/],
  [
    "{pick: by-condition, otherwise: b, cases: [{when: streamed, use: c}]}",
    /uses the route "c", which is not there/,
  ],
  ["{pick: by-condition, otherwise: a, cases: [{when: streamed, use: b}]}", /leads back to itself/],
  ["{pick: experiment, arms: {x: {models: [m], share: 50%}}}", /at least two arms/],
  [
    "{pick: experiment, arms: {x: {models: [m], share: 50%}, y: {models: [m], share: 20%}}}",
    /make 70%, not 100%/,
  ],
  ["{pick: webhook, webhook: {url: 'http://example.com/'}}", /needs webhook: \{url: https/],
  ["{pick: cheapest, failover: {retries: 9}}", /retries of .* must be a number from 0 to 5/],
];

for (const [route, expected] of wrongRoutes) {
  test(`a route ${route} is refused`, () => {
    const fields = route.replace(/^\{/, "{description: Wrong, ");
    const text = `groups: {fast: {description: Fast, models: [m]}}\ntiers: {gold: [team:t]}\nroutes:\n  a: ${fields}\n  b: {description: Right, pick: cheapest}\n`;
    assert.throws(() => read(text), expected);
  });
}
