// What budgets promise: no sum of holds passes a limit, money adds up exactly, periods roll over,
// and what a crash left held comes back.

import assert from "node:assert/strict";
import { parseUsd } from "../../src/core/money.ts";
import type { Budget, Hold } from "../../src/metering/budgets.ts";
import { settlementRow } from "../kit/record-rows.ts";
import { forEachStore, onPostgres } from "../kit/stores.ts";

const usd = (dollars: string): number => parseUsd(dollars) ?? Number.NaN;
const settleAll = (holds: readonly Hold[], cost: number) =>
  Promise.all(holds.map(async (hold) => hold.ok && (await hold.settle(cost))));
const organisation = ["key:one", "team:blue", "organisation"];

forEachStore("a scope without a budget is held without asking the database", async (place) => {
  const { budgets } = await place.open();
  const hold = await budgets.hold("r1", organisation, usd("5000"));
  assert.equal(hold.ok, true);
  if (hold.ok) await hold.settle(usd("1"));
  assert.deepEqual(await budgets.list(), []);
});

forEachStore("a hold counts until it is settled, and then its cost does", async (place) => {
  const { budgets } = await place.open({ now: () => new Date("2026-11-20T10:00:00Z") });
  await budgets.set("team:blue", usd("10"), "month");
  const hold = await budgets.hold("r1", organisation, usd("4.000000000001"));
  assert.ok(hold.ok);
  assert.deepEqual(await budgets.list(), [
    {
      scope: "team:blue",
      limit: usd("10"),
      period: "month",
      spent: 0,
      held: usd("4.000000000001"),
      resetsAt: new Date("2026-12-01T00:00:00Z"),
    },
  ] satisfies Budget[]);
  await Promise.all([hold.settle(usd("0.000000000003")), hold.settle(usd("0.000000000003"))]);
  const [settled] = await budgets.list();
  assert.equal(settled?.spent, 3);
  assert.equal(settled?.held, 0);
});

forEachStore("fifty holds at once never pass the limit", async (place) => {
  const { budgets } = await place.open();
  await budgets.set("organisation", usd("1"), "month");
  await budgets.set("key:one", usd("1.05"), "day");
  const holds = await Promise.all(
    Array.from({ length: 50 }, async (_, index) =>
      // Scopes in either order: the database locks them in its own.
      budgets.hold(`r${index}`, index % 2 ? organisation : organisation.toReversed(), usd("0.1")),
    ),
  );
  assert.equal(holds.filter(({ ok }) => ok).length, 10);
  await settleAll(holds, usd("0.05"));
  for (const budget of await budgets.list()) {
    assert.equal(budget.spent, usd("0.5"));
    assert.equal(budget.held, 0);
  }
});

onPostgres("fifty holds at once over several replicas never pass the limit", async (place) => {
  const a = await place.open({ replicaId: "a" });
  const b = await place.open({ replicaId: "b" });
  await a.budgets.set("team:blue", usd("1"), "month");
  await b.generation.refresh();
  const holds = await Promise.all(
    Array.from({ length: 50 }, async (_, index) =>
      (index % 2 ? a : b).budgets.hold(`r${index}`, organisation, usd("0.07")),
    ),
  );
  assert.equal(holds.filter(({ ok }) => ok).length, 14);
  await settleAll(holds, usd("0.07"));
  const [budget] = await b.budgets.list();
  assert.equal(budget?.spent, usd("0.98"));
});

forEachStore(
  "a refusal names the budget that does not cover it, and holds nothing elsewhere",
  async (place) => {
    const { budgets } = await place.open();
    await budgets.set("organisation", usd("100"), "month");
    await budgets.set("key:one", usd("1"), "day");
    const hold = await budgets.hold("r1", organisation, usd("2"));
    assert.equal(hold.ok, false);
    if (!hold.ok) assert.equal(hold.budget.scope, "key:one");
    for (const { held } of await budgets.list()) assert.equal(held, 0);
  },
);

forEachStore("a new period begins at nothing spent, and keeps what is held", async (place) => {
  let at = new Date("2026-11-30T23:59:00Z");
  const { budgets } = await place.open({ now: () => at });
  await budgets.set("organisation", usd("10"), "month");
  await budgets.set("key:one", usd("10"), "day");
  const first = await budgets.hold("r1", organisation, usd("6"));
  assert.ok(first.ok);
  await first.settle(usd("6"));
  const running = await budgets.hold("r2", organisation, usd("3"));
  assert.ok(running.ok);
  assert.equal((await budgets.hold("r3", organisation, usd("6"))).ok, false);

  at = new Date("2026-12-01T00:00:30Z");
  assert.deepEqual(
    (await budgets.list()).map(({ spent, held, resetsAt }) => [spent, held, resetsAt.toISOString()]),
    [
      [0, usd("3"), "2026-12-02T00:00:00.000Z"],
      [0, usd("3"), "2027-01-01T00:00:00.000Z"],
    ],
  );
  assert.equal((await budgets.hold("r4", organisation, usd("6"))).ok, true);
  await running.settle(usd("2"));
  for (const { spent } of await budgets.list()) assert.equal(spent, usd("2"));
});

forEachStore("what a crash left held comes back after fifteen minutes", async (place) => {
  let at = new Date("2026-11-20T10:00:00Z");
  const { budgets, records } = await place.open({ now: () => at });
  await budgets.set("organisation", usd("10"), "month");
  const [lost, billed, slow] = await Promise.all(
    ["lost", "billed", "slow"].map(async (id) => budgets.hold(id, organisation, usd("3"))),
  );
  assert.ok(lost?.ok && billed?.ok && slow?.ok);
  // The process died after the ledger knew the cost and before the budget did.
  await records.settle(settlementRow("billed", { cost: usd("2.5") }));

  assert.equal((await budgets.hold("r1", organisation, usd("2"))).ok, false);
  at = new Date("2026-11-20T10:15:01Z");
  assert.equal((await budgets.hold("r2", organisation, usd("2"))).ok, true);
  const [budget] = await budgets.list();
  assert.equal(budget?.held, usd("2"));
  assert.equal(budget?.spent, usd("2.5"));

  // One that only took long still counts when it settles.
  await slow.settle(usd("1"));
  const [later] = await budgets.list();
  assert.equal(later?.held, usd("2"));
  assert.equal(later?.spent, usd("3.5"));
});

forEachStore("a budget that is set late counts what the period has cost so far", async (place) => {
  const { budgets, records } = await place.open({ now: () => new Date("2026-11-20T12:00:00Z") });
  await records.settle(settlementRow("r1", { cost: usd("3") }));
  await records.settle(settlementRow("r2", { cost: usd("4"), at: new Date("2026-11-10T12:00:00Z") }));
  await records.settle(settlementRow("r3", { cost: usd("5"), team: "team:red", key: "key:two" }));
  assert.equal((await budgets.set("team:blue", usd("10"), "month")).spent, usd("7"));
  assert.equal((await budgets.set("team:blue", usd("10"), "day")).spent, usd("3"));
  assert.equal((await budgets.set("key:two", usd("10"), "month")).spent, usd("5"));
  assert.equal((await budgets.set("organisation", usd("20"), "month")).spent, usd("12"));
  await assert.rejects(budgets.set("blue", usd("1"), "month"), { code: "INVALID_REQUEST" });
});
