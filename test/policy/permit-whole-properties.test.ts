// What must hold for every policy, tried through `Policy.permit` itself: with real deployments, evidence
// that expires, features of requests, a clock that goes on, and caches that are warm.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Deployment, Guarantee } from "../../src/core/deployment.ts";
import { joinSensitivity, levels, sensitivity, type Sensitivity } from "../../src/core/sensitivity.ts";
import type { Weighed } from "../../src/core/stages.ts";
import { dropsGuarantee, featuresOf } from "../../src/policy/features.ts";
import type { LoadedPolicy } from "../../src/policy/load-policy.ts";
import { lottery, type Lottery } from "../../src/policy/self-check.ts";
import { plainlyAllowed } from "../kit/plain-reading.ts";
import { callerWith, completion, deploymentWith, held, policyOf, weighed } from "../kit/policy-parts.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const seed = 20261121;
const policies = 40;
const requestsEach = 65;
const candidates = 4;
const names = ["no-training", "zero-retention", "baa", "dpa", "soc2", "self-hosted", "region:eu"];
const labels = ["contact", "pii", "phi", "pci", "secret", "eu", "minors", "unscanned"];
/** Nothing is implied among what these drop and what the random policies imply, save zero retention by the house. */
const extras = [
  {},
  {},
  { store: true },
  { web_search_options: {} },
  { provider: { data_collection: "allow" } },
];

interface Tried {
  readonly csv: string;
  readonly policy: LoadedPolicy;
  readonly random: Lottery;
  readonly ask: Weighed;
  readonly deployments: readonly Deployment[];
  readonly now: number;
}

/** 40 policies × 65 requests × 4 candidates: more than 10,000 decisions. */
async function everyPermit(check: (tried: Tried) => void): Promise<void> {
  const random = lottery(seed);
  const clock = { now: Date.parse("2026-11-21T12:00:00Z") };
  for (let index = 0; index < policies; index++) {
    const csv = randomPolicy(random);
    const policy = await policyOf(csv, { now: () => clock.now });
    const deployments = Array.from({ length: 12 }, () => randomDeployment(random, clock.now));
    for (let number = 0; number < requestsEach; number++) {
      clock.now += random(3) * 600_000;
      const from = random(deployments.length - candidates);
      check({
        csv,
        policy,
        random,
        ask: randomAsk(random),
        deployments: deployments.slice(from, from + candidates),
        now: clock.now,
      });
    }
  }
}

function randomDeployment(random: Lottery, now: number): Deployment {
  const guarantees = names
    .filter(() => random(2) === 0)
    .map((name): Guarantee => {
      const until = random(3) === 0 ? new Date(now + random(60) * 600_000) : undefined;
      return { ...held(name, until), held: random(8) > 0 };
    });
  const id = random(2) === 0 ? "acme" : "beta";
  return deploymentWith({
    provider: { id },
    vendor: random(2) === 0 ? "Acme" : "Other",
    unlisted: random(6) === 0,
    guarantees,
  });
}

function randomAsk(random: Lottery): Weighed {
  const roles = ["role:a", "role:b", "role:c"].filter(() => random(2) === 0);
  const team = ["team:t", "team:u", "team:v"][random(3)] ?? "team:v";
  const data = randomData(random);
  const purpose = [undefined, "care", "support"][random(3)];
  const base = weighed({
    caller: { ...callerWith(...roles), team },
    data: "public",
    request: completion(extras[random(extras.length)]),
    ...(purpose === undefined ? {} : { purpose }),
  });
  return { ...base, sensitivity: { ...base.sensitivity, effective: data } };
}

const randomData = (random: Lottery): Sensitivity =>
  sensitivity(
    levels[random(4)] ?? "public",
    labels.filter(() => random(6) === 0),
  );

const allowedOf = (
  policy: LoadedPolicy,
  ask: Weighed,
  deployments: readonly Deployment[],
): readonly boolean[] => policy.permit(ask, deployments).considered.map(({ allowed }) => allowed);

test("a permit never differs from what a reader of the rows would say", async () => {
  let decisions = 0;
  let allowed = 0;
  await everyPermit(({ csv, policy, ask: first, deployments, now }) => {
    // Then the same without the feature: what one request drops must not touch the next.
    for (const ask of [first, { ...first, request: completion() }]) {
      allowedOf(policy, ask, deployments).forEach((answer, index) => {
        const deployment = deployments[index];
        assert.ok(deployment);
        decisions += 1;
        if (answer) allowed += 1;
        assert.equal(answer, plainly(csv, ask, deployment, now), `${JSON.stringify(ask)} under\n${csv}`);
      });
    }
  });
  assert.ok(decisions >= 10_000 && allowed > 500, `${allowed} of ${decisions} allowed`);
});

function plainly(
  csv: string,
  ask: Weighed,
  { guarantees, model, provider, unlisted }: Deployment,
  now: number,
): boolean {
  const features = featuresOf(ask.request);
  const holding = guarantees
    .filter((one) => one.held && (one.until?.getTime() ?? Infinity) > now)
    .map(({ name }) => name);
  const implied = holding.includes("self-hosted") ? [...holding, "zero-retention"] : holding;
  // What a feature drops is dropped however it was come by, so nothing is left to imply it.
  const kept = implied.filter((name) => !dropsGuarantee(features, name));
  return plainlyAllowed(csv.replace("g2, self-hosted, zero-retention", ""), {
    subjects: [ask.caller.key, ask.caller.team, ...ask.caller.roles],
    action: ask.request.action,
    data: ask.sensitivity.effective,
    guarantees: kept,
    names: [
      `vendor:${model.vendor.toLowerCase()}`,
      `family:${model.family ?? ""}`,
      `model:${model.id}`,
      `provider:${provider.id}`,
    ],
    unlisted,
    purpose: ask.purpose,
    now,
  });
}

test("raising the data of a request never opens a deployment", async () => {
  let open = 0;
  await everyPermit(({ policy, ask, deployments, random }) => {
    const effective = joinSensitivity(ask.sensitivity.effective, randomData(random));
    const raised = allowedOf(policy, { ...ask, sensitivity: { ...ask.sensitivity, effective } }, deployments);
    const before = allowedOf(policy, ask, deployments);
    raised.forEach((answer, index) => assert.ok(!answer || before[index], JSON.stringify([ask, effective])));
    open += raised.filter(Boolean).length;
  });
  assert.ok(open > 100, `only ${open} raised ones were allowed`);
});

test("a further guarantee never closes a deployment, and a feature never opens one", async () => {
  let open = 0;
  await everyPermit(({ policy, ask, deployments, random }) => {
    const before = allowedOf(policy, ask, deployments);
    const more = deployments.map((deployment) => ({
      ...deployment,
      guarantees: [...deployment.guarantees, held(names[random(names.length)] ?? "baa")],
    }));
    allowedOf(policy, ask, more).forEach((answer, index) => assert.ok(answer || !before[index]));
    const plain = allowedOf(policy, { ...ask, request: completion() }, deployments);
    before.forEach((answer, index) => assert.ok(!answer || plain[index]));
    open += before.filter(Boolean).length;
  });
  assert.ok(open > 500, `only ${open} were allowed`);
});
