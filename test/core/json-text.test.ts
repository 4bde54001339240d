// Names and moments are spelled as the engine spells them.
// Whatever a caller may write must come out as JSON and nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isoTime, quoted } from "../../src/core/json-text.ts";

test("every character is spelled as JSON spells it", () => {
  for (let code = 0; code <= 0xffff; code += 1) {
    const text = `a${String.fromCharCode(code)}z`;
    assert.equal(quoted(text), JSON.stringify(text));
  }
  assert.equal(quoted(""), '""');
  assert.equal(quoted("😀"), JSON.stringify("😀"));
});

test("a moment is spelled as its date spells it, whichever came before", () => {
  const moments = [
    0, 1, 9, 10, 99, 100, 999, 1_000, 1_795_264_166_548, 1_795_264_166_007, -1, -1_000, -1_001,
  ];
  for (const moment of [...moments, ...moments.toReversed(), 8.64e15, -8.64e15])
    assert.equal(isoTime(moment), new Date(moment).toISOString());
});

test("what is no moment is refused", () => {
  for (const moment of [Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 1])
    assert.throws(() => isoTime(moment), RangeError);
});
