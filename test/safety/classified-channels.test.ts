// Classifiers and the channels of an answer: each is judged for itself, order within a choice is kept, and what
// vouches for a text goes where the text was changed.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../src/core/events.ts";
import { cut, finish, guard, piece, randomSource } from "./guarded.ts";
import { passing, scripted } from "./scripted-classifier.ts";

const phrase = "put the device together";
const around = "They talked for a while about the garden and the weather. ";
const blocks = () => "block" as const;
const redacts = () => "redact" as const;
const finding = (withSpans = false) => ({
  classifiers: [scripted({ phrases: { [phrase]: "S9" }, withSpans })],
});
const tool = (args: string, more: object = {}): ModelEvent => ({
  type: "tool-call-delta",
  choice: 0,
  call: 0,
  arguments: args,
  ...more,
});

test("reasoning, refusals, arguments, names of tools and citations are judged as text is", async () => {
  const hidden: readonly (readonly ModelEvent[])[] = [
    [piece("reasoning-delta", around + phrase), piece("text-delta", "Fine.")],
    [piece("refusal-delta", around + phrase)],
    [tool('{"a":"', { id: "c1", name: "note" }), tool(`${phrase}"}`)],
    [tool("{}", { id: "c1", name: phrase.replaceAll(" ", "_") })],
    [piece("text-delta", "See."), { type: "citations", choice: 0, citations: [{ quote: phrase }] }],
  ];
  for (const events of hidden) {
    const classifiers = [scripted({ phrases: { [phrase]: "S9", [phrase.replaceAll(" ", "_")]: "S9" } })];
    const guarded = await guard([...events, finish()], blocks, { classifiers });
    assert.deepEqual(guarded.finishes, ["0 content_filter"]);
    assert.ok(!/device/.test(JSON.stringify(guarded.events)));
  }
});

test("choices are judged apart, interleaved or not, and one that is blocked ends all", async () => {
  const events: ModelEvent[] = [];
  const left = cut(around.repeat(3), randomSource(1), 5);
  const right = cut(around.repeat(2) + phrase + around, randomSource(2), 5);
  for (const [index, text] of left.entries()) {
    events.push(piece("text-delta", text, 0), piece("text-delta", right[index] ?? "", 1));
  }
  const { texts, finishes, notices } = await guard([...events, finish(1)], blocks, finding());
  assert.deepEqual([finishes, notices], [["1 content_filter", "0 content_filter"], ["1 false S9"]]);
  assert.ok(around.repeat(3).startsWith(texts.get("0 text-delta") ?? "-"));
  assert.ok((around.repeat(2) + phrase).startsWith(texts.get("1 text-delta") ?? "-"));
});

test("what came first leaves first, though it is judged more slowly", async () => {
  const slow = scripted({
    answer: ({ window }) =>
      window.includes("thought") ? new Promise((resolve) => setTimeout(resolve, 20, passing)) : passing,
  });
  const events = [
    piece("reasoning-delta", "A thought takes its time"),
    piece("text-delta", "and the answer waits for it."),
    tool("{}", { id: "c1", name: "note" }),
    finish(),
  ];
  const { events: out } = await guard(events, blocks, { classifiers: [slow] });
  const kinds = out.map(({ type }) => type);
  assert.deepEqual(
    [...new Set(kinds)],
    ["reasoning-delta", "text-delta", "tool-call-delta", "choice-finish"],
  );
});

test("arguments and structured answers stay valid JSON when a part of them is replaced", async () => {
  const said = JSON.stringify({ to: "x", note: `${around}${phrase}.`, put: [1, true], last: 'é\n"q"' });
  const random = randomSource(9);
  for (let round = 0; round < 100; round++) {
    const chunks = cut(said, random, 1 + (round % 30));
    for (const events of [
      chunks.map((chunk) => tool(chunk)),
      chunks.map((chunk) => piece("text-delta", chunk)),
    ]) {
      const { texts } = await guard([...events, finish()], redacts, finding(true));
      const shown = JSON.parse([...texts.values()].join("")) as { note: string };
      assert.deepEqual(shown, { ...(JSON.parse(said) as object), note: `${around}[S9].` });
    }
  }
});

test("a hit that runs over the bounds of strings is blocked where it was to be replaced", async () => {
  const classifiers = [scripted({ phrases: { '"one":"a","two"': "S9" }, withSpans: true })];
  const { texts, finishes } = await guard([tool('{"one":"a","two":"b"}'), finish()], redacts, {
    classifiers,
  });
  assert.deepEqual([finishes, [...texts.values()].join("")], [["0 content_filter"], ""]);
});

test("a whole value of JSON is replaced by a string", async () => {
  const classifiers = [scripted({ phrases: { "12345": "S7" }, withSpans: true })];
  const { texts } = await guard([tool('{"a": 12345, "b": [12345, 1]}'), finish()], redacts, { classifiers });
  assert.deepEqual(JSON.parse(texts.get("0 tool 0") ?? ""), { a: "[S7]", b: [12345, 1] });
});

test("log probabilities and signatures of replaced text stay behind", async () => {
  const token = (text: string, value = text): ModelEvent => ({
    type: "text-delta",
    choice: 0,
    text,
    logprobs: [{ token: value, logprob: -1 }],
  });
  const seal: ModelEvent = { type: "reasoning-seal", choice: 0, signature: "opaque" };
  const events = [
    piece("reasoning-delta", `${phrase}.`),
    seal,
    piece("reasoning-delta", "Nothing here."),
    seal,
    token("First words. "),
    token(phrase),
    token(" And last."),
    tool(JSON.stringify({ note: phrase }), { id: "c1", name: "n", signature: "vouched" }),
    finish(),
  ];
  const { events: out, texts } = await guard(events, redacts, finding(true));
  const seals = out.flatMap((event) => (event.type === "reasoning-seal" ? [event.signature] : []));
  assert.deepEqual(seals, [undefined, "opaque"]);
  assert.equal(texts.get("0 text-delta"), "First words. [S9] And last.");
  assert.ok(!JSON.stringify(out).includes("device") && !JSON.stringify(out).includes("vouched"));
});

test("an upstream that ends without a finish reason has its last words judged all the same", async () => {
  const { texts } = await guard([piece("text-delta", around)], blocks, finding());
  assert.equal(texts.get("0 text-delta"), around);
  const blocked = await guard([piece("text-delta", around + phrase)], blocks, finding());
  assert.deepEqual(blocked.finishes, ["0 content_filter"]);
});
