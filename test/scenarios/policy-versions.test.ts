// Versions that change a hundred times a second under 500 concurrent requests: each decision is one
// version's entirely. The two versions differ in everything that a decision takes from a policy.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnswerEvent } from "../../src/core/answer.ts";
import type { Caller } from "../../src/core/caller.ts";
import { asFailure, type Failure } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import type { Gateway } from "../../src/gateway/contract.ts";
import { createSnapshots, type Snapshot } from "../../src/gateway/snapshots.ts";
import type { Providers } from "../../src/providers/providers.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { parseRoutes } from "../../src/policy/routes-file.ts";
import { doors } from "../kit/both-doors.ts";
import { catalogOf, flowOver } from "../kit/flow.ts";
import { startGateway } from "../kit/gateway.ts";
import { bundleOf, policyFolder, writeVersion } from "../kit/policy-bundle.ts";
import { callerWith, completion, deploymentWith } from "../kit/policy-parts.ts";
import { closeSharedPostgres, sharedPostgres } from "../kit/postgres.ts";
import { answerOpenai, startUpstream } from "../kit/upstream.ts";
import { inBatches } from "../kit/batches.ts";

after(closeSharedPostgres);

/** Odd versions know one team role, one route, one provider and one way with addresses; even ones the other. */
const worlds = [
  { role: "role:even", provider: "portkey", found: "block", rule: "even" },
  { role: "role:odd", provider: "litellm", found: "flag", rule: "odd" },
] as const;

const worldOf = (version: number) => worlds[version % 2] ?? worlds[0];

function bundle(version: number) {
  const { role, provider, found, rule } = worldOf(version);
  return bundleOf(
    `# Version ${version}
p, ${rule}, allow, ${role}, complete, up to confidential+pii, anywhere, always, World of ${rule}
p, not-the-other, deny, anyone, anything, internal or above, if provider:${provider === "portkey" ? "litellm" : "portkey"}, always, World of ${rule}
p, demo, allow, role:admin, complete, up to public, anywhere, always, To ask which version it is
p2, addresses, ${found}, anyone, public or above, contact, World of ${rule}
g, team:both, ${role}`,
    { chain: ["litellm/a", "portkey/b"] },
  );
}

test("500 concurrent requests under 100 swaps a second each live in one version", async () => {
  const deployments = ["litellm/a", "portkey/b"].map((id) => ({
    ...deploymentWith({ provider: { id: id.split("/")[0] ?? "" } }),
    id,
  }));
  const catalog = catalogOf(deployments);
  const snapshotsOf: Snapshot[] = [];
  for (let version = 1; version <= 40; version++) {
    const files = bundle(version);
    snapshotsOf.push({
      policy: await loadPolicy({ files, version }),
      catalog,
      routes: parseRoutes(files).routes,
    });
  }
  const swaps = { made: 0 };
  const snapshots = createSnapshots({
    // Building takes a while, as it does with a database.
    build: async () => {
      await sleep(1);
      return snapshotsOf[swaps.made++ % snapshotsOf.length] as Snapshot;
    },
    now: Date.now,
    lastHeard: Date.now,
    onFault: (error) => assert.fail(String(error)),
  });
  const gateway = flowOver({ snapshots, providers: slowProviders, now: Date.now });
  await snapshots.refresh();
  const began = performance.now();
  const flipping = setInterval(() => void snapshots.refresh(), 10);
  const told: Told[] = [];
  const lane = async (number: number): Promise<void> => {
    while (performance.now() - began < 2_500 || swaps.made < 120) {
      told.push(await decide(gateway, number % 5 === 0 ? "litellm/a" : "chain"));
      // Leaves the event loop time to swap.
      await sleep(100);
    }
  };
  try {
    await Promise.all(Array.from({ length: 500 }, (_, number) => lane(number)));
  } finally {
    clearInterval(flipping);
    snapshots.stop();
  }
  const count = (outcome: string): number => told.filter((one) => one.outcome === outcome).length;
  const counts = ["shown", "stopped", "POLICY_DENIED", "POLICY_REVOKED"].map(count);
  assert.ok(new Set(told.map(({ version }) => version)).size > 20);
  assert.ok(
    counts.slice(0, 3).every((one) => one > 100),
    counts.join(),
  );
  assert.equal(
    counts.reduce((sum, one) => sum + one),
    told.length,
    "nothing else happened",
  );
});

/** Says an address after a while, so that the safety rows are asked long after the permit. */
const slowProviders: Providers = {
  complete: () => ({ params: [], events: inBatches(slowAnswer()) }),
  embed: () => Promise.reject(new Error("not asked")),
  moderate: () => Promise.reject(new Error("not asked")),
  counterOf: () => undefined,
  image: () => Promise.reject(new Error("not asked")),
};

async function* slowAnswer(): AsyncGenerator<ModelEvent> {
  yield { type: "answer-begin" };
  await sleep(200);
  yield { type: "text-delta", choice: 0, text: "Write to jane.doe@example.com about it." };
  yield { type: "choice-finish", choice: 0, reason: "stop" };
}

interface Told {
  /** `shown`, `stopped`, or a failure's code. */
  readonly outcome: string;
  readonly version: number | undefined;
}

/** May read the policy, so that it is told rules by name. */
const caller: Caller = {
  ...callerWith(),
  team: "team:both",
  roles: [],
  scopes: new Set(["complete", "policy"]),
};

/** Everything that an answer or a refusal says must be of one version. */
async function decide(gateway: Gateway, model: string): Promise<Told> {
  const events: AnswerEvent[] = [];
  let failed: Failure | undefined;
  try {
    const asked = { caller, requestId: "r", request: { ...completion(), model } };
    for await (const batch of gateway.complete(asked, new AbortController().signal)) events.push(...batch);
  } catch (error) {
    failed = asFailure(error);
  }
  const started = events.find((event) => event.type === "started");
  if (failed?.code === "POLICY_DENIED") {
    // Only even versions refuse the first provider, and every reason must be theirs.
    const reasons = failed.detail.considered?.map(({ because }) => because) ?? [];
    assert.ok(
      reasons.length > 0 && reasons.every((reason) => reason.includes("World of even")),
      reasons.join(),
    );
    return { outcome: failed.code, version: undefined };
  }
  if (failed?.code === "POLICY_REVOKED") return { outcome: failed.code, version: undefined };
  assert.ok(started, String(failed));
  const { provider, found } = worldOf(started.policyVersion);
  assert.equal(started.deployment.provider.id, provider);
  const text = events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  assert.equal(
    text.includes("jane.doe@example.com"),
    found === "flag",
    `version ${started.policyVersion}: ${text}`,
  );
  const finished = events.find((event) => event.type === "finished");
  if (finished) {
    const { receipt } = finished;
    assert.deepEqual(
      [receipt.policyVersion, receipt.rule],
      [started.policyVersion, worldOf(started.policyVersion).rule],
    );
  }
  return { outcome: found === "flag" ? "shown" : "stopped", version: started.policyVersion };
}

test("a real gateway on PostgreSQL mixes nothing while versions are published", async (context) => {
  const postgres = await sharedPostgres();
  if (!postgres) return context.skip("no PostgreSQL server binaries on this machine");
  const upstream = await startUpstream(answerOpenai("Write to jane.doe@example.com about it."));
  const first = bundle(1);
  const gateway = await startGateway({
    DATABASE_URL: await postgres.freshDatabase(),
    PORTCULLIS_POLICIES: await policyFolder(first["policy.csv"] ?? "", { chain: ["litellm/a", "portkey/b"] }),
    LITELLM_BASE_URL: upstream.baseUrl,
    PORTKEY_BASE_URL: upstream.baseUrl,
  });
  try {
    const key = await gateway.makeKey({ team: "both", roles: [] });
    const published = { all: false };
    const publishing = (async () => {
      for (let version = 2; version <= 40; version++) {
        await writeVersion(gateway, bundle(version));
        await sleep(50);
      }
      published.all = true;
    })();
    const seen = new Set<number>();
    let answered = 0;
    const lane = async (ask: (typeof doors)[keyof typeof doors]): Promise<void> => {
      while (!published.all) {
        const answer = await ask(gateway, { model: "chain", text: "Hello", key });
        if (answer.outcome === "POLICY_REVOKED") continue;
        const version = answer.policyVersion;
        if (version === undefined) {
          assert.match(answer.outcome, /CONTENT_FILTER|OUTPUT_BLOCKED/);
          continue;
        }
        answered += 1;
        seen.add(version);
        const { provider, found } = worldOf(version);
        if (answer.deployment !== undefined) assert.equal(answer.deployment.split("/")[0], provider);
        assert.equal(answer.raw.includes("jane.doe@example.com"), found === "flag", answer.raw);
      }
    };
    await Promise.all([publishing, ...[doors.REST, doors.mutation, doors.REST, doors.mutation].map(lane)]);
    assert.ok(seen.size > 5 && answered > 50, `${answered} answers under ${seen.size} versions`);
  } finally {
    await gateway.close();
    await upstream.close();
  }
});
