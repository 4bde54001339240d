// What a permit answers: who may go where, why the others may not, and what a call must then do.

import assert from "node:assert/strict";
import { test } from "node:test";

import { examplePolicy } from "../kit/example-policy.ts";
import { callerWith, completion, deploymentWith, held, policyOf, weighed } from "../kit/policy-parts.ts";

const policy = await policyOf(examplePolicy);
const clinical = callerWith("role:clinical");
const employee = callerWith("role:employee");
const full = ["baa", "zero-retention", "no-training"];

test("an allowed deployment names its rule and the rule's reason", () => {
  const deployment = deploymentWith({ guarantees: full, vendor: "Other" });
  const permit = policy.permit(weighed({ caller: clinical, data: "restricted+phi" }), [deployment]);
  assert.equal(permit.allowed[0]?.deployment, deployment);
  assert.equal(permit.allowed[0]?.rule, "clinical-phi");
  assert.deepEqual(permit.considered, [
    {
      deploymentId: "acme/m1",
      allowed: true,
      because: "Allowed by clinical-phi: HIPAA 164.504(e), BAA register 12.",
      rule: "clinical-phi",
      missing: [],
    },
  ]);
  assert.equal(permit.policyVersion, 1);
  assert.match(permit.policyHash, /^[0-9a-f]{64}$/);
});

test("candidates stay in their order, and every one is accounted for", () => {
  const candidates = ["c", "b", "a"].map((id) =>
    deploymentWith({ provider: { id }, guarantees: id === "b" ? [] : ["no-training"] }),
  );
  const permit = policy.permit(weighed({ caller: employee, data: "internal" }), candidates);
  assert.deepEqual(
    permit.allowed.map((one) => one.deployment.id),
    ["c/m1", "a/m1"],
  );
  assert.deepEqual(
    permit.considered.map((one) => one.deploymentId),
    ["c/m1", "b/m1", "a/m1"],
  );
});

const refusals = [
  [
    "a rail says which guarantee it wants",
    clinical,
    "restricted+phi",
    ["zero-retention", "no-training"],
    "phi-needs-baa",
    ["baa", "self-hosted"],
    "Refused: needs a BAA or self-hosting (phi-needs-baa: HIPAA 164.504(e)).",
  ],
  [
    "the nearest grant says what the provider lacks",
    employee,
    "internal+contact",
    ["dpa"],
    undefined,
    ["no-training"],
    "Refused: needs no training for internal+contact data (rule base-internal).",
  ],
  [
    "data above every ceiling is told with the nearest one",
    employee,
    "restricted+pci",
    ["no-training"],
    undefined,
    [],
    "Refused: restricted+pci data goes further than the nearest rule, base-internal, which allows data up to internal+contact.",
  ],
  [
    "a caller without rows is told so",
    callerWith("role:visitor"),
    "public",
    full,
    undefined,
    [],
    "Refused: no rule allows this key, its team or its roles anything.",
  ],
] as const;

for (const [name, caller, data, guarantees, rule, missing, because] of refusals) {
  test(name, () => {
    const permit = policy.permit(weighed({ caller, data }), [
      deploymentWith({ guarantees, vendor: "Other" }),
    ]);
    assert.deepEqual(permit.allowed, []);
    assert.deepEqual(permit.considered, [
      { deploymentId: "acme/m1", allowed: false, because, rule, missing },
    ]);
  });
}

test("a purpose opens a grant, and the refusal without it says which", () => {
  const candidates = [deploymentWith({ guarantees: [...full, "dpa"], vendor: "Other" })];
  const ask = (purpose?: string) =>
    policy.permit(
      weighed({
        caller: callerWith("role:support"),
        data: "confidential+pii",
        ...(purpose ? { purpose } : {}),
      }),
      candidates,
    );
  assert.equal(ask("support").allowed[0]?.rule, "support-contact");
  assert.equal(ask("marketing").allowed.length, 0);
  assert.equal(
    ask().considered[0]?.because,
    "Refused: allowed only for the purpose support (rule support-contact).",
  );
});

test("an action that no row gives is refused in its own words", () => {
  const embed = { action: "embed", model: "m", inputs: ["x"], extras: {} } as const;
  const permit = policy.permit(weighed({ caller: clinical, data: "public", request: embed }), [
    deploymentWith({ guarantees: full }),
  ]);
  assert.equal(permit.considered[0]?.because, 'Refused: no rule allows this caller the action "embed".');
});

test("a team has the roles that the policy gives it", () => {
  const caller = { ...callerWith(), team: "team:clinic" };
  const candidates = [deploymentWith({ guarantees: full, vendor: "Other" })];
  assert.deepEqual(policy.rolesOf("team:clinic"), ["role:clinical"]);
  assert.equal(policy.permit(weighed({ caller, data: "restricted+phi" }), candidates).allowed.length, 1);
});

test("a provider that is off is considered, with its reason", () => {
  const disabledReason = "OPENAI_API_KEY is not set";
  const off = deploymentWith({ provider: { enabled: false, disabledReason }, guarantees: full });
  const unsaid = deploymentWith({ provider: { enabled: false }, guarantees: full });
  const permit = policy.permit(weighed({ caller: clinical, data: "public" }), [off, unsaid]);
  assert.deepEqual(
    permit.considered.map((one) => one.because),
    [disabledReason, "Acme is off"],
  );
  assert.equal(permit.allowed.length, 0);
});

test("a guarantee counts only while it is held, to the second, with a warm cache", async () => {
  let now = Date.parse("2026-11-21T11:59:58Z");
  const timed = await policyOf(examplePolicy, { now: () => now });
  const noon = new Date("2026-11-21T12:00:00Z");
  const candidates = [deploymentWith({ guarantees: [held("no-training", noon)] })];
  const ask = () => timed.permit(weighed({ caller: employee, data: "internal" }), candidates).allowed.length;
  assert.equal(ask(), 1);
  now = Date.parse("2026-11-21T11:59:59Z");
  assert.equal(ask(), 1);
  now = Date.parse("2026-11-21T12:00:00Z");
  assert.equal(ask(), 0);
  now = Date.parse("2026-11-21T12:00:01Z");
  assert.equal(ask(), 0);
});

test("a guarantee that is not held is missing, with the catalog's own words", () => {
  const because = "needs an attestation by an administrator";
  const baa = { ...held("baa"), held: false, because };
  const deployment = deploymentWith({ guarantees: [baa, "zero-retention", "no-training"], vendor: "Other" });
  const { considered } = policy.permit(weighed({ caller: clinical, data: "restricted+phi" }), [deployment]);
  assert.match(considered[0]?.because ?? "", /baa: needs an attestation by an administrator\.$/);
});

test("a guarantee that another implies counts, and an implied one is no more than that", () => {
  const house = deploymentWith({ guarantees: ["self-hosted"], vendor: "Other" });
  assert.equal(
    policy.permit(weighed({ caller: employee, data: "restricted+phi" }), [house]).allowed.length,
    1,
  );
  const remote = deploymentWith({ guarantees: ["zero-retention"], vendor: "Other" });
  assert.equal(
    policy.permit(weighed({ caller: employee, data: "restricted+phi" }), [remote]).allowed.length,
    0,
  );
});

test("a rail against a vendor holds in any spelling, and for models nobody has looked at", async () => {
  const rails = await policyOf(`
    p, open, allow, role:employee, anything, up to confidential, anywhere, always, R
    p, no-acme, deny, anyone, anything, confidential or above, if vendor:acme-labs, always, R`);
  const ask = (parts: Parameters<typeof deploymentWith>[0]) =>
    rails.permit(weighed({ caller: employee, data: "confidential" }), [deploymentWith(parts)]).allowed.length;
  assert.equal(ask({ vendor: "Acme Labs" }), 0);
  assert.equal(ask({ vendor: "ACME-LABS" }), 0);
  assert.equal(ask({ vendor: "Other" }), 1);
  assert.equal(ask({ vendor: "Other", unlisted: true }), 0);
});

test("break-glass lifts only the rows that say so, and only while it lasts", async () => {
  let now = 1_000;
  const timed = await policyOf(examplePolicy, { now: () => now });
  // The grant wants zero retention as well, so a looser one shows the rail alone.
  const loose = await policyOf(
    examplePolicy.replace("with baa and zero-retention and no-training", "with baa"),
    { now: () => now },
  );
  const candidates = [deploymentWith({ guarantees: ["baa"], vendor: "Other" })];
  const ask = (breakGlass?: { until: number }) =>
    loose.permit(weighed({ caller: clinical, data: "restricted+phi" }), candidates, breakGlass).allowed
      .length;
  assert.deepEqual([ask(), ask({ until: 2_000 }), ask()], [0, 1, 0]);
  now = 2_000;
  assert.equal(ask({ until: 2_000 }), 0);
  const withoutBaa = [deploymentWith({ guarantees: ["zero-retention", "no-training"] })];
  const permit = timed.permit(weighed({ caller: clinical, data: "restricted+phi" }), withoutBaa, {
    until: 9_000,
  });
  assert.equal(permit.considered[0]?.rule, "phi-needs-baa");
});

test("hours and dates end an answer on the minute, with a warm cache", async () => {
  let now = 0;
  const timed = await policyOf(
    "p, night, allow, role:a, complete, up to public, anywhere, hours:22-06@Europe/Berlin and before:2026-11-23, R",
    { now: () => now },
  );
  const request = weighed({ caller: callerWith("role:a"), data: "public" });
  const candidates = [deploymentWith()];
  const at = (time: string) => {
    now = Date.parse(time);
    return timed.permit(request, candidates).allowed.length === 1;
  };
  assert.equal(at("2026-11-21T20:59:59Z"), false);
  assert.equal(at("2026-11-21T21:00:00Z"), true);
  assert.equal(at("2026-11-22T04:59:59Z"), true);
  assert.equal(at("2026-11-22T05:00:00Z"), false);
  assert.equal(at("2026-11-22T23:59:59Z"), true);
  assert.equal(at("2026-11-23T00:00:00Z"), false);
});

test("an environment's row holds in that environment alone", async () => {
  const csv = "p, x, allow, role:a, complete, up to public, anywhere, env:development, R";
  const request = weighed({ caller: callerWith("role:a"), data: "public" });
  const inDevelopment = await policyOf(csv, { environment: "development" });
  assert.equal(inDevelopment.permit(request, [deploymentWith()]).allowed.length, 1);
  const unsaid = await policyOf(csv);
  assert.equal(unsaid.permit(request, [deploymentWith()]).allowed.length, 0);
});

test("a label that no ceiling names is allowed nowhere", () => {
  const candidates = [deploymentWith({ guarantees: [...full, "self-hosted", "region:eu"], vendor: "Other" })];
  for (const label of ["minors", "secret", "pci", "unscanned"]) {
    const permit = policy.permit(
      weighed({ caller: callerWith("role:employee", "role:clinical"), data: `restricted+${label}` }),
      candidates,
    );
    assert.equal(permit.allowed.length, 0, label);
  }
});

test("a floor for contact data holds for personal data too", async () => {
  const csv = `p, a, allow, role:a, complete, up to confidential+pii, anywhere, always, R
p, b, deny, anyone, complete, any contact, unless dpa, always, R`;
  const strict = await policyOf(csv);
  const ask = (data: string) =>
    strict.permit(weighed({ caller: callerWith("role:a"), data, request: completion() }), [deploymentWith()]);
  assert.equal(ask("confidential+pii").considered[0]?.rule, "b");
  assert.equal(ask("confidential").allowed.length, 1);
});

test("a request that names a role's rows twice asks the same cache", () => {
  const deployment = deploymentWith({ guarantees: ["no-training"] });
  const ask = (caller = employee) =>
    policy.permit(weighed({ caller, data: "internal" }), [deployment]).allowed[0];
  assert.equal(ask(), ask());
  assert.equal(ask(), ask({ ...employee, key: "key:other", roles: ["role:unknown", "role:employee"] }));
});
