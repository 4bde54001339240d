// A small world for the outage test: random deployments that fail in their own ways, a policy that may be
// replaced meanwhile, a webhook that names anything, and breakers that open at the first failure.

import assert from "node:assert/strict";
import type { Deployment } from "../../src/core/deployment.ts";
import { Failure } from "../../src/core/errors.ts";
import { noUsage, type ModelEvent } from "../../src/core/events.ts";
import type { PermittedDeployment } from "../../src/core/permit.ts";
import { createSnapshots, type Snapshot, type Snapshots } from "../../src/gateway/snapshots.ts";
import type { LoadedPolicy } from "../../src/policy/load-policy.ts";
import type { Lottery } from "../../src/policy/self-check.ts";
import type { Providers } from "../../src/providers/providers.ts";
import type { RouteWebhooks } from "../../src/providers/route-webhook.ts";
import { AttemptFailure, attemptFailureFrom } from "../../src/providers/upstream-failure.ts";
import { createHealth } from "../../src/routing/health.ts";
import { catalogOf } from "./flow.ts";
import { deploymentWith, held } from "./policy-parts.ts";
import { inBatches } from "./batches.ts";

/** One clock for all: it only goes on, over days and nights, so that hours and dates come and go. */
export const clock = { now: Date.parse("2026-11-21T12:00:00Z") };

export interface Loaded {
  readonly csv: string;
  readonly policy: LoadedPolicy;
}

const guaranteeNames = ["no-training", "zero-retention", "baa", "dpa", "soc2", "self-hosted", "region:eu"];

/** How a deployment behaves when its turn comes. */
const outages = [
  "answers",
  "is down",
  "hangs until evidence expires",
  "refuses us",
  "blames the caller",
  "breaks off",
  "dawdles",
  "limits us",
] as const;
type Outage = (typeof outages)[number];

/** One call, when it was made, and the policies it had to satisfy. */
interface Call {
  readonly target: PermittedDeployment;
  readonly at: number;
  readonly under: readonly Loaded[];
  readonly action: "complete" | "moderate";
}

export class World {
  inForce: Loaded;
  readonly calls: Call[] = [];
  /** Two were called at once. */
  raced = false;
  #running = 0;
  readonly #outages: ReadonlyMap<string, Outage>;
  readonly #publishAfter: number;
  readonly #next: Loaded;
  #pinned: Loaded;
  /** What the next snapshot is built of. */
  #newest: Loaded;
  readonly catalog: ReturnType<typeof catalogOf>;
  snapshots: Snapshots;
  /** Opens at the first failure, so that every outage meets it. */
  readonly health = createHealth(() => clock.now);
  readonly #random: Lottery;

  constructor(random: Lottery, pool: readonly Loaded[]) {
    const pick = <T>(from: readonly T[]): T => from[random(from.length)] as T;
    this.#random = random;
    this.health.configure({ rateLimits: 1, errors: 0.01, atLeast: 1, within: 60_000, cooldown: 1_000 });
    this.inForce = this.#pinned = this.#newest = pick(pool);
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
      onSwap: () => void (this.inForce = this.#newest),
    });
  }

  /** A request pins what is in force when it comes. */
  begins(): void {
    this.#pinned = this.inForce;
  }

  #snapshot(): Snapshot {
    const { policy } = this.#newest;
    const models = this.catalog.deployments.map(({ id }) => id);
    return {
      policy,
      catalog: this.catalog,
      routes: [
        { name: "chain", description: "", pick: "cheapest", models },
        { name: "auto", description: "", pick: "cheapest" },
        { name: "raced", description: "", pick: "in-order", models, hedge: { after: 1 } },
        { name: "drawn", description: "", pick: "weighted", models, hedge: { after: 1 } },
        {
          name: "tiered",
          description: "",
          pick: "in-order",
          models,
          escalate: {
            when: { schema: false, refused: true, judge: { model: models[0] ?? "", below: 7 } },
            streams: "hold",
            learn: false,
          },
        },
        {
          name: "advised",
          description: "",
          pick: "webhook",
          models: models.slice(0, 3),
          webhook: { url: "http://127.0.0.1/", timeout: 1 },
        },
      ],
    };
  }

  /** Records first, then does as the outage says; some calls see a new version published meanwhile. */
  async #called(target: PermittedDeployment, action: Call["action"] = "complete"): Promise<void> {
    const under = [...new Set([this.#pinned, this.inForce])];
    this.calls.push({ target, at: clock.now, under, action });
    if (this.calls.length > this.#publishAfter) {
      this.#newest = this.#next;
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
    if (outage === "dawdles") await new Promise((resolve) => setTimeout(resolve, 3));
    if (outage === "limits us")
      throw new AttemptFailure(new Failure("RATE_LIMITED"), { mayTryAnother: true, fault: "rate-limit" });
    if (outage === "refuses us")
      throw new AttemptFailure(new Failure("UPSTREAM_FAILED"), { mayTryAnother: true, alarm: true });
    if (outage === "blames the caller")
      throw new AttemptFailure(new Failure("INVALID_REQUEST"), { mayTryAnother: false });
  }

  async *#answer(target: PermittedDeployment): AsyncGenerator<ModelEvent> {
    this.#running += 1;
    this.raced ||= this.#running > 1;
    try {
      await this.#called(target);
    } finally {
      this.#running -= 1;
    }
    yield { type: "answer-begin" };
    if (this.#outages.get(target.deployment.id) === "breaks off")
      throw attemptFailureFrom(new Error("other side closed"), target.deployment.provider.name);
    yield { type: "text-delta", choice: 0, text: "Hello." };
    yield { type: "choice-finish", choice: 0, reason: "stop" };
  }

  /** Names whatever there is, permitted or not, and what there is not. */
  readonly webhooks: RouteWebhooks = {
    ask: async () => {
      const ids = this.catalog.deployments.map(({ id }) => id).filter(() => this.#random(2) === 0);
      return this.#random(4) === 0 ? undefined : [...ids.toReversed(), "acme/no-such"];
    },
  };

  readonly providers: Providers = {
    complete: (target) => ({ params: [], events: inBatches(this.#answer(target)) }),
    embed: async (target) => {
      await this.#called(target);
      return { params: [], answer: { embeddings: [], usage: noUsage } };
    },
    moderate: async (target) => {
      await this.#called(target, "moderate");
      return { type: "text", text: String(this.#random(11)), usage: noUsage };
    },
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
