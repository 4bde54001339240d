// What the record book promises: durable when acknowledged, one chain per replica, receipts, sums.

import assert from "node:assert/strict";
import { decisionRow, settlementRow } from "../kit/record-rows.ts";
import { forEachStore } from "../kit/stores.ts";

forEachStore("a request is open until it is settled, then has its whole receipt", async (place) => {
  const { records } = await place.open();
  assert.equal(await records.receipt("r1"), undefined);

  const decision = decisionRow("r1");
  await records.decide(decision);
  const open = await records.receipt("r1");
  assert.equal(open?.outcome, "open");
  assert.deepEqual(open?.at, decision.at);
  assert.equal(open?.deploymentId, undefined);

  const settlement = settlementRow("r1");
  await records.settle(settlement);
  const receipt = await records.receipt("r1");
  assert.equal(receipt?.outcome, "ok");
  assert.equal(receipt?.cost, settlement.cost);
  assert.deepEqual(receipt?.usage, settlement.usage);
  assert.deepEqual(receipt?.sensitivity, decision.sensitivity);
  assert.deepEqual(receipt?.params, settlement.params);
  assert.equal(receipt?.policyVersion, 3);
});

forEachStore("the newest settlement is the one that counts", async (place) => {
  const { records } = await place.open();
  await records.decide(decisionRow("r1"));
  await records.settle(
    settlementRow("r1", { outcome: "interrupted", cost: undefined, deploymentId: undefined }),
  );
  await records.settle(settlementRow("r1", { at: new Date("2026-11-20T10:02:00Z") }));
  assert.equal((await records.receipt("r1"))?.outcome, "ok");
});

forEachStore("rows that queue together are all written, in one chain that verifies", async (place) => {
  const { records } = await place.open();
  const ids = Array.from({ length: 300 }, (_, index) => `r${index}`);
  await Promise.all(ids.map((id) => records.decide(decisionRow(id))));
  await Promise.all(ids.map((id) => records.settle(settlementRow(id))));
  assert.deepEqual(await records.verify(), { rows: 600, chains: 1 });
  assert.equal(records.waiting, 0);
});

forEachStore("the chain goes on where it stood when a replica opens again", async (place) => {
  const first = await place.open();
  await first.records.decide(decisionRow("r1"));
  await first.records.settle(settlementRow("r1"));
  await first.close();
  const second = await place.open();
  await second.records.decide(decisionRow("r2"));
  assert.deepEqual(await second.records.verify(), { rows: 3, chains: 1 });
});

forEachStore("usage adds up money to the last picodollar", async (place) => {
  const store = await place.open();
  await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      store.records.settle(settlementRow(`r${index}`, { cost: 10_000_000_001 })),
    ),
  );
  await store.records.settle(settlementRow("unpriced", { cost: undefined }));
  await store.records.settle(settlementRow("other", { team: "team:red", key: "key:two", cost: 1 }));
  const lines = await store.usage(new Date("2026-11-20T00:00:00Z"));
  assert.deepEqual(lines, [
    {
      team: "team:blue",
      key: "key:one",
      user: null,
      deploymentId: "demo/echo",
      requests: 101,
      inputTokens: 101 * 12,
      outputTokens: 101 * 30,
      costUsd: "1.0000000001",
    },
    {
      team: "team:red",
      key: "key:two",
      user: null,
      deploymentId: "demo/echo",
      requests: 1,
      inputTokens: 12,
      outputTokens: 30,
      costUsd: "0.000000000001",
    },
  ]);
  assert.deepEqual(await store.usage(new Date("2026-11-21T00:00:00Z")), []);
});

forEachStore("names stand in the ledger as they are, but for what no database takes", async (place) => {
  const store = await place.open();
  const odd = `a\tb\nc"d'e\\f{é},😀`;
  await store.records.settle(
    settlementRow("odd", {
      user: `user:${odd}`,
      team: `team:${odd}`,
      key: `key:${odd}`,
      deploymentId: odd,
      cost: 2,
    }),
  );
  await store.records.settle(
    settlementRow("none", { deploymentId: "\u0000\u001E\u001F\ud800|", model: undefined, cost: 1 }),
  );
  const names = (await store.usage(new Date(0))).map(({ user, team, key, deploymentId }) => [
    user,
    team,
    key,
    deploymentId,
  ]);
  assert.deepEqual(names, [
    [`user:${odd}`, `team:${odd}`, `key:${odd}`, odd],
    [null, "team:blue", "key:one", "\uFFFD\uFFFD\uFFFD\uFFFD|"],
  ]);
});

forEachStore("a request that called nobody has a record but costs nothing", async (place) => {
  const store = await place.open();
  await store.records.decide(decisionRow("denied"));
  await store.records.settle(
    settlementRow("denied", {
      outcome: "POLICY_DENIED",
      deploymentId: undefined,
      model: undefined,
      cost: undefined,
    }),
  );
  assert.equal((await store.records.receipt("denied"))?.outcome, "POLICY_DENIED");
  assert.deepEqual(await store.usage(new Date(0)), []);
});

forEachStore("a row that the database can never take is refused alone", async (place) => {
  const { records } = await place.open();
  const results = await Promise.allSettled([
    records.decide(decisionRow("good-1")),
    records.decide(decisionRow("bad-\0")),
    records.decide(decisionRow("good-2")),
  ]);
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
  assert.equal(records.healthy, true);
  assert.deepEqual(await records.verify(), { rows: 2, chains: 1 });
});

forEachStore(
  "there is no room for a request while two thousand rows wait, and for settlements always",
  async (place) => {
    const { records } = await place.open();
    const waiting = Array.from({ length: 1_999 }, (_, index) => records.decide(decisionRow(`r${index}`)));
    records.requireRoom();
    waiting.push(records.decide(decisionRow("r1999")));
    assert.throws(() => records.requireRoom(), { code: "OVERLOADED" });
    waiting.push(records.settle(settlementRow("r0")));
    await Promise.all(waiting);
    records.requireRoom();
    assert.equal((await records.verify()).rows, 2_001);
  },
);

forEachStore("an unlisted model may have any name", async (place) => {
  const store = await place.open();
  await store.records.settle(
    settlementRow("r1", { model: "half \ud800 and \0", deploymentId: "demo/half \ud800\0" }),
  );
  assert.equal((await store.usage(new Date(0))).length, 1);
  assert.deepEqual(await store.records.verify(), { rows: 1, chains: 1 });
});
