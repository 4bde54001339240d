// Whatever fails, and whatever is published meanwhile, nothing is ever sent where it may not go:
// random policies, catalogs and outages, judged by a reader of the rows that shares no code with the engine.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../src/core/caller.ts";
import { builtInLabels, joinSensitivity, sensitivity, type Sensitivity } from "../../src/core/sensitivity.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { lottery, type Lottery } from "../../src/policy/self-check.ts";
import { flowOver, outcomeOf } from "../kit/flow.ts";
import { clock, World, type Loaded } from "../kit/outage-world.ts";
import { plainlyAllowed } from "../kit/plain-reading.ts";
import { callerWith, completion, tag } from "../kit/policy-parts.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const seed = Number(process.env["PORTCULLIS_TEST_SEED"] ?? 20261121);
const policies = 100;
const casesEach = 100;

/** What the text of a message makes of its data, by what is known of the detectors' vocabulary. */
const texts: readonly (readonly [text: string, found: string])[] = [
  ["Tell me about the tides.", "public"],
  ["Write to jane.doe@example.com today.", "internal+contact"],
  ["My card is 4111 1111 1111 1111.", "restricted+pci"],
];
const declarations = [undefined, "public", "internal", "confidential+pii", "restricted+phi", "internal+eu"];

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
  let again = 0;
  let races = 0;
  let graded = 0;
  for (let number = 0; number < policies * casesEach; number++) {
    clock.now += random(12) * 3_600_000;
    const world = new World(random, pool);
    await world.snapshots.refresh();
    const caller = randomCaller(random);
    const [text, found] = texts[random(texts.length)] ?? ["", "public"];
    const declared = declarations[random(declarations.length)];
    const purpose = [undefined, "care", "support"][random(3)];
    const names = [
      "chain",
      "auto",
      "raced",
      "drawn",
      "advised",
      "tiered",
      "m1",
      world.catalog.deployments[0]?.id ?? "",
    ];
    const model = names[random(names.length)] ?? "chain";
    const asked = { caller, requestId: `r${number}`, declared, purpose } as const;
    const isEmbedding = random(10) === 0;
    const { snapshots, providers, webhooks, health } = world;
    const flow = flowOver({ snapshots, providers, webhooks, health, now: () => clock.now });
    const ask = () => {
      world.begins();
      return outcomeOf(
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
    };
    await ask();
    // Again, now that breakers are open; and once more when they try one call.
    const before = world.calls.length;
    if (random(4) === 0) {
      await ask();
      clock.now += 2_000;
      await ask();
    }
    again += world.calls.length - before;
    if (world.raced) races += 1;
    graded += world.calls.filter(({ action }) => action === "moderate").length;
    const data = joinSensitivity(
      declared === undefined ? caller.defaultSensitivity : tag(declared),
      tag(found),
    );
    for (const call of world.calls)
      check(call, { caller, data, purpose, action: isEmbedding ? "embed" : call.action }, number);
    calls += world.calls.length;
    if (world.calls.length > 1) failovers += 1;
  }
  assert.ok(
    calls > 2_000 && failovers > 300 && again > 500 && races > 40 && graded > 5,
    `only ${calls} calls, ${failovers} failovers, ${again} again, ${races} races and ${graded} graded: they show little`,
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
