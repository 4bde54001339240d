// A megabyte of the worst text holds nobody else up, however it is cut, and nobody scans for one who left.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { CompletionRequest } from "../../src/core/request.ts";
import { builtInLabels, formatSensitivity } from "../../src/core/sensitivity.ts";
import { operator } from "../../src/intake/authenticate.ts";
import { normalise } from "../../src/intake/normalise.ts";
import { weigh } from "../../src/intake/weigh.ts";
import { longestStint } from "../kit/longest-stint.ts";

const megabyte = 1024 * 1024;
const worst: Readonly<Record<string, string>> = {
  "every detector's hits":
    "Mail jane.doe@example.com or call +44 20 7946 0958, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00. ",
  "disguised text": "j\u200Bane.doe@ex\u0430mple.com 4111 1111 1111 1111 ",
  "as many hits as fit": "a@b.co ",
};
const cuts: Readonly<Record<string, number>> = {
  "one text": megabyte,
  "texts of 4 KB": 4096,
  "texts of 100 B": 100,
};
/** What is promised, and as much again for what the runtime itself does meanwhile. */
const mostMilliseconds = 10;

function asking(text: string, cut: number) {
  const one = text.repeat(Math.ceil(cut / text.length)).slice(0, cut);
  const request: CompletionRequest = {
    action: "complete",
    model: "m",
    messages: Array.from({ length: Math.floor(megabyte / cut) }, () => ({
      role: "user",
      parts: [{ type: "text", text: one }],
    })),
    stream: false,
    n: 1,
    extras: {},
  };
  const caller = operator("key:test", () => []);
  return normalise({ request, requestId: "r", declared: "public", caller }, new Set(builtInLabels), 0);
}

const observeNothing = { observes: () => false };

for (const [what, text] of Object.entries(worst)) {
  for (const [how, cut] of Object.entries(cuts)) {
    test(`a megabyte of ${what} in ${how} lets others run`, async () => {
      const normalised = asking(text, cut);
      let shortest = Infinity;
      // The first round compiles; of the others the best is what the code needs.
      for (let round = 0; round < 3; round += 1) {
        shortest = Math.min(shortest, await longestStint(async () => weigh(normalised, observeNothing)));
      }
      assert.ok(shortest < mostMilliseconds, `${shortest.toFixed(1)} ms without a turn`);
    });
  }
}

test("who leaves ends the weighing at its next turn", async () => {
  const normalised = asking(worst["every detector's hits"] ?? "", megabyte);
  const whole = await cpuOf(async () => weigh(normalised, observeNothing));
  const controller = new AbortController();
  const reason = new Error("left");
  const cut = await cpuOf(async () => {
    setImmediate(() => controller.abort(reason));
    await assert.rejects(async () => weigh(normalised, observeNothing, undefined, controller.signal), reason);
  });
  assert.ok(cut < whole / 4, `${cut.toFixed(0)} ms of ${whole.toFixed(0)} ms`);
});

test("counting in turns counts the same", async () => {
  const { sensitivity } = await weigh(asking(worst["as many hits as fit"] ?? "", 64 * 1024), observeNothing);
  assert.equal(formatSensitivity(sensitivity.effective), "internal+contact");
  const counts = sensitivity.detected.map(({ kind, messageIndex, count }) => [kind, messageIndex, count]);
  const each = Math.floor((64 * 1024) / "a@b.co ".length);
  assert.equal(counts.length, 16);
  for (const [index, [kind, message, count]] of counts.entries()) {
    assert.deepEqual([kind, message], ["email", index]);
    assert.ok(Math.abs(Number(count) - each) <= 1, `${count} of ${each}`);
  }
});

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
