// The watch over configured classifiers: proven before use, resting after failures, tried again until well.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import { noUsage } from "../../src/core/events.ts";
import { canaries } from "../../src/safety/classifiers/canaries.ts";
import type { Ask } from "../../src/safety/classifiers/model-classifier.ts";
import type { SeatState } from "../../src/safety/classifiers/seat.ts";
import { createRoster } from "../../src/safety/roster.ts";

const never = new AbortController().signal;
const unsafeCanary = canaries.find(({ outcome }) => outcome === "hit")?.text ?? "";
const say = (text: string): ReturnType<Ask> => Promise.resolve({ type: "text", text, usage: noUsage });

const honest: Ask = (call) =>
  say(call.type === "chat" && call.turns.at(-1)?.text === unsafeCanary ? "unsafe\nS9" : "safe");
const blind: Ask = () => say("safe");
const silent: Ask = () => Promise.reject(new Error("no route to host"));

interface Watched {
  readonly states: SeatState[];
  until(state: SeatState): Promise<void>;
}

function rosterOf(...ids: string[]): { roster: ReturnType<typeof createRoster>; watched: Watched } {
  const states: SeatState[] = [];
  const waiting: (() => void)[] = [];
  const roster = createRoster({
    classifiers: ids.map((deploymentId) => ({ deploymentId, format: "llama-guard" })),
    categories: { without: [], custom: new Map() },
    timeoutMilliseconds: 10_000,
    pauses: [1],
    now: () => 0,
    onVerdict: () => undefined,
    onState(_id, state) {
      states.push(state);
      for (const wake of waiting.splice(0)) wake();
    },
  });
  const until = async (state: SeatState): Promise<void> => {
    while (states.at(-1) !== state) await new Promise<void>((wake) => void waiting.push(wake));
  };
  return { roster, watched: { states, until } };
}

const judged = (window: string) =>
  ({ phase: "output", prompt: "", context: "", window, final: true, signal: never }) as const;

test("a classifier is fit once it got both canaries right, and not before", async () => {
  const { roster } = rosterOf("vllm/guard");
  const [seat] = roster.seats;
  assert.equal(seat?.state, "unproven");
  await roster.start(() => honest);
  assert.equal(seat?.state, "fit");
  assert.equal(seat?.because, undefined);
  roster.close();
});

test("one that is wrong about a canary is not used, and is tried again until it is right", async () => {
  const { roster, watched } = rosterOf("vllm/guard");
  let ask = blind;
  await roster.start(() => (call, signal) => ask(call, signal));
  assert.equal(roster.seats[0]?.state, "wrong");
  assert.match(roster.seats[0]?.because ?? "", /known to be unsafe/);
  ask = honest;
  await watched.until("fit");
  roster.close();
});

test("one that cannot be reached rests, and those beside it do not wait for it", async () => {
  const { roster, watched } = rosterOf("vllm/guard", "ollama/guard");
  let ask = silent;
  await roster.start((id) => (id === "vllm/guard" ? (call, signal) => ask(call, signal) : honest));
  assert.deepEqual(
    roster.seats.map(({ state }) => state),
    ["resting", "fit"],
  );
  watched.states.length = 0;
  ask = honest;
  await watched.until("fit");
  assert.equal(roster.seats[0]?.state, "fit");
  roster.close();
});

test("failures in a row open the breaker, and canaries close it", async () => {
  const { roster, watched } = rosterOf("vllm/guard");
  let ask = honest;
  const way: Ask = (call, signal) => ask(call, signal);
  await roster.start(() => way);
  ask = silent;
  const [seat] = roster.seats;
  const classifier = seat?.classifier(way);
  for (let count = 0; count < 5; count += 1) {
    assert.equal(seat?.state, "fit", `after ${count} failures`);
    await classifier?.check(judged("x"));
  }
  assert.equal(watched.states.at(-1), "resting");
  ask = honest;
  await watched.until("fit");
  roster.close();
});

test("what is the caller's or the gateway's fault opens no breaker and is not tried twice", async () => {
  const { roster } = rosterOf("vllm/guard");
  await roster.start(() => honest);
  const [seat] = roster.seats;
  let calls = 0;
  const poor: Ask = () => {
    calls += 1;
    return Promise.reject(new Failure("BUDGET_EXCEEDED"));
  };
  const classifier = seat?.classifier(poor);
  for (let count = 0; count < 9; count += 1) {
    assert.equal((await classifier?.check(judged("x")))?.outcome, "error");
  }
  assert.deepEqual([seat?.state, calls], ["fit", 9]);
  roster.close();
});

test("where the gateway itself may not ask, a request that may brings its own way", async () => {
  const { roster, watched } = rosterOf("vllm/guard");
  await roster.start(() => undefined);
  assert.equal(roster.seats[0]?.state, "unproven");
  assert.deepEqual(watched.states, ["unproven"], "and that is told once");
  const [seat] = roster.seats;
  await seat?.prove(honest, never);
  assert.equal(seat?.state, "fit");
  for (let count = 0; count < 5; count += 1) await seat?.classifier(silent).check(judged("x"));
  assert.equal(watched.states.at(-1), "resting");
  await watched.until("unproven");
  await seat?.prove(honest, never);
  assert.equal(seat?.state, "fit", "also after it rested");
  roster.close();
});
