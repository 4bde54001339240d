// What the guard waits for behind a space, and what it lets go.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Segmenter } from "../../src/safety/segments.ts";

function segments(text: string): string[] {
  const segmenter = new Segmenter();
  const out: string[] = [];
  for (let next = segmenter.next(text, true); next; next = segmenter.next(text, true)) {
    if (next.kind === "full") segmenter.restart(next.end);
    if (next.kind !== "plain") out.push(text.slice(next.start, next.end).trim());
  }
  return out;
}

test("words stand alone, numbers in groups stay together", () => {
  assert.deepEqual(segments("I paid with 4111 1111 1111 1111 today"), [
    "I",
    "paid",
    "with",
    "4111 1111 1111 1111",
    "today",
  ]);
  assert.deepEqual(segments("born 5 March 1980 in Rome"), ["born", "5 March 1980", "in", "Rome"]);
  assert.deepEqual(segments("de89 3704 0044 0532 0130 00 is it"), [
    "de89 3704 0044 0532 0130 00",
    "is",
    "it",
  ]);
  assert.deepEqual(segments("AB 12 34 56 C\nnext"), ["AB 12 34 56 C", "next"]);
});

test("an address with a password is one word, commas and brackets included", () => {
  assert.deepEqual(segments("see a://b:c,d]e@f/g, then"), ["see", "a://b:c,d]e@f/g,", "then"]);
});

test("no segment is longer than the limit", () => {
  for (const piece of ["a", "1 ", "AB 1 ", "-----BEGIN PRIVATE KEY-----a", "a://"]) {
    for (const one of segments(piece.repeat(2000))) assert.ok(one.length <= 512);
  }
});
