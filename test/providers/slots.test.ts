// Slots are handed to teams in turn, waiting is bounded, and a check never waits for an answer.

import assert from "node:assert/strict";
import { test } from "node:test";
import { partOf } from "../../src/app/open-places.ts";
import type { SlotLimit } from "../../src/core/route.ts";
import type { ProviderKey } from "../../src/providers/key-ring.ts";
import { createSlots, type Slots, type Who } from "../../src/providers/slots.ts";
import { AttemptFailure } from "../../src/providers/upstream-failure.ts";

const key: ProviderKey = { number: 1, secret: undefined, running: 0 };
const limit: SlotLimit = { concurrent: 2, queue: 100, wait: 60_000 };
const answerOf = (team: string): Who => ({ team, kind: "answer" });
const checkOf = (team: string): Who => ({ team, kind: "check" });

interface Desk {
  readonly slots: Slots;
  /** Who was served, in order. */
  readonly served: string[];
  readonly turnedAway: string[];
  ask(who: Who, signal?: AbortSignal): void;
  leave(who: Who): void;
}

const settled = async (): Promise<void> => await new Promise((resolve) => setImmediate(resolve));

function desk(own: Partial<SlotLimit> = {}): Desk {
  const slots = createSlots("vllm", { ...limit, ...own }, [key], Date.now);
  const served: string[] = [];
  const turnedAway: string[] = [];
  const enter = (who: Who) => () => {
    if (!slots.isFree(key, who)) return undefined;
    slots.take(key, who);
    return {};
  };
  async function note({ team }: Who, waiting: Promise<object>): Promise<void> {
    const list = (await waiting) instanceof AttemptFailure ? turnedAway : served;
    list.push(team);
  }
  return {
    slots,
    served,
    turnedAway,
    ask(who, signal = new AbortController().signal) {
      const request = { mostMilliseconds: Infinity, signal, onOutcome: () => undefined };
      void note(who, slots.wait(who, enter(who), request));
    },
    leave: (who) => slots.leave(key, who, 10),
  };
}

test("a team that asks for much does not keep another waiting behind it", async () => {
  const { ask, leave, served } = desk();
  for (let time = 0; time < 50; time += 1) ask(answerOf("noisy"));
  ask(answerOf("quiet"));
  ask(answerOf("other"));
  await settled();
  assert.deepEqual(served, ["noisy", "noisy"]);
  leave(answerOf("noisy"));
  leave(answerOf("noisy"));
  await settled();
  assert.deepEqual(served.slice(2).toSorted(), ["other", "quiet"]);
});

test("teams that all ask for much get the same, whatever the order of arrival", async () => {
  const { ask, leave, served } = desk();
  const teams = ["a", "b", "c"];
  for (const team of teams) for (let time = 0; time < 30; time += 1) ask(answerOf(team));
  for (let turn = 0; turn < 58; turn += 1) {
    await settled();
    leave(answerOf(served[turn] ?? ""));
  }
  await settled();
  for (const team of teams) {
    const share = served.slice(0, 60).filter((one) => one === team).length;
    assert.ok(share >= 19 && share <= 21, `${team} had ${share} of 60`);
  }
});

test("a full queue turns away who comes, and of a team that fills it the newest for another", async () => {
  const { ask, turnedAway, slots } = desk({ queue: 4 });
  for (let time = 0; time < 6; time += 1) ask(answerOf("noisy"));
  await settled();
  assert.deepEqual([slots.load().waiting, turnedAway], [4, []]);
  ask(answerOf("noisy"));
  ask(answerOf("quiet"));
  await settled();
  assert.deepEqual([slots.load().waiting, turnedAway], [4, ["noisy", "noisy"]]);
});

test("who leaves gives up the place at once", async () => {
  const { ask, leave, slots, served } = desk({ concurrent: 1 });
  const gone = new AbortController();
  ask(answerOf("first"));
  ask(answerOf("second"), gone.signal);
  ask(answerOf("third"));
  gone.abort();
  assert.equal(slots.load().waiting, 1);
  leave(answerOf("first"));
  await settled();
  assert.deepEqual(served, ["first", "third"]);
});

test("a check goes on where answers hold every slot, and answers never take what is kept for checks", async () => {
  const full = desk({ concurrent: 1 });
  full.ask(answerOf("a"));
  full.ask(checkOf("a"));
  full.ask(checkOf("a"));
  await settled();
  assert.deepEqual([full.served.length, full.slots.load()], [2, { slots: 1, running: 2, waiting: 1 }]);
  full.leave(checkOf("a"));
  await settled();
  assert.equal(full.served.length, 3);

  const kept = desk({ concurrent: 4, checks: 2 });
  for (let time = 0; time < 5; time += 1) kept.ask(answerOf("a"));
  await settled();
  assert.equal(kept.slots.load().running, 2);
  for (let time = 0; time < 3; time += 1) kept.ask(checkOf("b"));
  await settled();
  assert.equal(kept.slots.load().running, 4, "no more than the limit in all");
});

test("a limit that is raised serves who waits, and one that goes serves everybody", async () => {
  const { ask, slots, served } = desk({ concurrent: 1 });
  for (let time = 0; time < 6; time += 1) ask(answerOf("a"));
  slots.configure({ ...limit, concurrent: 3 });
  await settled();
  assert.equal(served.length, 3);
  slots.configure({ ...limit, concurrent: Infinity });
  await settled();
  assert.equal(served.length, 6);
});

test("replicas share a limit, and together have what was written", () => {
  for (const [whole, replicas] of [
    [10, 3],
    [4, 4],
    [7, 2],
  ] as const) {
    const parts = Array.from({ length: replicas }, (_, place) =>
      partOf({ ...limit, concurrent: whole }, place, replicas),
    );
    assert.equal(
      parts.reduce((sum, { concurrent }) => sum + concurrent, 0),
      whole,
    );
  }
  assert.equal(partOf({ ...limit, concurrent: 1, checks: 1 }, 2, 3).concurrent, 1, "none has nothing");
});
