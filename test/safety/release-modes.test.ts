// When text leaves: with its window, only when all of it was judged, or ahead of its verdict where the client can
// take it back. And what is told when the end shows what no window did.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";
import type { ModelEvent } from "../../src/core/events.ts";
import type { ScreenOptions } from "../../src/safety/screen.ts";
import type { ScreenedEvent } from "../../src/safety/screened-event.ts";
import { newSafetySummary } from "../../src/safety/verdicts.ts";
import { cut, finish, guard, piece, randomSource } from "./guarded.ts";
import { card, githubToken } from "./planted.ts";
import { failing, hitting, passing, scripted } from "./scripted-classifier.ts";
import { screenOneByOne } from "../kit/batches.ts";

const phrase = "put the device together";
const around = "They talked for a while about the garden and the weather. ";
const long = around.repeat(9);
const pieces = (text: string): ModelEvent[] => [
  ...cut(text, randomSource(3), 9).map((chunk) => piece("text-delta", chunk)),
  finish(),
];
const finding = () => [scripted({ phrases: { [phrase]: "S9" } })];
const text = "0 text-delta";

/** What a client has that takes back what it is told to. */
function keptBy(events: readonly ScreenedEvent[]): string {
  let kept = "";
  for (const event of events) {
    if (event.type === "text-delta") kept += event.text;
    if (event.type === "safety-notice" && event.retractFrom !== undefined)
      kept = kept.slice(0, event.retractFrom);
  }
  return kept;
}

test("complete: nothing leaves before all was judged, and of a blocked answer nothing at all", async () => {
  const classifier = scripted({ phrases: { [phrase]: "S9" } });
  const options = { classifiers: [classifier], mode: "complete" } as const;
  const clean = await guard(pieces(long), () => "block", options);
  assert.equal(clean.texts.get(text), long);
  assert.deepEqual(
    classifier.asked.map(({ window }) => window),
    [long],
  );
  const blocked = await guard(pieces(long + phrase), () => "block", options);
  assert.deepEqual(
    [[...blocked.texts], blocked.finishes, blocked.notices],
    [[], ["0 content_filter"], ["0 false S9"]],
  );
});

test("complete counts for what the deterministic part finds too, with no classifier at all", async () => {
  const { texts, finishes } = await guard(pieces(`${long}${githubToken} `), () => "block", {
    mode: "complete",
  });
  assert.deepEqual([[...texts], finishes], [[], ["0 content_filter"]]);
});

test("complete keeps a long answer in few pieces, in every channel", async () => {
  const call = { type: "tool-call-delta", choice: 0, call: 0 } as const;
  const opening: ModelEvent = { ...call, id: "c", name: "read", arguments: "" };
  const written = JSON.stringify({ text: long });
  const letters = (of: string, event: (letter: string) => ModelEvent): ModelEvent[] =>
    of.split("").map(event);
  const { events, texts } = await guard(
    [
      ...letters(long, (letter) => piece("refusal-delta", letter)),
      opening,
      ...letters(written, (letter) => ({ ...call, arguments: letter })),
      finish(),
    ],
    () => "block",
    { mode: "complete" },
  );
  assert.equal(texts.get("0 refusal-delta"), long);
  const [read, ...more] = events.filter((event) => event.type === "tool-call-delta");
  assert.deepEqual([read, more], [{ ...opening, arguments: written, signature: undefined }, []]);
  assert.equal(events.length, 3);
});

test("an answer that nobody reads before its end is judged in long windows", async () => {
  const classifier = scripted();
  const whole = around.repeat(300);
  const { texts } = await guard([piece("text-delta", whole), finish()], () => "block", {
    classifiers: [classifier],
    whole: true,
  });
  assert.equal(texts.get(text), whole);
  assert.ok(classifier.asked.length <= 4, `${classifier.asked.length} windows`);
});

test("lookahead: text leaves before its verdict, and what was not cleared is taken back", async () => {
  const gate = Promise.withResolvers<void>();
  const classifier = scripted({
    answer: ({ window }) =>
      gate.promise.then(() => (window.includes(phrase) ? hitting({ category: "S9" }) : passing)),
  });
  const events = streamed(`${long}My card is ${card}. ${phrase} ${around}`, {
    classifiers: [classifier],
    mode: "lookahead",
    decide: (category) => ({ action: category === "S9" ? "block" : "redact", rule: "test" }),
  });
  const out: ScreenedEvent[] = [];
  let shown = "";
  for await (const event of events) {
    out.push(event);
    if (event.type === "text-delta") shown += event.text;
    if (shown.includes("card is [CREDIT_CARD]")) gate.resolve();
  }
  const kept = keptBy(out);
  assert.ok(kept.length < shown.length && `${long}My card is [CREDIT_CARD]. `.startsWith(kept), kept);
  assert.ok(kept.length >= long.length - 700, "only what was not cleared");
  assert.equal(out.at(-1)?.type, "choice-finish");
});

test("lookahead: what can no longer be judged is taken back before the answer fails", async () => {
  const answers = [passing, passing, failing];
  const classifier = scripted({ answer: (_input, count) => answers[Math.min(count, 3) - 1] ?? failing });
  const out: ScreenedEvent[] = [];
  await assert.rejects(
    async () => {
      const options = { classifiers: [classifier], mode: "lookahead" } as const;
      for await (const event of streamed(long, options)) out.push(event);
    },
    (error) => error instanceof Failure && error.code === "SAFETY_UNAVAILABLE",
  );
  const kept = keptBy(out);
  assert.ok(kept.length > 0 && kept.length < 200, `${kept.length} characters are kept`);
});

test("lookahead never shows reasoning or tool calls ahead: nobody can take them back", async () => {
  const classifier = scripted({ answer: ({ window }) => (window.includes(phrase) ? hitting() : passing) });
  const events: ModelEvent[] = [
    piece("reasoning-delta", phrase),
    { type: "tool-call-delta", choice: 0, call: 0, id: "c", name: "n", arguments: phrase },
    finish(),
  ];
  for (const one of events.slice(0, 2)) {
    const options = { classifiers: [classifier], mode: "lookahead" } as const;
    const { texts } = await guard([one, finish()], () => "block", options);
    assert.deepEqual([...texts.values()].join(""), "");
  }
});

test("what shows only in the whole is told at the end, as found too late, and ends the answer where it is blocked", async () => {
  const seesWhole = () =>
    scripted({
      answer: ({ window }) => (window.length >= long.length ? hitting({ category: "S1" }) : passing),
    });
  const flagged = await guard(pieces(long), () => "flag", { classifiers: [seesWhole()] });
  assert.equal(flagged.texts.get(text), long);
  const notice = flagged.events.find((event) => event.type === "safety-notice");
  assert.deepEqual([notice?.categories, notice?.retroactive, flagged.finishes], [["S1"], true, ["0 stop"]]);
  assert.ok(
    flagged.summary.verdicts?.some(
      (row) => row.retroactive && row.outcome === "hit" && row.checkedFrom === 0,
    ),
  );

  const blocked = await guard(pieces(long), () => "block", { classifiers: [seesWhole()] });
  assert.deepEqual(blocked.finishes, ["0 content_filter"]);
  assert.equal(keptBy(blocked.events), "");
  assert.ok(blocked.events.some((event) => event.type === "safety-notice" && event.retroactive === true));
});

test("without a classifier no mode but complete changes anything", async () => {
  const { texts } = await guard(pieces(long), () => "block", { mode: "lookahead" });
  assert.equal(texts.get(text), long);
  assert.deepEqual((await guard(pieces(phrase), () => "block", { classifiers: finding() })).finishes, [
    "0 content_filter",
  ]);
});

function streamed(said: string, options: Partial<ScreenOptions>): AsyncIterable<ScreenedEvent> {
  async function* source(): AsyncGenerator<ModelEvent> {
    for (const event of pieces(said)) {
      await new Promise(setImmediate);
      yield event;
    }
  }
  const decide = () => ({ action: "block" as const, rule: "test" });
  return screenOneByOne(source(), { decide, summary: newSafetySummary(), ...options });
}
