// Chunks that need no parsing say exactly what parsing would have read in them, whatever their text holds.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelEvent } from "../../src/core/events.ts";
import { createAnswerStream } from "../../src/wire/openai/answer-stream.ts";
import { TextChunks } from "../../src/wire/text-chunks.ts";

const chunk = (content: unknown, more: object = {}): string =>
  JSON.stringify({ id: "c", model: "m", choices: [{ index: 0, delta: { content }, ...more }] });

const texts = [
  "plain ",
  'quotes " and \\ and \n and \u0007',
  "ünïcödé 🙂",
  '","role":"tool',
  '"}}],"choices":[{"index":1,"delta":{"content":"',
  "\u2028",
  "a",
  "content",
];

/** What one decoder reads in all of them, text by text. */
function readAll(chunks: readonly string[]): readonly ModelEvent[] {
  const decoder = createAnswerStream();
  return chunks.flatMap((data) => decoder.push({ event: undefined, data }));
}

test("a chunk that differs from others in its text alone says that text", () => {
  const said = readAll([chunk("first"), chunk("second"), ...texts.map((text) => chunk(text))]);
  const deltas = said.filter((event) => event.type === "text-delta");
  assert.deepEqual(
    deltas,
    ["first", "second", ...texts].map((text) => ({ type: "text-delta", choice: 0, text })),
  );
});

test("a chunk that says anything else is read whole, though it begins and ends as others do", () => {
  const said = readAll([
    chunk("first"),
    chunk("second"),
    chunk("third"),
    `{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"x","refusal":"no"}}]}`,
    `{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"y"}},{"index":1,"delta":{"content":"z"}}]}`,
    chunk("", { finish_reason: "length" }),
    "[DONE]",
  ]);
  assert.deepEqual(said.slice(4), [
    { type: "text-delta", choice: 0, text: "x" },
    { type: "refusal-delta", choice: 0, text: "no" },
    { type: "text-delta", choice: 0, text: "y" },
    { type: "text-delta", choice: 1, text: "z" },
  ]);
});

test("words that stand in two places of a chunk are learned from neither wrongly", () => {
  const twice = (content: string): string =>
    `{"note":"same","model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}]}`;
  const said = readAll([twice("same"), twice("same"), twice("other"), twice("more")]);
  const deltas = said.filter((event) => event.type === "text-delta");
  assert.deepEqual(
    deltas.map(({ text }) => text),
    ["same", "same", "other", "more"],
  );
});

test("what breaks out of its text is not read at all here", () => {
  const known = new TextChunks((body) => (body as { t?: unknown }).t);
  known.learn(`{"t":"one"}`, { t: "one" }, [{ type: "text-delta", choice: 0, text: "one" }]);
  assert.deepEqual(known.read(`{"t":"two"}`), [{ type: "text-delta", choice: 0, text: "two" }]);
  for (const data of [`{"t":""}`, `{"t":"a","b":"c"}`, `{"t":"\\"}`, `{"t":"\u0001"}`, `{"u":"one"}`])
    assert.equal(known.read(data), undefined, data);
});
