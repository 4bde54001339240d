// Leaving a stream cancels its source at once, also while the source stalls.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { abortable, untilAborted, follow } from "../../src/core/abortable.ts";

async function* stalling(signal: AbortSignal, onClosed: () => void): AsyncGenerator<number> {
  try {
    yield 1;
    await once(signal, "abort");
    signal.throwIfAborted();
  } finally {
    onClosed();
  }
}

test("return() ends a stalled stream within a few milliseconds and closes its source", async () => {
  const controller = new AbortController();
  let closed = false;
  let ends = 0;
  const stream = abortable(
    stalling(controller.signal, () => (closed = true)),
    controller,
    () => (ends += 1),
  );
  assert.deepEqual(await stream.next(), { done: false, value: 1 });
  const pending = stream.next();
  pending.catch(() => undefined);
  const startedAt = performance.now();
  await stream.return?.();
  assert.ok(performance.now() - startedAt < 1_000);
  assert.ok(closed);
  assert.equal(ends, 1, "its end is told once");
  assert.deepEqual(await stream.next(), { done: true, value: undefined });
});

test("a follower aborts with its parent, and is forgotten once released", () => {
  const parent = new AbortController();
  const first = follow(parent.signal);
  const second = follow(parent.signal);
  second.release();
  parent.abort();
  assert.equal(first.controller.signal.aborted, true);
  assert.equal(second.controller.signal.aborted, false);
  assert.equal(follow(parent.signal).controller.signal.aborted, true);
});

test("what cannot be told to stop is left where its signal says so", async () => {
  const controller = new AbortController();
  const left = untilAborted(new Promise(() => undefined), controller.signal);
  controller.abort(new Error("too late"));
  await assert.rejects(left, /too late/);
  await assert.rejects(untilAborted(Promise.resolve(1), controller.signal), /too late/);
  assert.equal(await untilAborted(Promise.resolve(1), new AbortController().signal), 1);
});
