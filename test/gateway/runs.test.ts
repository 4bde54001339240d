// Idempotency keys: one run, however many ask; it outlives a caller who was cut off, and then ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { AnswerEvent } from "../../src/core/answer.ts";
import { Failure } from "../../src/core/errors.ts";
import type { CompletionRequest } from "../../src/core/request.ts";
import type { Asked } from "../../src/core/stages.ts";
import { createRuns } from "../../src/gateway/runs.ts";
import { operator } from "../../src/intake/authenticate.ts";
import type { Claim, Claims } from "../../src/metering/claims.ts";
import { oneByOne } from "../kit/batches.ts";

const delta = (text: string): AnswerEvent => ({ type: "text-delta", choice: 0, text });

function asking(requestId: string, model = "m"): Asked<CompletionRequest> {
  const request: CompletionRequest = {
    action: "complete",
    model,
    messages: [],
    stream: true,
    n: 1,
    extras: {},
  };
  return { request, requestId, caller: operator("key:test", () => []) };
}

/** Claims as the database keeps them, in a map. */
function claimsInMemory(): Claims & { readonly rows: Map<string, { requestId: string; bodyHash: string }> } {
  const rows = new Map<string, { requestId: string; bodyHash: string }>();
  return {
    rows,
    async claim(callerKey, key, bodyHash, requestId): Promise<Claim> {
      const row = rows.get(`${callerKey} ${key}`);
      if (!row) {
        rows.set(`${callerKey} ${key}`, { requestId, bodyHash });
        return { kind: "ours" };
      }
      return { kind: row.bodyHash === bodyHash ? "taken" : "other-body", requestId: row.requestId };
    },
    async release(callerKey, key) {
      rows.delete(`${callerKey} ${key}`);
    },
  };
}

function setUp(lingerMilliseconds = 60) {
  const claims = claimsInMemory();
  const runs = createRuns({ claims, secret: "s", lingerMilliseconds });
  let starts = 0;
  let aborted = false;
  const gate = Promise.withResolvers<void>();
  async function* start({ signal }: AbortController): AsyncGenerator<readonly AnswerEvent[]> {
    starts += 1;
    signal.addEventListener("abort", () => {
      aborted = true;
      gate.resolve();
    });
    yield [delta("a")];
    await gate.promise;
    signal.throwIfAborted();
    yield [delta("b")];
  }
  const never = new AbortController().signal;
  const join = (id: string, signal = never, model = "m") =>
    oneByOne(runs.join(asking(id, model), "k", signal, start));
  return { claims, runs, join, gate, starts: () => starts, aborted: () => aborted };
}

test("two who ask with the same key hear the same answer, paid once", async () => {
  const { join, gate, starts } = setUp();
  const [first, second] = [join("r1"), join("r2")];
  assert.deepEqual((await first.next()).value, delta("a"));
  assert.deepEqual((await second.next()).value, delta("a"));
  gate.resolve();
  assert.deepEqual((await second.next()).value, delta("b"));
  assert.deepEqual((await first.next()).value, delta("b"));
  assert.equal((await first.next()).done, true);
  assert.equal(starts(), 1);
});

test("a caller who reconnects in time joins from the first event", async () => {
  const { join, gate, aborted } = setUp(10_000);
  const first = join("r1");
  await first.next();
  await first.return?.();
  await sleep(20);
  const again = join("r2");
  gate.resolve();
  assert.deepEqual((await again.next()).value, delta("a"));
  assert.deepEqual((await again.next()).value, delta("b"));
  assert.equal(aborted(), false);
});

test("a run that nobody comes back to is aborted", async () => {
  const { join, aborted } = setUp();
  const first = join("r1");
  await first.next();
  await first.return?.();
  await sleep(150);
  assert.equal(aborted(), true);
});

test("leaving wakes a listener that waits", async () => {
  const { join } = setUp();
  const leaving = new AbortController();
  const first = join("r1", leaving.signal);
  await first.next();
  const pending = first.next();
  leaving.abort();
  assert.equal((await pending).done, true);
});

test("after the run is gone the key answers with the request that ran", async () => {
  const { join, gate } = setUp(10);
  const first = join("r1");
  gate.resolve();
  while (!(await first.next()).done);
  await sleep(60);
  await assert.rejects(
    join("r2").next(),
    (error: Failure) => error.code === "DUPLICATE_REQUEST" && error.detail.requestId === "r1",
  );
});

test("another body under the same key is refused, while it runs and after", async () => {
  const { join, gate } = setUp(10);
  const first = join("r1");
  await first.next();
  assert.throws(
    () => join("r2", undefined, "other"),
    (error: Failure) => error.code === "INVALID_REQUEST",
  );
  gate.resolve();
  while (!(await first.next()).done);
  await sleep(60);
  await assert.rejects(
    join("r3", undefined, "other").next(),
    (error: Failure) => error.code === "INVALID_REQUEST",
  );
});

test("a request that failed before it said anything may be sent again", async () => {
  const claims = claimsInMemory();
  const runs = createRuns({ claims, secret: "s", lingerMilliseconds: 60_000 });
  let calls = 0;
  async function* start(): AsyncGenerator<readonly AnswerEvent[]> {
    calls += 1;
    if (calls === 1) throw new Failure("UPSTREAM_FAILED");
    yield [delta("second try")];
  }
  const signal = new AbortController().signal;
  await assert.rejects(oneByOne(runs.join(asking("r1"), "k", signal, start)).next());
  const again = oneByOne(runs.join(asking("r2"), "k", signal, start));
  assert.deepEqual((await again.next()).value, delta("second try"));
  runs.close();
});
