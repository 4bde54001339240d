// The queue under the record book: how rows gather, and what a database that fails does to them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as endOfTurn, setTimeout as sleep } from "node:timers/promises";
import { groupCommit } from "../../src/store/group-commit.ts";

/** A database that writes when it is told to. */
function heldDatabase(lingerMilliseconds = 5) {
  const written: number[][] = [];
  let outcomes: ((error: Error | undefined) => void)[] = [];
  const faults: unknown[] = [];
  return {
    written,
    faults,
    answer: (error?: Error) => {
      const [next, ...rest] = outcomes;
      outcomes = rest;
      next?.(error);
    },
    queue: groupCommit<number>({
      lingerMilliseconds,
      patienceMilliseconds: 200,
      isRowFault: (error) => error instanceof RangeError,
      onFault: (error) => faults.push(error),
      async write(rows) {
        written.push([...rows]);
        const error = await new Promise<Error | undefined>((resolve) => outcomes.push(resolve));
        if (error) throw error;
      },
    }),
  };
}

/** As long as a push takes to become a write. */
const turn = async (): Promise<void> => {
  for (let phase = 0; phase < 3; phase += 1) await endOfTurn();
};

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("rows of one turn share a write, and those that come meanwhile share the next", async () => {
  const { queue, written, answer } = heldDatabase();
  const first = [1, 2].map((row) => queue.push(row));
  await turn();
  const second = [3, 4, 5].map((row) => queue.push(row));
  assert.deepEqual(written, [[1, 2]]);
  answer();
  await Promise.all(first);
  await turn();
  assert.deepEqual(written, [
    [1, 2],
    [3, 4, 5],
  ]);
  assert.equal(queue.waiting, 3);
  answer();
  await Promise.all(second);
  assert.equal(queue.waiting, 0);
});

test("a row that may linger goes with the next that may not", async () => {
  const { queue, written, answer } = heldDatabase(60_000);
  const early = queue.push(1, true);
  await turn();
  assert.deepEqual(written, []);
  const both = Promise.all([early, queue.push(2)]);
  await turn();
  answer();
  await both;
  assert.deepEqual(written, [[1, 2]]);
});

test("a row that may linger waits for no other, nor for the end of a queue", async () => {
  const { queue, written, answer } = heldDatabase();
  const alone = queue.push(1, true);
  const stopped = queue.stop(10_000);
  while (written.length === 0) await endOfTurn();
  answer();
  await Promise.all([alone, stopped]);
  assert.deepEqual(written, [[1]]);
});

test("rows that linger while a write is on its way begin none of their own when it returns", async () => {
  const { queue, written, answer } = heldDatabase();
  const first = queue.push(1);
  await turn();
  const lingering = queue.push(2, true);
  answer();
  await first;
  await turn();
  assert.deepEqual(written, [[1]]);
  while (written.length === 1) await endOfTurn();
  answer();
  await lingering;
  assert.deepEqual(written, [[1], [2]]);
});

test("a write takes 256 rows at most", async () => {
  const { queue, written, answer } = heldDatabase();
  const all = numbers(1, 300).map((row) => queue.push(row));
  await turn();
  answer();
  await turn();
  answer();
  await Promise.all(all);
  assert.deepEqual(written, [numbers(1, 256), numbers(257, 300)]);
});

test("a failed write is tried again with the same rows, and acknowledged late", async () => {
  const { queue, written, answer, faults } = heldDatabase();
  const row = queue.push(1);
  await turn();
  answer(new Error("connection lost"));
  await sleep(80);
  assert.deepEqual(written, [[1], [1]]);
  answer();
  await row;
  assert.equal(queue.healthy, true);
  assert.equal(faults.length, 1);
});

test("a wait that is given up leaves the row queued and the store unhealthy until a write succeeds", async () => {
  const { queue, answer } = heldDatabase();
  const began = performance.now();
  await assert.rejects(queue.push(1), { code: "OVERLOADED" });
  assert.ok(performance.now() - began > 120, "patience is not over at once");
  assert.equal(queue.healthy, false);
  assert.equal(queue.waiting, 1);
  answer();
  await queue.stop(1_000);
  assert.equal(queue.healthy, true);
  assert.equal(queue.waiting, 0);
});

test("a row that can never be stored is found and refused alone", async () => {
  const written: number[][] = [];
  const queue = groupCommit<number>({
    isRowFault: (error) => error instanceof RangeError,
    onFault: () => {},
    async write(rows) {
      written.push([...rows]);
      if (rows.includes(3)) throw new RangeError("cannot be stored");
    },
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map((row) => queue.push(row)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(written, [[1, 2, 3, 4], [1], [2], [3], [4]]);
});

test("stopping has an end even where the database does not answer, and takes nothing after", async () => {
  const { queue, answer, written } = heldDatabase();
  const row = queue.push(1);
  const refused = assert.rejects(row, { code: "OVERLOADED" });
  await queue.stop(30);
  await refused;
  await assert.rejects(queue.push(2), { code: "OVERLOADED" });
  answer(new Error("connection lost"));
  await sleep(80);
  assert.deepEqual(written, [[1]]);
});

test("stopping waits for rows that are on their way", async () => {
  const { queue, answer } = heldDatabase();
  const row = queue.push(1);
  await turn();
  setTimeout(() => answer(), 30);
  await queue.stop(1_000);
  await row;
});
