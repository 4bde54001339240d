// What a reviewer sees before a version goes live: lints, what it opens and closes, and the matrix.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { diffPolicies } from "../../src/policy/diff-policies.ts";
import { lintPolicy } from "../../src/policy/lints.ts";
import { policyMatrix } from "../../src/policy/matrix.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { deploymentWith, policyOf, tag } from "../kit/policy-parts.ts";

const rowsOf = (csv: string) => {
  const parsed = parsePolicy(csv, 0);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
  return parsed.rows;
};

const lintsOf = (csv: string) => lintPolicy(rowsOf(csv)).map((one) => `${one.line} ${one.message}`);

test("the policy we ship has nothing to lint", () => {
  const csv = readFileSync(new URL("../../policies/policy.csv", import.meta.url), "utf8");
  assert.deepEqual(lintsOf(csv), []);
});

test("a grant inside another, a safety row under a stricter one and a label without a rail are told", () => {
  const csv = `p, wide, allow, anyone, anything, up to internal+contact, with baa, always, R
p, narrow, allow, role:a, complete, up to public, with baa and dpa, purpose:x, R
p, twin, allow, anyone, anything, up to internal+contact, with baa, always, R
p, patients, allow, role:a, complete, up to restricted+phi, with baa, always, R
p2, loose, flag, role:a, up to restricted+phi, secret.aws, R
p2, strict, block, anyone, public or above, secret, R`;
  assert.deepEqual(lintsOf(csv), [
    "2 narrow never decides: wide in line 1 allows all of it",
    "3 twin never decides: wide in line 1 allows all of it",
    "4 patients lets phi data out of the house, and no deny row about phi guards it",
    "5 loose never decides: strict in line 6 is stricter",
  ]);
});

test("a version against itself, or against its rows in another order, changes nothing", () => {
  const other = examplePolicy.trim().split("\n").toReversed().join("\n");
  assert.deepEqual(diffPolicies(rowsOf(examplePolicy), rowsOf(other)), {
    opens: [],
    closes: [],
    safety: { loosens: [], tightens: [] },
  });
});

test("a lowered demand opens exactly that, told at its widest and with the rows behind it", () => {
  const after = examplePolicy.replace(
    "up to internal+contact,    with no-training",
    "up to confidential+contact,    with no-training",
  );
  const diff = diffPolicies(rowsOf(examplePolicy), rowsOf(after));
  assert.deepEqual(diff.closes, []);
  assert.deepEqual(
    diff.opens.map((one) => one.sentence),
    ["role:employee may now complete with confidential+contact at a provider with no-training."],
  );
  assert.deepEqual(
    diff.opens[0]?.rows.map((row) => [row.version, row.rule, row.line]),
    [["after", "base-internal", 3]],
  );
});

test("a removed rail opens nothing that no row grants, and a new one closes what it names", () => {
  const eu = examplePolicy
    .split("\n")
    .filter((line) => !line.includes("eu-residency"))
    .join("\n");
  const opened = diffPolicies(rowsOf(examplePolicy), rowsOf(eu));
  assert.deepEqual(
    opened.opens.map((one) => one.sentence),
    [
      "role:employee may now complete, embed, image and moderate with restricted+eu+phi+pii at a provider with self-hosted.",
    ],
  );
  assert.deepEqual(
    opened.opens[0]?.rows.map((row) => row.rule),
    ["in-house", "eu-residency"],
  );
  const closed = diffPolicies(rowsOf(eu), rowsOf(examplePolicy));
  assert.deepEqual(closed.opens, []);
  assert.match(closed.closes[0]?.sentence ?? "", /may no longer/);
});

test("a rule with hours is compared at every time of day", () => {
  const always = "p, a, allow, role:a, complete, up to public, anywhere, always, R";
  const night = always.replace("always, R", "hours:22-06@UTC, R");
  assert.equal(
    diffPolicies(rowsOf(always), rowsOf(night), Date.parse("2026-11-21T23:00:00Z")).closes.length,
    1,
  );
  assert.equal(diffPolicies(rowsOf(night), rowsOf(night)).closes.length, 0);
});

test("the matrix lists the deployments for each role, data and action", async () => {
  const policy = await policyOf(examplePolicy);
  const deployments = [
    deploymentWith({ provider: { id: "open" }, guarantees: ["no-training"] }),
    deploymentWith({ provider: { id: "house" }, guarantees: ["self-hosted"], vendor: "Other" }),
    deploymentWith({ provider: { id: "off", enabled: false }, guarantees: ["self-hosted"] }),
  ];
  const axes = {
    roles: ["role:employee", "role:none"],
    data: [tag("internal"), tag("restricted+phi")],
    actions: ["complete", "embed"],
  } as const;
  const cells = policyMatrix(policy, axes, deployments).map(
    (cell) => `${cell.role} ${cell.data.level} ${cell.action}: ${cell.deployments.join(" ")}`,
  );
  assert.deepEqual(cells, [
    "role:employee internal complete: open/m1 house/m1",
    "role:employee internal embed: house/m1",
    "role:employee restricted complete: house/m1",
    "role:employee restricted embed: house/m1",
    "role:none internal complete: ",
    "role:none internal embed: ",
    "role:none restricted complete: ",
    "role:none restricted embed: ",
  ]);
});
