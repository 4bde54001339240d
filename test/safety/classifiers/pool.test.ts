// The pool of one classifier: so many at once, the rest in line, and a way out of the line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createPool } from "../../../src/safety/classifiers/pool.ts";

const never = new AbortController().signal;

test("no more than allowed run at once, and the line is served in order", async () => {
  const pool = createPool({ atOnce: 2, waiting: 10 });
  const begun: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const all = gates.map((gate, index) =>
    pool.run(async () => {
      begun.push(index);
      await gate.promise;
    }, never),
  );
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  await new Promise(setImmediate);
  assert.deepEqual(begun, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.all(all);
  assert.deepEqual(begun, [0, 1, 2, 3]);
});

test("who leaves the line is not served, and a full line turns away at once", async () => {
  const pool = createPool({ atOnce: 1, waiting: 1 });
  const gate = Promise.withResolvers<void>();
  const running = pool.run(() => gate.promise, never);
  const controller = new AbortController();
  const waiting = pool.run(() => Promise.reject(new Error("must not run")), controller.signal);
  await assert.rejects(
    pool.run(() => Promise.resolve(), never),
    /too many checks wait/,
  );
  controller.abort(new Error("left"));
  await assert.rejects(waiting, /left/);
  gate.resolve();
  await running;
  assert.equal(await pool.run(() => Promise.resolve("free again"), never), "free again");
});
