// Which classifiers may judge a request, over real sockets and the shipped policy: permitted for this caller and
// this data, fit, paid for, recorded once. One that may not see the data sees no byte of it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { DecisionRow, SettlementRow } from "../../src/audit/record-book.ts";
import type { ClassifierSetting } from "../../src/catalog/classifier-settings.ts";
import { buildCatalog } from "../../src/catalog/build.ts";
import { loadRows } from "../../src/catalog/load.ts";
import type { Caller } from "../../src/core/caller.ts";
import { askForCanaries, classifiersFor } from "../../src/gateway/classifiers.ts";
import type { GatewayParts } from "../../src/gateway/parts.ts";
import type { Snapshot } from "../../src/gateway/snapshots.ts";
import { operator } from "../../src/intake/authenticate.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { createPools } from "../../src/providers/pools.ts";
import { createProviders } from "../../src/providers/providers.ts";
import type { CheckInput } from "../../src/safety/classifier.ts";
import { createRoster } from "../../src/safety/roster.ts";
import { judge, startFakeGuard } from "../kit/fake-guard.ts";
import { gatewayPartsOf } from "../kit/flow.ts";
import { callerWith, weighed } from "../kit/policy-parts.ts";
import { denyOllama, shippedFiles, withRows } from "../kit/shipped-policy.ts";
import { stall } from "../kit/upstream.ts";

const guard = await startFakeGuard();
const remote = await startFakeGuard();
const pools = createPools({ httpsProxy: undefined, noProxy: undefined });
after(async () => {
  await Promise.all([guard.close(), remote.close()]);
  await pools.close();
});

/** Ollama at a loopback address is self-hosted; LiteLLM passes on to whomever it likes. */
const catalog = buildCatalog({
  rows: loadRows(),
  settings: new Map([
    ["ollama", { hasKey: false, baseUrl: guard.baseUrl }],
    ["litellm", { hasKey: false, baseUrl: remote.baseUrl }],
    ["groq", { hasKey: true, baseUrl: guard.baseUrl }],
  ]),
  attestations: [],
  synced: { models: [], prices: [] },
  now: new Date(),
  demo: false,
});
const [asShipped, withoutOllama] = await Promise.all(
  [shippedFiles, withRows(denyOllama)].map(async (files, index): Promise<Snapshot> => {
    return { policy: await loadPolicy({ files, version: index + 1 }), catalog, routes: [] };
  }),
);
assert.ok(asShipped && withoutOllama);

const hosted = "ollama/llama-guard3:8b";
const moderations = "litellm/omni-moderation-latest";

interface World {
  readonly parts: GatewayParts;
  readonly rows: (DecisionRow | SettlementRow)[];
  /** What is in force now, while requests keep what they began with. */
  newest: Snapshot;
}

const both: readonly ClassifierSetting[] = [
  { deploymentId: hosted, format: "llama-guard" },
  { deploymentId: moderations, format: "openai-moderation" },
];

async function worldOf(
  classifiers = both,
  changes: Partial<GatewayParts> = {},
  timeoutMilliseconds = 60_000,
): Promise<World> {
  const rows: World["rows"] = [];
  const note = async (row: DecisionRow | SettlementRow): Promise<void> => void rows.push(row);
  const roster = createRoster({
    classifiers,
    categories: { without: [], custom: new Map() },
    timeoutMilliseconds,
    now: Date.now,
    onVerdict: () => undefined,
    onState: () => undefined,
  });
  after(() => roster.close());
  const parts: GatewayParts = {
    ...gatewayPartsOf({
      snapshots: { current: () => world.newest, refresh: async () => {}, stop: () => {}, troubles: [] },
      providers: createProviders({ pools, keysOf: () => [] }),
      now: Date.now,
    }),
    records: { requireRoom: () => undefined, decide: note, settle: note, receipt: async () => undefined },
    roster,
    ...changes,
  };
  const world: World = { parts, rows, newest: asShipped as Snapshot };
  const self = operator("key:gateway", () => []);
  let count = 0;
  await roster.start((id) => askForCanaries(id, self, () => `req_canary${(count += 1)}`, parts));
  rows.length = 0;
  return world;
}

const employee = callerWith("role:employee");
const asked = (data: string, caller: Caller = employee) => weighed({ caller, data });
const input = (window: string, signal = new AbortController().signal): CheckInput => ({
  phase: "output",
  prompt: "Hello",
  context: "",
  window,
  final: false,
  signal,
});

test("a classifier in house judges anything; a moderation service outside sees only what it may", async () => {
  const { parts } = await worldOf();
  guard.behave(judge());
  const outside = remote.checks.length;
  const open = classifiersFor(asked("public"), asShipped, parts);
  assert.deepEqual([open.classifiers.map(({ id }) => id), open.notRun], [[hosted, moderations], []]);
  assert.equal((await open.classifiers[1]?.check(input("it is forbidden")))?.hits[0]?.category, "S1");
  assert.equal(remote.checks.length, outside + 1);
  for (const data of ["restricted+phi", "confidential+pii", "internal+contact"]) {
    const { classifiers, notRun } = classifiersFor(asked(data), asShipped, parts);
    assert.deepEqual([classifiers.map(({ id }) => id), notRun], [[hosted], [moderations]], data);
    assert.equal((await classifiers[0]?.check(input("it is forbidden")))?.outcome, "hit");
  }
  assert.equal(remote.checks.length, outside + 1, "it saw no byte of what it may not see");
});

test("all checks of one classifier in one request are one record, with what they found and used", async () => {
  const { parts, rows } = await worldOf();
  guard.behave(judge());
  const { classifiers, close } = classifiersFor(asked("restricted+phi"), asShipped, parts);
  for (const text of ["one", "forbidden", "a bomb"]) await classifiers[0]?.check(input(text));
  await close?.();
  await close?.();
  assert.equal(rows.length, 2);
  const [decision, settlement] = rows as [DecisionRow, SettlementRow];
  assert.equal(decision.requestId, "r1.safety-1");
  assert.deepEqual([decision.action, decision.model, decision.key], ["moderate", hosted, employee.key]);
  assert.deepEqual([settlement.outcome, settlement.deploymentId], ["ok", hosted]);
  assert.equal(settlement.rule, "in-house-moderation");
  assert.deepEqual(settlement.safety, { classifiers: [hosted], notRun: [], categories: ["S1", "S9"] });
  assert.deepEqual([settlement.usage.input, settlement.usage.output], [600, 12]);
  assert.equal(settlement.attempts.length, 0, "what went well is not told one by one");
});

test("a classifier that has a price is paid from the caller's budgets, check by check, and not asked without room", async () => {
  guard.behave(judge());
  let room = true;
  const held: number[] = [];
  const settled: number[] = [];
  const settle = async (cost: number): Promise<void> => void settled.push(cost);
  const limit = {
    scope: "team:test",
    limit: 1,
    period: "day",
    spent: 1,
    held: 0,
    resetsAt: new Date(),
  } as const;
  const { parts, rows } = await worldOf(
    [{ deploymentId: "groq/openai/gpt-oss-safeguard-20b", format: "gpt-oss-safeguard" }],
    {
      budgets: {
        async hold(_requestId, scopes, amount) {
          if (scopes.includes(employee.key)) held.push(amount);
          return room ? { ok: true, settle } : { ok: false, budget: limit };
        },
      },
    },
  );
  settled.length = 0;
  const { classifiers, close } = classifiersFor(asked("public"), asShipped, parts);
  await classifiers[0]?.check(input("one"));
  const paid = 200 * 75_000 + 4 * 300_000;
  assert.deepEqual(settled, [paid], "picodollars for 200 tokens in and 4 out");
  assert.ok((held[0] ?? 0) > paid);
  room = false;
  const seen = guard.checks.length;
  const verdict = await classifiers[0]?.check(input("two"));
  assert.equal(verdict?.because, "the call failed with BUDGET_EXCEEDED");
  assert.equal(guard.checks.length, seen);
  await close?.();
  const settlement = rows.at(-1) as SettlementRow;
  assert.deepEqual([settlement.cost, settlement.outcome], [paid, "BUDGET_EXCEEDED"]);
});

test("a request that asked nothing leaves no record", async () => {
  const { parts, rows } = await worldOf();
  await classifiersFor(asked("public"), asShipped, parts).close?.();
  assert.equal(rows.length, 0);
});

test("a policy published meanwhile that denies the classifier ends its checks, as errors", async () => {
  const world = await worldOf();
  guard.behave(judge());
  const { classifiers, close } = classifiersFor(asked("public"), asShipped, world.parts);
  assert.equal((await classifiers[0]?.check(input("one")))?.outcome, "pass");
  const seen = guard.checks.length;
  world.newest = withoutOllama;
  const verdict = await classifiers[0]?.check(input("two"));
  assert.deepEqual([verdict?.outcome, verdict?.because], ["error", "the call failed with POLICY_REVOKED"]);
  assert.equal(guard.checks.length, seen);
  await close?.();
  const settlement = world.rows.at(-1) as SettlementRow;
  assert.equal(settlement.outcome, "POLICY_REVOKED");
});

test("a caller who leaves cancels the check at the classifier too", async () => {
  const { parts, rows } = await worldOf();
  guard.behave(stall);
  const { classifiers, close } = classifiersFor(asked("public"), asShipped, parts);
  const controller = new AbortController();
  const from = guard.checks.length;
  const checking = classifiers[0]?.check(input("one", controller.signal));
  while (guard.checks.length === from) await new Promise(setImmediate);
  controller.abort(new Error("left"));
  await assert.rejects(checking ?? Promise.resolve(), /left/);
  await guard.checks[from]?.closedEarly;
  await close?.();
  assert.equal((rows.at(-1) as SettlementRow).outcome, "cancelled");
});

test("a classifier that does not answer in time is recorded as that, try by try", async () => {
  const { parts, rows } = await worldOf(both, {}, 50);
  guard.behave(stall);
  const { classifiers, close } = classifiersFor(asked("public"), asShipped, parts);
  assert.equal((await classifiers[0]?.check(input("one")))?.outcome, "error");
  await close?.();
  const { outcome, attempts } = rows.at(-1) as SettlementRow;
  assert.equal(outcome, "UPSTREAM_TIMEOUT");
  assert.deepEqual(
    attempts.map((one) => one.outcome),
    ["UPSTREAM_TIMEOUT", "UPSTREAM_TIMEOUT"],
  );
});

test("nobody's classifier is asked where none is fit, and it is told as not run", async () => {
  remote.honestCanaries = false;
  remote.behave(judge({ words: {} }));
  const { parts } = await worldOf();
  remote.honestCanaries = true;
  const { classifiers, notRun } = classifiersFor(asked("public"), asShipped, parts);
  assert.deepEqual([classifiers.map(({ id }) => id), notRun], [[hosted], [moderations]]);
  assert.equal(parts.roster.seats[1]?.state, "wrong");
});
