// When a deployment is left alone, and for how long: by a clock of the test's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createBreaker, type BreakerChange } from "../../src/routing/breaker.ts";

const id = "acme/m";
const settings = { rateLimits: 3, errors: 0.5, atLeast: 4, within: 60_000, cooldown: 30_000 };

function watched() {
  const clock = { now: 1_000_000 };
  const changes: BreakerChange[] = [];
  const breaker = createBreaker(
    () => clock.now,
    (change) => void changes.push(change),
  );
  breaker.configure(settings);
  const call = (outcome: "ok" | "errors" | "rate-limit", times = 1, retryAfter?: number): void => {
    for (let count = 0; count < times; count++) {
      breaker.admit(id);
      if (outcome === "ok") breaker.succeeded(id);
      else breaker.failed(id, outcome, retryAfter);
    }
  };
  return { clock, changes, breaker, call };
}

test("errors open it at their share of enough calls, and not before", () => {
  const { breaker, call } = watched();
  call("errors", 3);
  assert.equal(breaker.state(id), "closed", "three calls are too few");
  const other = watched();
  other.call("ok", 5);
  other.call("errors", 4);
  assert.equal(other.breaker.state(id), "closed", "four of nine");
  other.call("errors");
  assert.equal(other.breaker.state(id), "open", "five of ten");
});

test("what is older than the window counts no more", () => {
  const { breaker, clock, call } = watched();
  call("rate-limit", 2);
  call("errors");
  clock.now += settings.within + 1_000;
  call("rate-limit");
  assert.equal(breaker.state(id), "closed");
  call("rate-limit", 2);
  assert.equal(breaker.state(id), "open");
});

test("it rests for the cooldown, longer each time, and longer still where the provider says so", () => {
  const { breaker, clock, changes, call } = watched();
  call("rate-limit", 3);
  for (const cooldown of [30_000, 60_000, 120_000, 240_000, 480_000, 480_000]) {
    assert.equal((changes.at(-1)?.until ?? 0) - clock.now, cooldown);
    clock.now += cooldown - 1;
    assert.equal(breaker.admit(id), false);
    clock.now += 1;
    assert.equal(breaker.state(id), "half-open");
    call("errors");
  }
  clock.now = changes.at(-1)?.until ?? 0;
  call("rate-limit", 1, 3_600_000);
  assert.equal((changes.at(-1)?.until ?? 0) - clock.now, 15 * 60_000, "and never longer than that");
});

test("half-open, one call tries it; its success closes it, and a call from before proves nothing", () => {
  const { breaker, clock, changes, call } = watched();
  call("errors", 4);
  breaker.succeeded(id);
  assert.equal(breaker.state(id), "open", "it began before");
  clock.now += settings.cooldown;
  assert.deepEqual([breaker.admit(id), breaker.admit(id)], [true, false]);
  breaker.released(id);
  assert.equal(breaker.admit(id), true, "who left it has said nothing");
  breaker.succeeded(id);
  assert.deepEqual([breaker.state(id), changes.at(-1)?.state], ["closed", "closed"]);
  call("errors", 3);
  assert.equal(breaker.state(id), "closed", "what was before is forgotten");
});

test("a call whose end nobody told does not keep it half-open for ever", () => {
  const { breaker, clock, call } = watched();
  call("errors", 4);
  clock.now += settings.cooldown;
  assert.deepEqual([breaker.admit(id), breaker.admit(id)], [true, false]);
  clock.now += 60_001;
  assert.equal(breaker.admit(id), true);
});

test("another replica's word counts as its own, and is not told on", () => {
  const { breaker, clock, changes } = watched();
  breaker.adopt(id, "rate-limit", clock.now - 1);
  assert.equal(breaker.state(id), "closed", "it is over already");
  breaker.adopt(id, "rate-limit", clock.now + 5_000);
  assert.deepEqual([breaker.state(id), changes], ["open", []]);
  assert.deepEqual(breaker.list(), [
    { deploymentId: id, state: "open", cause: "rate-limit", until: clock.now + 5_000 },
  ]);
});
