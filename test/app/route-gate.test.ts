// Routes pass the publish gate with the rest of the bundle: linted, tested, and shown in a diff.

import assert from "node:assert/strict";
import { test } from "node:test";
import { passGate } from "../../src/app/policy-gate.ts";
import { diffRoutes } from "../../src/policy/diff-routes.ts";

const csv = `
p, staff, allow, role:staff, complete, up to internal, with no-training, purpose:work and hours:08-18@Europe/Berlin, Standard 3.1
p, no-xai, deny, anyone, anything, public or above, if provider:xai, always, Vendor risk 1`;
const cases = `cases:
- A stranger makes no images:
    {who: role:stranger, does: image, data: public, provider: [], expect: refused for want of a rule}
`;
const bundle = (routes: string, tests = "") => ({
  "policy.csv": csv,
  "tests.yaml": cases + tests,
  "routes.yaml": `routes:\n${routes}`,
});
const route = (fields: string): string => `  a: {description: A test's, ${fields}}\n`;

const neverServed: readonly (readonly [fields: string, expected: RegExp])[] = [
  [
    "pick: cheapest, models: [gpt-4.1-mimi]",
    /routes\.yaml:2 .*catalog knows none of gpt-4.1-mimi; did you mean "gpt-4.1-mini"/,
  ],
  ["pick: cheapest, models: [gpt-4.1], floors: {context: 900000000}", /none of its models meets its floors/],
  [
    "pick: in-order, models: [xai/grok-4.20-0309-non-reasoning]",
    /the policy permits none of its models to anyone/,
  ],
  [
    "pick: experiment, arms: {x: {models: [gpt-4.1], share: 50%}, y: {models: [nothing-at-all], share: 50%}}",
    /the arm y of the route a can never be served/,
  ],
];

for (const [fields, expected] of neverServed) {
  test(`a route that can never be served is refused: ${fields}`, async () => {
    await assert.rejects(passGate(bundle(route(fields)), 1), expected);
  });
}

test("one wrong name among right ones is a warning", async () => {
  const { warnings } = await passGate(bundle(route("pick: cheapest, models: [gpt-4.1, gpt-9-ultra]")), 1);
  assert.ok(
    warnings.some(({ message }) => /names "gpt-9-ultra", which the catalog does not know/.test(message)),
  );
});

test("what an operator may configure later passes", async () => {
  await passGate(bundle(route("pick: in-order, models: [ollama/own-model]")), 1);
});

const branching = `  a: {description: Branches, pick: by-condition, cases: [{when: prompt-tokens over 500, use: b}], otherwise: c}
  b: {description: Long, pick: in-order, models: [gpt-4.1]}
  c: {description: Short, pick: by-task, models: [gpt-4.1-mini], tasks: {code: [gpt-4.1, gpt-4.1-mini]}}
`;
const routeCases = (expectations: readonly string[]): string =>
  `routes:\n${expectations.map((fields, index) => `- Case ${index}: {route: a, ${fields}}\n`).join("")}`;

test("tests.yaml asks what routes come to", async () => {
  const right = ["prompt-tokens: 501, expect: b", "task: code, expect: [gpt-4.1, gpt-4.1-mini]", "expect: c"];
  const passed = await passGate(bundle(branching, routeCases(right)), 1);
  assert.equal(passed.testsHeld, 4);
  await assert.rejects(
    passGate(bundle(branching, routeCases(["prompt-tokens: 500, expect: b"])), 1),
    /tests\.yaml:5 does not hold: Case 0; found instead: the route c with gpt-4.1-mini/,
  );
  await assert.rejects(
    passGate(bundle(branching, routeCases(["prompt-token: 500, expect: d"])), 1),
    /unknown field "prompt-token"; did you mean "prompt-tokens"[^]*there is no route "d"/,
  );
});

test("a diff tells routes that came, went and changed, whatever their layout", () => {
  const before = bundle(
    `  a: {description: A, pick: cheapest, models: [x, y]}\n  b: {description: B, pick: fastest}\n`,
  );
  const after = bundle(
    `  a:\n    description: A\n    pick: best\n    models:\n    - x\n    - y\n  c: {description: C, pick: best}\n`,
  );
  assert.deepEqual(
    diffRoutes(before, after).map(({ sentence }) => sentence),
    ["routes.a: pick was cheapest, is best.", "routes.b is gone.", "routes.c is new."],
  );
  assert.deepEqual(diffRoutes(before, before), []);
});

const armed = `  t: {description: Arms, pick: experiment, floors: {capabilities: [TOOLS]}, arms: {old: {models: [gpt-4.1-mini], share: 50%}, new: {models: [gpt-4.1, groq/openai/gpt-oss-120b], share: 50%}}}
  s: {description: Branches, pick: by-condition, cases: [{when: user:jo, use: t}], otherwise: p}
  p: {description: One, pick: in-order, models: [openai/gpt-4.1]}
`;
const armCases = (...fields: readonly string[]): string =>
  `routes:\n${fields.map((one, index) => `- Case ${index}: {${one}}\n`).join("")}`;

test("tests.yaml asks which models and deployments an arm or a condition picks", async () => {
  const passed = await passGate(
    bundle(
      armed,
      armCases(
        "route: t, arm: old, expect: [gpt-4.1-mini]",
        "route: s, who: user:jo, arm: new, expect: [gpt-4.1, groq/openai/gpt-oss-120b]",
        "route: s, expect: p, deployments: [openai/gpt-4.1]",
        "route: s, deployments: [openai/gpt-4.1]",
      ),
    ),
    1,
  );
  assert.equal(passed.testsHeld, 5);
});

const unmet: readonly (readonly [fields: string, expected: RegExp])[] = [
  [
    "route: t, arm: new, expect: [gpt-4.1-mini]",
    /found instead: the arm new of the route t with gpt-4\.1, groq/,
  ],
  ["route: t, arm: newest, expect: [gpt-4.1]", /found instead: no arm of that name/],
  ["route: s, deployments: [openai/gpt-4.1-mini]", /found instead: the deployments openai\/gpt-4\.1$/m],
  ["route: s, expect: [openai/gpt-4.1], deployments: [openai/gpt-5]", /found instead: the deployments/],
  ["route: s", /expect must be a route, an arm as `arm new`, or a list of models/],
];
for (const [fields, expected] of unmet) {
  test(`a test of a route that does not hold stops the publishing: ${fields}`, async () => {
    await assert.rejects(passGate(bundle(armed, armCases(fields)), 1), expected);
  });
}

test("the arm that a user draws is what it always draws", async () => {
  const drawn = async (user: string): Promise<string> => {
    try {
      await passGate(bundle(armed, armCases(`route: t, who: user:${user}, expect: arm old`)), 1);
      return "old";
    } catch {
      return "new";
    }
  };
  const arms = await Promise.all(["a", "b", "c", "d", "e", "f", "g", "h"].map(drawn));
  assert.deepEqual(await Promise.all(["a", "b"].map(drawn)), arms.slice(0, 2));
  assert.deepEqual([...new Set(arms)].sort(), ["new", "old"]);
});

test("a limit for nobody is refused, and a change of one is told", async () => {
  const limited = (limits: string) => ({
    ...bundle(route("pick: cheapest")),
    "routes.yaml": `routes:\n${route("pick: cheapest")}limits: {${limits}}\n`,
  });
  await assert.rejects(
    passGate(limited("opnai: {concurrent: 4}"), 1),
    /limit of opnai is for no provider; did you mean "openai"/,
  );
  await assert.rejects(passGate(limited("demo: {concurrent: 4}"), 1), /demo is in the process/);
  const { warnings } = await passGate(limited("openai/no-such: {concurrent: 4}"), 1);
  assert.ok(warnings.some(({ message }) => /a deployment that the catalog does not know/.test(message)));
  const changes = diffRoutes(limited("openai: {concurrent: 4}"), limited("openai: {concurrent: 8}"));
  assert.deepEqual(
    changes.map(({ entry }) => entry),
    ["limits.openai"],
  );
});
