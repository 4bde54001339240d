// What becomes of an answer: block, redact, flag asked in turn, and nothing granted means block.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Subjects } from "../../src/policy/policy.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { policyOf, tag } from "../kit/policy-parts.ts";

const anybody: Subjects = { key: "key:k1", team: "team:x", roles: [] };
const policy = await policyOf(examplePolicy);

const decisions = [
  ["public", "secret", "block", "secrets-blocked"],
  ["public", "secret.aws-access-key", "block", "secrets-blocked"],
  ["public", "S6", "flag", "advice-flagged"],
  ["restricted+phi", "S6", "block", "advice-patients"],
  ["public", "specialised-advice", "flag", "advice-flagged"],
  ["public", "S5", "block", undefined],
  ["public", "secretive", "block", undefined],
  ["public", "", "block", undefined],
  ["public", "S6 secret", "block", undefined],
  ["public", "S6,secret", "block", undefined],
] as const;

for (const [data, category, action, rule] of decisions) {
  test(`"${category}" in an answer about ${data} data: ${action} by ${rule ?? "default"}`, () => {
    const answer = policy.safetyDecision(anybody, tag(data), category);
    assert.deepEqual(answer, { action, rule });
    assert.equal(policy.safetyDecision(anybody, tag(data), category), answer);
  });
}

test("a row for a role is for that role, also where the team brings it", async () => {
  const rows = `${examplePolicy}\np2, clinic, redact, role:clinical, public or above, contact, R`;
  const own = await policyOf(rows);
  const ask = (who: Partial<Subjects>) =>
    own.safetyDecision({ ...anybody, ...who }, tag("public"), "contact.email").action;
  assert.equal(ask({}), "block");
  assert.equal(ask({ roles: ["role:clinical"] }), "redact");
  assert.equal(ask({ team: "team:clinic" }), "redact");
});

test("ids that the server cannot have minted get the strictest answer", async () => {
  const own = await policyOf(`${examplePolicy}\np2, a, flag, role:a, public or above, contact, R`);
  const ask = (who: Partial<Subjects>) =>
    own.safetyDecision({ ...anybody, ...who }, tag("public"), "contact").action;
  assert.equal(ask({ roles: ["role:a"] }), "flag");
  assert.equal(ask({ key: "key:k role:a" }), "block");
  assert.equal(ask({ team: "role:a" }), "block");
});

test("a stricter row wins over a looser one, whatever their order", async () => {
  const loose = "p2, l, flag, anyone, public or above, anything, R";
  const strict = "p2, s, redact, anyone, public or above, pii, R";
  const base = "p, x, allow, role:a, complete, up to public, anywhere, always, R";
  for (const rows of [
    [loose, strict],
    [strict, loose],
  ]) {
    const own = await policyOf([base, ...rows].join("\n"));
    assert.deepEqual(own.safetyDecision(anybody, tag("public"), "pii.us-ssn"), {
      action: "redact",
      rule: "s",
    });
    assert.deepEqual(own.safetyDecision(anybody, tag("public"), "S1"), { action: "flag", rule: "l" });
  }
});

test("observing ends with its last day, and is for the named team and kinds", async () => {
  const now = Date.parse("2026-11-21T00:00:00Z");
  const csv = `${examplePolicy}\np3, phones, team:support, phone and medical-term, 2026-12-01, R`;
  const own = await policyOf(csv, { now: () => now });
  const last = Date.parse("2026-12-01T23:59:59Z");
  assert.equal(own.observes("team:support", "phone", last), true);
  assert.equal(own.observes("team:support", "contact.phone", last), true, "as detectors name it");
  assert.equal(own.observes("team:support", "medical-term", now), true);
  assert.equal(own.observes("team:support", "phone", last + 1_000), false);
  assert.equal(own.observes("team:support", "email", now), false);
  assert.equal(own.observes("team:other", "phone", now), false);
});

test("a version whose observing has ended still loads", async () => {
  const csv = `${examplePolicy}\np3, phones, team:support, phone, 2026-12-01, R`;
  await policyOf(csv, { now: () => Date.parse("2028-01-01T00:00:00Z") });
});
