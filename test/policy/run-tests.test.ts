// The tests beside a policy: they run by Casbin, and invariants hold for every provider there could be.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { test } from "node:test";

import { bundleOf } from "../../src/policy/bundle.ts";
import { buildEngine } from "../../src/policy/casbin-engine.ts";
import { evaluate, rowsFor } from "../../src/policy/compiled.ts";
import { staleSentences } from "../../src/policy/format-policy.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { counterexample, readNever, subjectsOf } from "../../src/policy/never.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { parseRoutes } from "../../src/policy/routes-file.ts";
import { runPolicyTests } from "../../src/policy/run-tests.ts";
import { lottery } from "../../src/policy/self-check.ts";
import { actions } from "../../src/policy/vocabulary.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const folder = new URL("../../policies/", import.meta.url);
const names = await readdir(folder);
const texts = await Promise.all(
  names.map(async (name) => [name, await readFile(new URL(name, folder), "utf8")] as const),
);
const shipped = bundleOf(Object.fromEntries(texts));

test("the policy we ship loads, passes its own tests and has a fresh sentence above every row", async () => {
  const report = await runPolicyTests(shipped);
  assert.deepEqual(
    [...report.cases, ...report.never].filter((result) => !result.ok),
    [],
  );
  assert.ok(report.cases.length >= 10 && report.never.length >= 3);
  assert.deepEqual(staleSentences(shipped["policy.csv"] ?? ""), []);
  const policy = await loadPolicy({ files: shipped, version: 1 });
  assert.equal(policy.hash, report.hash);
  assert.equal(parseRoutes(shipped).routes[0]?.name, "auto");
});

const run = (csv: string, tests: string) => runPolicyTests({ "policy.csv": csv, "tests.yaml": tests });

test("a failing case says what was found instead", async () => {
  const report = await run(
    examplePolicy,
    `cases:
- A nurse may not: {who: role:clinical, does: complete, data: restricted+phi, provider: [baa, zero-retention, no-training], expect: refused}
- A nurse may by another rule: {who: role:clinical, does: complete, data: restricted+phi, provider: [baa, zero-retention, no-training], expect: allowed by other}
- No rail here: {who: role:clinical, does: complete, data: restricted+phi, provider: [no-training], expect: refused for want of a rule}
- A secret passes: {who: role:clinical, data: public, category: secret.aws, expect: flagged}
- Advice is flagged: {who: role:clinical, data: public, category: S6, expect: flagged by advice-flagged}
`,
  );
  assert.deepEqual(
    report.cases.map((one) => one.found),
    [
      "allowed by clinical-phi",
      "allowed by clinical-phi",
      "refused by phi-needs-baa",
      "blocked by secrets-blocked",
      undefined,
    ],
  );
  assert.equal(report.ok, false);
});

test("a case can set a purpose, a time, an environment, a vendor and break-glass", async () => {
  const csv = `p, a, allow, role:a, complete, up to public, anywhere, purpose:care and hours:22-06@UTC and env:test, R
p, b, deny, anyone, anything, public or above, if vendor:acme, unless break-glass, R`;
  const plain = "who: role:a, does: complete, data: public, purpose: care, env: test";
  const report = await run(
    csv,
    `cases:
- At night: {${plain}, at: 2026-11-21T23:00:00Z, expect: allowed by a}
- By day: {${plain}, at: 2026-11-21T12:00:00Z, expect: refused for want of a rule}
- At acme: {${plain}, at: 2026-11-21T23:00:00Z, provider: [vendor:acme], expect: refused by b}
- At acme under break-glass: {${plain}, at: 2026-11-21T23:00:00Z, provider: [vendor:acme], break-glass: true, expect: allowed by a}
`,
  );
  assert.deepEqual(
    report.cases.map((one) => one.found),
    [undefined, undefined, undefined, undefined],
  );
});

test("words in tests.yaml are checked as strictly as in the policy", async () => {
  const tests = `cases:
- Wrong words: {who: clinical, does: complet, data: restricted+phy, provider: [ba], expect: allowd, whom: x}
never:
- phi withot baa
- phy without baa
- phi without ba
other: 1
`;
  await assert.rejects(run(examplePolicy, tests), (error: Error) => {
    for (const expected of [
      /tests.yaml:2:22 "clinical" must be role:/,
      /unknown action "complet"; did you mean "complete"/,
      /"phy" is not a label/,
      /unknown guarantee "ba"; did you mean "baa"/,
      /"allowd" is nothing to expect/,
      /unknown field "whom"/,
      /tests.yaml:4:3 "phi withot baa" is no invariant/,
      /tests.yaml:5:3 unknown label "phy"/,
      /tests.yaml:6:3 unknown guarantee "ba"/,
      /unknown entry "other"/,
    ]) {
      assert.match(error.message, expected);
    }
    return true;
  });
});

test("a bundle without tests, with empty tests or with broken YAML is refused", async () => {
  await assert.rejects(runPolicyTests({ "policy.csv": examplePolicy }), /a policy without tests is refused/);
  await assert.rejects(run(examplePolicy, ""), /has no cases/);
  await assert.rejects(run(examplePolicy, "cases: [a: {b"), /tests\.yaml:1/);
});

test("an invariant is refuted with a provider that no catalog has", async () => {
  const loose =
    `${examplePolicy}\np, hole, allow, role:x, embed, up to restricted+phi, with soc2 and self-hosted, always, R`.replace(
      "unless baa or self-hosted",
      "unless baa or soc2 or self-hosted",
    );
  const cases = "cases:\n- x: {who: role:x, does: embed, data: public, provider: [], expect: refused}\n";
  const report = await run(
    loose,
    `${cases}never:\n- phi without baa\n- phi without baa unless soc2 or self-hosted\n- confidential or above at vendor:acme-labs\n- eu outside region:eu`,
  );
  assert.deepEqual(
    report.never.map((one) => one.found),
    [
      "role:employee may complete with restricted+phi at a provider with self-hosted (rule in-house, line 6)",
      undefined,
      undefined,
      undefined,
    ],
  );
});

test("an invariant holds exactly where no combination of guarantees breaks it", async () => {
  const random = lottery(3);
  const guarantees = ["no-training", "zero-retention", "baa", "dpa", "soc2", "self-hosted", "region:eu"];
  let broken = 0;
  for (let index = 0; index < 40; index++) {
    const parsed = parsePolicy(randomPolicy(random).replace(/(hours|before):[^, ]+/g, "purpose:care"), 0);
    assert.ok(parsed.ok);
    const { rows } = parsed;
    const engine = await buildEngine(rows);
    for (const text of [
      "phi without baa unless self-hosted",
      "eu outside region:eu",
      "confidential or above without no-training",
    ]) {
      const cell = readNever(text, rows.vocabulary);
      assert.ok(cell.ok);
      const found = counterexample({ ...cell.value, line: 1 }, rows, engine.teams, engine.guarantees, 0);
      let possible = false;
      for (let bits = 0; bits < 2 ** guarantees.length; bits++) {
        const atoms = new Set(
          guarantees
            .filter((_, bit) => (bits & (1 << bit)) !== 0)
            .flatMap((one) => [...engine.guarantees.reach(one)]),
        );
        if (cell.value.unless.some((word) => atoms.has(word))) continue;
        for (const subjects of subjectsOf(rows)) {
          const own = rowsFor(rows.grants, subjects, engine.teams);
          for (const action of actions) {
            for (const purpose of [undefined, "care", "support"]) {
              for (const environment of ["production", "development"] as const) {
                const circumstances = { purpose, environment, now: 0, breakGlass: false };
                possible ||= evaluate(own, {
                  subjects,
                  action,
                  data: cell.value.data,
                  deployment: { atoms, uncertain: [] },
                  circumstances,
                });
              }
            }
          }
        }
      }
      assert.equal(found !== undefined, possible, text);
      if (possible) broken++;
    }
  }
  assert.ok(broken > 5, `only ${broken} invariants were broken, so this shows little`);
});
