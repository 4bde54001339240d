// What is in force is swapped whole, survives a build that fails, and catches up by itself afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createSnapshots, type Snapshot } from "../../src/gateway/snapshots.ts";
import { eventually } from "../kit/eventually.ts";

/** Snapshots are told apart by a number; what they hold is of no account here. */
const numbered = (number: number): Snapshot =>
  ({ number, catalog: { validUntil: Infinity } }) as unknown as Snapshot;
const numberOf = (snapshot: Snapshot): number => (snapshot as unknown as { number: number }).number;

function setUp(build: () => Promise<Snapshot>) {
  const state = { now: 0, lastHeard: 0, faults: [] as string[] };
  const snapshots = createSnapshots({
    build,
    now: () => state.now,
    lastHeard: () => state.lastHeard,
    onFault: (error) => void state.faults.push(String(error)),
  });
  return { snapshots, state };
}

const unavailable = { code: "POLICY_UNAVAILABLE" };

test("where none was ever built nothing is allowed, and the reason is told", async () => {
  const { snapshots } = setUp(() => Promise.reject(new Error("no database")));
  assert.throws(() => snapshots.current(), unavailable);
  await snapshots.refresh();
  assert.throws(() => snapshots.current(), unavailable);
  assert.ok(snapshots.troubles.includes("no policy is loaded"));
  snapshots.stop();
});

test("a build that fails leaves the old one in force, is told once, and is tried again unasked", async () => {
  let builds = 0;
  const { snapshots, state } = setUp(async () => {
    builds += 1;
    if (builds === 2 || builds === 3) throw new Error("row 7 is malformed");
    return numbered(builds);
  });
  await snapshots.refresh();
  await snapshots.refresh();
  assert.equal(numberOf(snapshots.current()), 1);
  assert.equal(snapshots.troubles.length, 1);
  await eventually(() => snapshots.troubles.length === 0, 5_000);
  assert.equal(numberOf(snapshots.current()), 4);
  assert.deepEqual(state.faults, ["Error: row 7 is malformed"]);
});

test("a change that comes while a build fails is built all the same", async () => {
  let newest = 1;
  const gate = Promise.withResolvers<void>();
  const { snapshots } = setUp(async () => {
    const seen = newest;
    if (seen === 2) {
      await gate.promise;
      throw new Error("malformed");
    }
    return numbered(seen);
  });
  await snapshots.refresh();
  newest = 2;
  const failing = snapshots.refresh();
  newest = 3;
  const mending = snapshots.refresh();
  gate.resolve();
  await Promise.all([failing, mending]);
  assert.equal(numberOf(snapshots.current()), 3);
  assert.deepEqual(snapshots.troubles, []);
});

test("without word from the store it is unready after 10 seconds and allows nothing after 60", async () => {
  const { snapshots, state } = setUp(async () => numbered(1));
  await snapshots.refresh();
  state.now = 10_001;
  assert.equal(snapshots.troubles.length, 1);
  assert.equal(numberOf(snapshots.current()), 1);
  state.now = 60_001;
  assert.throws(() => snapshots.current(), unavailable);
  state.lastHeard = 60_000;
  assert.equal(numberOf(snapshots.current()), 1);
});
