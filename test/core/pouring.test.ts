// What is poured arrives in order, stops where nobody reads, and is let go of at once.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pour, type Pourable, Pulled, type Sink, type Tap } from "../../src/core/pouring.ts";

/** Keeps what comes; `most` closes the tap when so much has come. */
class Kept implements Sink<number> {
  readonly batches: number[] = [];
  readonly ended = Promise.withResolvers<unknown>();
  most = Infinity;
  tap: Tap | undefined;

  take(batch: number): void {
    this.batches.push(batch);
    if (this.batches.length >= this.most) this.tap?.pause();
  }

  end(): void {
    this.ended.resolve("end");
  }

  fail(error: unknown): void {
    this.ended.resolve(error);
  }
}

/** Gives what it is told to, when it is told to. */
function byHand(): Pourable<number> & { sink: Sink<number> | undefined; readonly heard: string[] } {
  const heard: string[] = [];
  return {
    sink: undefined,
    heard,
    pour(sink) {
      this.sink = sink;
      return {
        pause: () => void heard.push("pause"),
        resume: () => void heard.push("resume"),
        leave: () => void heard.push("leave"),
      };
    },
    [Symbol.asyncIterator]() {
      return new Pulled(this);
    },
  };
}

async function* counted(left: string[], upTo: number): AsyncGenerator<number, void, undefined> {
  try {
    for (let count = 0; count < upTo; count++) yield count;
    if (upTo > 3) throw new Error("too many");
  } finally {
    left.push("left");
  }
}

test("whatever can be iterated is poured in order, to its end or its failure", async () => {
  const kept = new Kept();
  pour(counted([], 3), kept).resume();
  assert.equal(await kept.ended.promise, "end");
  assert.deepEqual(kept.batches, [0, 1, 2]);
  const failed = new Kept();
  pour(counted([], 5), failed).resume();
  assert.match(String(await failed.ended.promise), /too many/);
  assert.equal(failed.batches.length, 5);
});

test("nothing comes before it is asked for, nor while the tap is closed", async () => {
  const kept = new Kept();
  kept.most = 2;
  kept.tap = pour(counted([], 3), kept);
  await new Promise(setImmediate);
  assert.deepEqual(kept.batches, []);
  kept.tap.resume();
  await new Promise(setImmediate);
  assert.deepEqual(kept.batches, [0, 1]);
  kept.most = Infinity;
  kept.tap.resume();
  assert.equal(await kept.ended.promise, "end");
  assert.deepEqual(kept.batches, [0, 1, 2]);
});

test("who leaves lets go of the source and hears of no end", async () => {
  const left: string[] = [];
  const kept = new Kept();
  kept.most = 1;
  kept.tap = pour(counted(left, 3), kept);
  kept.tap.resume();
  await new Promise(setImmediate);
  kept.tap.leave();
  await new Promise(setImmediate);
  assert.deepEqual(left, ["left"]);
  kept.ended.resolve("nothing");
  assert.equal(await kept.ended.promise, "nothing");
});

test("whoever pulls gets what comes in the order of asking, and closes the tap in between", async () => {
  const source = byHand();
  const pulled = new Pulled(source);
  const asked = Promise.all([pulled.next(), pulled.next()]);
  source.sink?.take(1);
  source.sink?.take(2);
  source.sink?.take(3);
  assert.deepEqual(await asked, [
    { done: false, value: 1 },
    { done: false, value: 2 },
  ]);
  assert.equal(source.heard.at(-1), "pause");
  source.sink?.fail(new Error("broken"));
  assert.deepEqual(await pulled.next(), { done: false, value: 3 });
  await assert.rejects(pulled.next(), /broken/);
  assert.deepEqual(await pulled.next(), { done: true, value: undefined });
});

test("leaving answers whoever still waits", async () => {
  const source = byHand();
  const pulled = new Pulled(source);
  const waiting = pulled.next();
  await pulled.return();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(source.heard, ["resume", "leave"]);
});
