// Facts about casbin 5.51.1 that would open a hole, each with the proof that it is closed here.

import assert from "node:assert/strict";
import { test } from "node:test";

import { newModelFromString } from "casbin";

import { hashBundle } from "../../src/policy/bundle.ts";
import { buildEngine } from "../../src/policy/casbin-engine.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { modelText } from "../../src/policy/model-file.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { PolicyProblems } from "../../src/policy/problems.ts";
import { proveModel } from "../../src/policy/self-check.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { callerWith, deploymentWith, policyOf, tag, weighed } from "../kit/policy-parts.ts";

const question = {
  subjects: "role:employee",
  action: "complete",
  data: tag("public"),
  deployment: { atoms: new Set(["no-training"]), uncertain: [] },
  circumstances: { purpose: undefined, environment: "production", now: 0, breakGlass: false },
} as const;

const engineOf = async (csv: string) => {
  const parsed = parsePolicy(csv, Date.now());
  assert.ok(parsed.ok);
  return { engine: await buildEngine(parsed.rows), rows: parsed.rows };
};

test("an engine without rows allows nothing and grants no safety action", async () => {
  const { rows } = await engineOf(examplePolicy);
  const empty = await buildEngine({ ...rows, all: [], grants: [], safety: [], observe: [], links: [] });
  assert.equal(empty.permits(question), false);
  assert.equal(empty.over([])(question), false);
  assert.equal(empty.grantsSafety("role:a", tag("public"), "secret", "flag"), false);
});

test("a mistyped or missing effect never reaches Casbin", async () => {
  for (const effect of ["Deny", "", "forbid"]) {
    const csv = `${examplePolicy}\np, x, ${effect}, anyone, anything, any phi, unless baa, always, R`;
    await assert.rejects(policyOf(csv), PolicyProblems);
  }
});

test("an unknown row type is refused instead of ignored", async () => {
  await assert.rejects(policyOf(`${examplePolicy}\np4, x, deny, anyone`), /unknown row type "p4"/);
});

test("deny wins wherever the rows stand", async () => {
  const rows = examplePolicy.trim().split("\n");
  const caller = callerWith("role:employee");
  const candidates = [deploymentWith({ guarantees: ["self-hosted"] })];
  for (const csv of [rows, rows.toReversed()]) {
    const policy = await policyOf(csv.join("\n"));
    const permit = policy.permit(weighed({ caller, data: "internal+eu" }), candidates);
    assert.equal(permit.considered[0]?.rule, "eu-residency");
  }
});

test("one denial beats any number of grants", async () => {
  const grants = Array.from(
    { length: 50 },
    (_, index) => `p, a${index}, allow, role:a, complete, up to internal, anywhere, always, R`,
  );
  const policy = await policyOf(
    [...grants, "p, no, deny, anyone, anything, internal or above, anywhere, always, R"].join("\n"),
  );
  const ask = (data: string) =>
    policy.permit(weighed({ caller: callerWith("role:a"), data }), [deploymentWith()]);
  assert.equal(ask("public").allowed.length, 1);
  assert.equal(ask("internal").considered[0]?.rule, "no");
});

test("a denial for one of a caller's roles beats a grant for another", async () => {
  const policy = await policyOf(`
    p, a, allow, role:a, complete, up to internal, anywhere, always, R
    p, b, deny, role:b, anything, public or above, anywhere, always, R`);
  const request = (...roles: string[]) =>
    policy.permit(weighed({ caller: callerWith(...roles), data: "public" }), [deploymentWith()]);
  assert.equal(request("role:a").allowed.length, 1);
  assert.equal(request("role:a", "role:b").allowed.length, 0);
});

test("the engine cannot be changed through its adapter", async () => {
  const { engine } = await engineOf(examplePolicy);
  assert.deepEqual(Object.keys(engine).toSorted(), [
    "categories",
    "grantsSafety",
    "guarantees",
    "over",
    "permits",
    "teams",
  ]);
  await assert.rejects(engine.teams.deleteLink(), /never change/);
});

test("two versions live side by side and neither sees the other's rows", async () => {
  const old = await policyOf(examplePolicy);
  const open = weighed({ caller: callerWith("role:employee"), data: "public" });
  const candidates = [deploymentWith({ guarantees: ["no-training"] })];
  await Promise.all([
    policyOf(examplePolicy.replace("with no-training", "with soc2")),
    assert.rejects(policyOf("p, x")),
  ]);
  assert.equal(old.permit(open, candidates).allowed.length, 1);
});

test("an id that could be read as another kind gets nothing", async () => {
  const policy = await policyOf(examplePolicy);
  const candidates = [deploymentWith({ guarantees: ["baa", "zero-retention", "no-training"] })];
  const impostors = [
    { key: "role:clinical" },
    { key: "key:a role:clinical" },
    { team: "role:clinical" },
    { roles: ["role:x role:clinical"] },
    { roles: ["team:clinic"] },
    { key: "" },
  ];
  for (const impostor of impostors) {
    const caller = { ...callerWith(), ...impostor };
    const permit = policy.permit(weighed({ caller, data: "restricted+phi" }), candidates);
    assert.equal(permit.allowed.length, 0, JSON.stringify(impostor));
    assert.match(permit.considered[0]?.because ?? "", /not of the form/);
  }
});

test("the model holds no eval, no numbers and no pattern functions", async () => {
  assert.doesNotMatch(modelText, /eval|regexMatch|keyMatch|globMatch|[<>]/);
  const matcher = newModelFromString(modelText).model.get("m")?.get("m")?.value ?? "";
  const { rows } = await engineOf(examplePolicy);
  const patterned = modelText.replace(
    /^m {2}=.*/m,
    `m = ${matcher.replaceAll("_", ".")} && keyMatch(r.act, p.act)`,
  );
  const engine = await buildEngine(rows, patterned);
  assert.throws(() => engine.permits(question));
});

test("a model that was cut short or opened is noticed before a policy is used", async () => {
  await proveModel();
  const damages: readonly (readonly [RegExp | string, string])[] = [
    [" && whenMatch(r.ctx, p.when)", ""],
    [" && depMatch(r.dep, p.dep, p.eft)", ' # "#" cuts the rest && depMatch(r.dep, p.dep, p.eft)'],
    [" && dataMatch(r.data, p.data, p.eft)", ""],
    [" && actMatch(r.act, p.act)", ""],
    ['(p.sub == "anyone" || g(r.sub, p.sub)) && ', ""],
    ["&& !some(where (p.eft == deny))", ""],
    [" && r2.act == p2.action", ""],
    [' && dataMatch(r2.data, p2.data, "deny")', ""],
    [' && (p2.cat == "anything" || g3(r2.cat, p2.cat))', ""],
  ];
  for (const [from, to] of damages) {
    const damaged = modelText.replace(from, to);
    assert.notEqual(damaged, modelText, String(from));
    await assert.rejects(proveModel(damaged), String(from));
  }
});

test("a bundle's own model is refused, and the package's own copy is let be", async () => {
  const files = { "policy.csv": examplePolicy };
  await assert.rejects(
    loadPolicy({ files: { ...files, "model.conf": "m = true" }, version: 1 }),
    /the package's own/,
  );
  await assert.rejects(
    loadPolicy({ files: { ...files, "rows.csv": "" }, version: 1 }),
    /is no file of a policy bundle/,
  );
  await loadPolicy({ files: { ...files, "model.conf": modelText }, version: 1 });
});

test("the hash tells every change of content or name apart", () => {
  const hashes = [
    { "policy.csv": "ab", "tests.yaml": "c" },
    { "policy.csv": "a", "tests.yaml": "bc" },
    { "policy.csv": "ab", "routes.yaml": "c" },
    { "policy.csv": "ab" },
  ].map(hashBundle);
  assert.equal(new Set(hashes).size, hashes.length);
  assert.equal(hashBundle({ "tests.yaml": "c", "policy.csv": "ab" }), hashes[0]);
});
