// Whatever fails, and whatever is published meanwhile, nothing is ever sent where it may not go:
// random policies, catalogs and outages, judged by a reader of the rows that shares no code with the engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../src/core/caller.ts";
import type { Deployment } from "../../src/core/deployment.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import type { PermittedDeployment } from "../../src/core/permit.ts";
import { builtInLabels, joinSensitivity, sensitivity, type Sensitivity } from "../../src/core/sensitivity.ts";
import { createSnapshots, type Snapshot, type Snapshots } from "../../src/gateway/snapshots.ts";
import { loadPolicy, type LoadedPolicy } from "../../src/policy/load-policy.ts";
import { lottery, type Lottery } from "../../src/policy/self-check.ts";
import { AttemptFailure, attemptFailureFrom } from "../../src/providers/upstream-failure.ts";
import { Failure } from "../../src/core/errors.ts";
import type { Providers } from "../../src/providers/providers.ts";
import { catalogOf, flowOver, outcomeOf } from "../kit/flow.ts";
import { plainlyAllowed } from "../kit/plain-reading.ts";
import { callerWith, completion, deploymentWith, held, tag } from "../kit/policy-parts.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const seed = Number(process.env["PORTCULLIS_TEST_SEED"] ?? 20261121);
const policies = 100;
const casesEach = 100;
/** One clock for all: it only goes on, over days and nights, so that hours and dates come and go. */
const clock = { now: Date.parse("2026-11-21T12:00:00Z") };

interface Loaded {
  readonly csv: string;
  readonly policy: LoadedPolicy;
}

/** What the text of a message makes of its data, by what is known of the detectors' vocabulary. */
const texts: readonly (readonly [text: string, found: string])[] = [
  ["Tell me about the tides.", "public"],
  ["Write to jane.doe@example.com today.", "internal+contact"],
  ["My card is 4111 1111 1111 1111.", "restricted+pci"],
];
const declarations = [undefined, "public", "internal", "confidential+pii", "restricted+phi", "internal+eu"];
const guaranteeNames = ["no-training", "zero-retention", "baa", "dpa", "soc2", "self-hosted", "region:eu"];

/** How a deployment behaves when its turn comes. */
const outages = [
  "answers",
  "is down",
  "hangs until evidence expires",
  "refuses us",
  "blames the caller",
  "breaks off",
] as const;
type Outage = (typeof outages)[number];

class World {
  inForce: Loaded;
  readonly calls: { target: PermittedDeployment; at: number; under: readonly Loaded[] }[] = [];
  readonly #outages: ReadonlyMap<string, Outage>;
  readonly #publishAfter: number;
  readonly #next: Loaded;
  readonly #pinned: Loaded;
  readonly catalog: ReturnType<typeof catalogOf>;
  snapshots: Snapshots;

  constructor(random: Lottery, pool: readonly Loaded[]) {
    const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
    this.inForce = this.#pinned = pick(pool);
    this.#next = pick(pool);
    this.#publishAfter = random(2) === 0 ? random(3) : Infinity;
    const deployments = Array.from({ length: 1 + random(6) }, (_, index) => randomDeployment(random, index));
    this.catalog = catalogOf(deployments);
    this.#outages = new Map(deployments.map(({ id }) => [id, pick(outages)]));
    this.snapshots = createSnapshots({
      build: async (): Promise<Snapshot> => this.#snapshot(),
      now: () => clock.now,
      lastHeard: () => clock.now,
      onFault: (error) => assert.fail(String(error)),
    });
  }

  #snapshot(): Snapshot {
    const { policy } = this.inForce;
    const models = this.catalog.deployments.map(({ id }) => id);
    return {
      policy,
      catalog: this.catalog,
      routes: [
        { name: "chain", description: "", pick: "cheapest", models },
        { name: "auto", description: "", pick: "cheapest" },
      ],
    };
  }

  /** Records first, then does as the outage says; some calls see a new version published meanwhile. */
  async #called(target: PermittedDeployment): Promise<void> {
    const under = [...new Set([this.#pinned, this.inForce])];
    this.calls.push({ target, at: clock.now, under });
    if (this.calls.length > this.#publishAfter) {
      this.inForce = this.#next;
      await this.snapshots.refresh();
    }
    const { id, provider } = target.deployment;
    const outage = this.#outages.get(id);
    if (outage === "hangs until evidence expires") clock.now += 60_000;
    if (outage === "is down") throw attemptFailureFrom(new Error("connect ECONNREFUSED"), provider.name);
    if (outage === "hangs until evidence expires")
      throw attemptFailureFrom(
        Object.assign(new Error("late"), { code: "UND_ERR_HEADERS_TIMEOUT" }),
        provider.name,
      );
    if (outage === "refuses us")
      throw new AttemptFailure(new Failure("UPSTREAM_FAILED"), { mayTryAnother: true, alarm: true });
    if (outage === "blames the caller")
      throw new AttemptFailure(new Failure("INVALID_REQUEST"), { mayTryAnother: false });
  }

  async *#answer(target: PermittedDeployment): AsyncGenerator<ModelEvent> {
    await this.#called(target);
    yield { type: "answer-begin" };
    if (this.#outages.get(target.deployment.id) === "breaks off")
      throw attemptFailureFrom(new Error("other side closed"), target.deployment.provider.name);
    yield { type: "text-delta", choice: 0, text: "Hello." };
    yield { type: "choice-finish", choice: 0, reason: "stop" };
  }

  readonly providers: Providers = {
    complete: (target) => ({ params: [], events: this.#answer(target) }),
    embed: async (target) => {
      await this.#called(target);
      const usage = { input: 1, cachedInput: 0, cacheWrite: 0, output: 0, reasoning: 0 };
      return { params: [], answer: { embeddings: [], usage } };
    },
    moderate: () => Promise.reject(new Error("not asked")),
    counterOf: () => undefined,
    image: () => Promise.reject(new Error("not asked")),
  };
}

function randomDeployment(random: Lottery, index: number): Deployment {
  const until = [
    undefined,
    undefined,
    new Date(clock.now),
    new Date(clock.now + 30_000),
    new Date(clock.now + 90_000),
  ];
  const guarantees = guaranteeNames
    .filter(() => random(2) === 0)
    .map((name) => ({ ...held(name, until[random(until.length)]), held: random(6) > 0 }));
  const id = ["acme", "beta", "gamma"][random(3)] ?? "acme";
  const enabled = random(10) > 0;
  const deployment = deploymentWith({
    provider: { id, enabled },
    vendor: ["Acme", "Other"][random(2)] ?? "",
    unlisted: random(8) === 0,
    guarantees,
  });
  return { ...deployment, id: `${id}/m${index}` };
}

function randomCaller(random: Lottery): Caller {
  const roles = ["role:a", "role:b", "role:c"].filter(() => random(2) === 0);
  const team = ["team:t", "team:u", "team:v"][random(3)] ?? "team:v";
  return {
    ...callerWith(...roles),
    key: random(4) === 0 ? "key:k9" : "key:k1",
    team,
    ceiling: sensitivity("restricted", builtInLabels),
    purposes: ["care", "support"],
  };
}

test("10,000 random outages send nothing to a deployment that may not see it", async () => {
  const random = lottery(seed);
  const pool: Loaded[] = [];
  for (let version = 1; version <= policies; version++) pool.push(await load(randomPolicy(random), version));
  let calls = 0;
  let failovers = 0;
  for (let number = 0; number < policies * casesEach; number++) {
    clock.now += random(12) * 3_600_000;
    const world = new World(random, pool);
    await world.snapshots.refresh();
    const caller = randomCaller(random);
    const [text, found] = texts[random(texts.length)] ?? ["", "public"];
    const declared = declarations[random(declarations.length)];
    const purpose = [undefined, "care", "support"][random(3)];
    const model = ["chain", "auto", "m1", world.catalog.deployments[0]?.id ?? ""][random(4)] ?? "chain";
    const asked = { caller, requestId: `r${number}`, declared, purpose } as const;
    const isEmbedding = random(10) === 0;
    const flow = flowOver({ snapshots: world.snapshots, providers: world.providers, now: () => clock.now });
    await outcomeOf(
      flow,
      isEmbedding
        ? { ...asked, request: { action: "embed", model, inputs: [text], extras: {} } }
        : {
            ...asked,
            request: {
              ...completion(),
              model,
              messages: [{ role: "user", parts: [{ type: "text", text }] }],
            },
          },
    );
    const data = joinSensitivity(
      declared === undefined ? caller.defaultSensitivity : tag(declared),
      tag(found),
    );
    for (const call of world.calls)
      check(call, { caller, data, purpose, action: isEmbedding ? "embed" : "complete" }, number);
    calls += world.calls.length;
    if (world.calls.length > 1) failovers += 1;
  }
  assert.ok(
    calls > 2_000 && failovers > 300,
    `only ${calls} calls and ${failovers} failovers: they show little`,
  );
});

interface Sent {
  readonly caller: Caller;
  readonly data: Sensitivity;
  readonly purpose: string | undefined;
  readonly action: string;
}

function check(
  { target, at, under }: World["calls"][number],
  { caller, data, purpose, action }: Sent,
  number: number,
): void {
  const { model, provider, guarantees, unlisted, upstreamModel, id } = target.deployment;
  for (const { csv } of under) {
    const allowed = plainlyAllowed(csv, {
      subjects: [caller.key, caller.team, ...caller.roles],
      action,
      data,
      guarantees: guarantees
        .filter((one) => one.held && (one.until?.getTime() ?? Infinity) > at)
        .map(({ name }) => name),
      names: [
        `vendor:${model.vendor.toLowerCase()}`,
        `family:${model.family ?? ""}`,
        `model:${model.id}`,
        `model:${upstreamModel}`,
        `provider:${provider.id}`,
      ],
      unlisted,
      purpose,
      now: at,
    });
    assert.ok(
      allowed && provider.enabled,
      `seed ${seed}, case ${number}, ${new Date(at).toISOString()}: ${JSON.stringify(data)} reached ${id} under\n${csv}`,
    );
  }
}

async function load(csv: string, version: number): Promise<Loaded> {
  const files = { "policy.csv": csv };
  return { csv, policy: await loadPolicy({ files, version, now: () => clock.now }) };
}
