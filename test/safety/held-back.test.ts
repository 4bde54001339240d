// What the guard holds while classifiers judge: never more than a bound, whatever the answer's length; beyond it the
// upstream is not read. And what is asked of classifiers about the question itself.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { CompletionRequest } from "../../src/core/request.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import { checkInput, promptOf } from "../../src/safety/input-check.ts";
import { newSafetySummary } from "../../src/safety/verdicts.ts";
import { piece } from "./guarded.ts";
import { failing, hanging, scripted, type Scripted } from "./scripted-classifier.ts";
import { screenOneByOne } from "../kit/batches.ts";

const flag = () => ({ action: "flag" as const, rule: "test" });
const sentence = "In 2024 the team wrote 12 reports; the 3rd of them (see page 17) went to Berlin. ";

test("while a check hangs the upstream is read up to a bound and no further", async () => {
  const { classifier } = hanging();
  let read = 0;
  async function* source(): AsyncGenerator<ModelEvent> {
    for (;;) {
      read += sentence.length;
      yield piece("text-delta", sentence);
    }
  }
  const events = screenOneByOne(source(), {
    decide: flag,
    summary: newSafetySummary(),
    classifiers: [classifier],
  });
  void events.next();
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.ok(read < 10_000, `${read} characters were read`);
  await events.return?.();
});

test("a reader who stops holds the upstream back too", async () => {
  let read = 0;
  async function* source(): AsyncGenerator<ModelEvent> {
    for (;;) {
      read += sentence.length;
      yield piece("text-delta", sentence);
    }
  }
  const events = screenOneByOne(source(), {
    decide: flag,
    summary: newSafetySummary(),
    classifiers: [scripted()],
  });
  await events.next();
  for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate);
  assert.ok(read < 20_000, `${read} characters were read`);
  await events.return?.();
});

test("an answer of megabytes passes classifiers without being kept", async (context) => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const chunks = 25_000;
  let heap = 0;
  async function* source(): AsyncGenerator<ModelEvent> {
    for (let index = 0; index < chunks; index++) {
      if (index === 2_000) heap = heapNow();
      yield piece("text-delta", sentence);
    }
  }
  const heapNow = (): number => {
    collect();
    return process.memoryUsage().heapUsed;
  };
  const summary = newSafetySummary();
  const classifier = {
    ...scripted(),
    check: async () => ({ outcome: "pass", hits: [], model: "", latencyMs: 0 }),
  };
  const events = screenOneByOne(source(), {
    decide: flag,
    summary,
    classifiers: [classifier as unknown as Scripted],
  });
  let released = 0;
  let grown = 0;
  for await (const event of events) {
    if (event.type === "text-delta") released += event.text.length;
    if (grown === 0 && released > sentence.length * (chunks - 1_000)) grown = heapNow() - heap;
  }
  assert.equal(released, sentence.length * chunks);
  context.diagnostic(
    `${(released / 1e6).toFixed(1)} MB passed, the heap grew ${(grown / 1e6).toFixed(2)} MB`,
  );
  assert.ok(grown < 1_000_000, `${grown} bytes`);
  assert.ok(summary.verdicts.length < 5);
});

const asked = (...texts: string[]): CompletionRequest => ({
  action: "complete",
  model: "m",
  messages: [
    { role: "system", parts: [{ type: "text", text: "Be kind." }] },
    ...texts.map((text) => ({ role: "user" as const, parts: [{ type: "text" as const, text }] })),
  ],
  stream: true,
  n: 1,
  extras: {},
});
const checking = (classifier: Scripted, action: "block" | "redact" | "flag" = "block", failOpen = false) => ({
  classifiers: [classifier],
  decide: () => ({ action, rule: "test" }),
  summary: newSafetySummary(),
  failOpen,
  signal: new AbortController().signal,
});

test("a question is judged as people and tools wrote it, in windows, and as far back as the verdict says", async () => {
  const classifier = scripted();
  const options = checking(classifier);
  await checkInput(asked("a".repeat(90_000), "And then?"), options);
  assert.equal(classifier.asked.length, 8);
  assert.ok(classifier.asked.every(({ phase }) => phase === "input"));
  assert.ok(!classifier.asked.some(({ window }) => window.includes("Be kind.")));
  const [row] = options.summary.verdicts;
  assert.deepEqual(
    [row?.phase, row?.outcome, row?.windows, row?.checkedTo, (row?.checkedTo ?? 0) - (row?.checkedFrom ?? 0)],
    ["input", "pass", 8, 90_011, 65_536],
  );
  assert.equal(promptOf(asked("a".repeat(3_000), "And then?")).length, 2_000);
});

test("a question in which something is blocked, or was to be replaced, is not answered", async () => {
  for (const action of ["block", "redact"] as const) {
    const classifier = scripted({ phrases: { device: "S9" }, withSpans: true });
    await assert.rejects(checkInput(asked("How is the d\u200bevice made?"), checking(classifier, action)), {
      code: "INPUT_BLOCKED",
      detail: { phase: "input", categories: ["S9"] },
    });
  }
  const flagged = scripted({ phrases: { device: "S9" } });
  assert.deepEqual(await checkInput(asked("A device."), checking(flagged, "flag")), ["S9"]);
});

test("a question that nobody could judge is not answered, save where the policy fails open", async () => {
  const broken = scripted({ answer: () => failing });
  await assert.rejects(checkInput(asked("Hello"), checking(broken)), { code: "SAFETY_UNAVAILABLE" });
  const options = checking(broken, "block", true);
  assert.deepEqual(await checkInput(asked("Hello"), options), []);
  assert.deepEqual(options.summary.notRun, ["test/guard"]);
});
