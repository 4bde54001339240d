// The streaming guard with classifiers: what leaves when, in windows; what each action does; how it ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import { newSafetySummary, type VerdictAction } from "../../src/safety/verdicts.ts";
import { cut, finish, guard, piece, randomSource } from "./guarded.ts";
import { failing, hanging, hitting, passing, scripted } from "./scripted-classifier.ts";
import { screenOneByOne } from "../kit/batches.ts";

const prose =
  "The committee met on a Tuesday. It talked about the weather for a while, and about boats. " +
  "Somebody had brought a cake, which was eaten in silence, and then the minutes were read. ";
const about = (words: string): string => `${prose}${words} ${prose}`;
const violation = "how the device is put together";
const always = (action: VerdictAction) => (): VerdictAction => action;
const pieces = (text: string, longest = 7): ModelEvent[] => [
  ...cut(text, randomSource(5), longest).map((chunk) => piece("text-delta", chunk)),
  finish(),
];
const text = "0 text-delta";

test("text leaves in windows that grow, each beside what came before, and none twice as a whole", async () => {
  const classifier = scripted();
  const { texts, summary, finishes } = await guard(pieces(prose.repeat(6)), always("block"), {
    classifiers: [classifier],
  });
  assert.equal(texts.get(text), prose.repeat(6));
  assert.deepEqual(finishes, ["0 stop"]);
  const lengths = classifier.asked.filter(({ final }) => !final).map(({ window }) => window.length);
  assert.ok((lengths[0] ?? 0) <= 40, lengths.join(" "));
  assert.ok(lengths.length < 12, lengths.join(" "));
  assert.equal(classifier.asked[0]?.context, "");
  assert.ok(classifier.asked.at(-2)?.context.length === 400);
  const row = summary.verdicts?.find((one) => one.classifier === "test/guard" && !one.retroactive);
  assert.deepEqual(
    [row?.outcome, row?.checkedFrom, row?.checkedTo, row?.windows],
    ["pass", 0, prose.length * 6 - 1, classifier.asked.length - 1],
  );
  assert.deepEqual(summary.classifiers, ["deterministic", "test/guard"]);
});

test("nothing leaves before its verdict", async () => {
  const gate = Promise.withResolvers<void>();
  const classifier = scripted({ answer: () => gate.promise.then(() => passing) });
  let released = 0;
  const events = screenOneByOne(stalledAfter(pieces(prose).slice(0, -1)), {
    decide: () => ({ action: "flag", rule: "test" }),
    summary: newSafetySummary(),
    classifiers: [classifier],
  });
  const first = readOne();
  while (classifier.asked.length === 0) await new Promise(setImmediate);
  assert.equal(released, 0);
  gate.resolve();
  await first;
  assert.ok(released > 0 && released <= 40);
  await events.return?.();

  async function readOne(): Promise<void> {
    const { value } = await events.next();
    if (value?.type === "text-delta") released += value.text.length;
  }
});

test("a hit that the policy blocks ends the answer before its window, though split over chunks and windows", async () => {
  const said = about(violation);
  const start = said.indexOf(violation);
  for (let longest = 1; longest < 60; longest += 7) {
    const classifier = scripted({ phrases: { [violation]: "S9" } });
    const { texts, finishes, notices, summary } = await guard(pieces(said, longest), always("block"), {
      classifiers: [classifier],
    });
    const shown = texts.get(text) ?? "";
    assert.ok(said.startsWith(shown) && shown.length <= start, shown);
    assert.deepEqual([finishes, notices], [["0 content_filter"], ["0 false S9"]]);
    const hit = summary.verdicts?.find(({ outcome }) => outcome === "hit");
    assert.deepEqual([hit?.categories, hit?.action], [["S9"], "block"]);
    assert.ok(hit && hit.checkedFrom <= start && hit.checkedTo >= start + violation.length);
  }
});

test("a hit with a place is replaced where the policy redacts, and one without a place is blocked", async () => {
  const phrases = { "a cake": "S7" };
  const located = scripted({ phrases, withSpans: true });
  const { texts, notices, finishes } = await guard(pieces(prose), always("redact"), {
    classifiers: [located],
  });
  assert.equal(texts.get(text), prose.replace("a cake", "[S7]"));
  assert.deepEqual([notices, finishes], [["0 true S7"], ["0 stop"]]);
  const blocked = await guard(pieces(prose), always("redact"), { classifiers: [scripted({ phrases })] });
  assert.deepEqual(blocked.finishes, ["0 content_filter"]);
});

test("a hit that the policy flags is told once and stays", async () => {
  const classifier = scripted({ phrases: { minutes: "S10" } });
  const { texts, notices } = await guard(pieces(prose.repeat(3)), always("flag"), {
    classifiers: [classifier],
  });
  assert.equal(texts.get(text), prose.repeat(3));
  assert.deepEqual(notices, ["0 false S10"]);
});

test("what a classifier cannot name is blocked, whatever the rows say", async () => {
  for (const verdict of [hitting({ category: "unknown" }), hitting()]) {
    const { finishes, texts } = await guard(pieces(prose), always("flag"), {
      classifiers: [scripted({ answer: () => verdict })],
    });
    assert.deepEqual([finishes, texts.get(text)], [["0 content_filter"], undefined]);
  }
});

test("a classifier that fails ends the answer as unavailable, and nothing of the window leaves", async () => {
  const broken = [
    scripted({ answer: () => failing }),
    scripted({ answer: () => Promise.reject(new Error("it broke")) }),
  ];
  for (const classifier of broken) {
    const summary = newSafetySummary();
    const out: string[] = [];
    const events = screenOneByOne(stalledAfter(pieces(prose)), {
      decide: () => ({ action: "flag", rule: "test" }),
      summary,
      classifiers: [classifier],
    });
    await assert.rejects(
      async () => {
        for await (const event of events) out.push(event.type);
      },
      (error) =>
        error instanceof Failure && error.code === "SAFETY_UNAVAILABLE" && error.detail.phase === "output",
    );
    assert.deepEqual(out, []);
    assert.deepEqual(summary.notRun, ["test/guard"]);
    assert.deepEqual(summary.classifiers, ["deterministic"]);
  }
});

test("where the policy fails open, what nobody could judge leaves, and is told as not run", async () => {
  const { texts, summary } = await guard(pieces(prose), always("block"), {
    classifiers: [scripted({ answer: () => failing })],
    failOpen: true,
  });
  assert.equal(texts.get(text), prose);
  assert.deepEqual(summary.notRun, ["test/guard"]);
  assert.ok(summary.verdicts?.some(({ outcome }) => outcome === "error"));
});

test("another classifier stands in for one that fails, as far as it looks for the same", async () => {
  const broken = scripted({ id: "test/broken", answer: () => failing, categories: ["S1", "S9"] });
  const standIn = scripted({ phrases: { [violation]: "S9" }, categories: ["S1", "S9", "S10"] });
  const { texts, summary } = await guard(pieces(prose), always("block"), { classifiers: [broken, standIn] });
  assert.equal(texts.get(text), prose);
  assert.deepEqual([summary.notRun, summary.classifiers], [["test/broken"], ["deterministic", "test/guard"]]);
  const narrow = scripted({ categories: ["S1"] });
  await assert.rejects(guard(pieces(prose), always("block"), { classifiers: [broken, narrow] }), {
    code: "SAFETY_UNAVAILABLE",
  });
});

test("all classifiers are heard, and the strictest action counts", async () => {
  const rule = (category: string): VerdictAction => (category === "S9" ? "block" : "flag");
  const mild = scripted({ id: "test/mild", phrases: { [violation]: "S10" } });
  const { finishes, categories } = await guard(pieces(about(violation)), rule, {
    classifiers: [mild, scripted({ phrases: { [violation]: "S9" } })],
  });
  assert.deepEqual([finishes, categories], [["0 content_filter"], ["S10", "S9"]]);
});

test("who leaves during a check ends the check and the upstream at once", async () => {
  const { classifier, left } = hanging();
  const controller = new AbortController();
  const closed = Promise.withResolvers<void>();
  const events = screenOneByOne(stalledAfter(pieces(prose)), {
    decide: () => ({ action: "flag", rule: "test" }),
    summary: newSafetySummary(),
    classifiers: [classifier],
    signal: controller.signal,
    leave: () => closed.resolve(),
  });
  const waiting = events.next();
  waiting.catch(() => undefined);
  while (classifier.asked.length === 0) await new Promise(setImmediate);
  controller.abort();
  await Promise.all([left, closed.promise]);
  await assert.rejects(waiting);
});

test("the caller's return ends the check too", async () => {
  const { classifier, left } = hanging();
  const events = screenOneByOne(stalledAfter(pieces(prose)), {
    decide: () => ({ action: "flag", rule: "test" }),
    summary: newSafetySummary(),
    classifiers: [classifier],
  });
  void events.next();
  while (classifier.asked.length === 0) await new Promise(setImmediate);
  await events.return?.();
  await left;
});

test("text that fills no window leaves all the same when it has waited long enough", async () => {
  const events = screenOneByOne(stalledAfter([piece("text-delta", "Just a word ")]), {
    decide: () => ({ action: "flag", rule: "test" }),
    summary: newSafetySummary(),
    classifiers: [scripted()],
    maxDelayMilliseconds: 5,
  });
  let shown = "";
  while (shown !== "Just a word ") {
    const { value } = await events.next();
    if (value?.type === "text-delta") shown += value.text;
  }
  await events.return?.();
});

/** An upstream that goes quiet and never ends. */
async function* stalledAfter(events: readonly ModelEvent[]): AsyncGenerator<ModelEvent> {
  yield* events;
  await new Promise(() => undefined);
}
