// The canonical form: one spelling for each value, the same for ever.

import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson } from "../../src/audit/canonical.ts";

test("keys are sorted at every depth, and undefined ones are left out", () => {
  assert.equal(
    canonicalJson({ b: 1, a: { d: [{ z: 1, y: undefined, x: null }], c: true }, gone: undefined }),
    '{"a":{"c":true,"d":[{"x":null,"z":1}]},"b":1}',
  );
});

test("the order in which a row was put together does not show", () => {
  const rows = [
    { requestId: "r", at: new Date(0), usage: { input: 1, output: 2 } },
    { usage: { output: 2, input: 1 }, at: new Date(0), requestId: "r" },
  ];
  const [one, other] = rows.map(canonicalJson);
  assert.equal(one, other);
  assert.equal(one, '{"at":"1970-01-01T00:00:00.000Z","requestId":"r","usage":{"input":1,"output":2}}');
});

test("keys sort by code units, whatever the language of the machine", () => {
  assert.equal(canonicalJson({ ä: 1, z: 2, Z: 3, "10": 4, "9": 5 }), '{"9":5,"10":4,"Z":3,"z":2,"ä":1}');
  assert.equal(canonicalJson({ "9": 5, "10": 4, Z: 3, z: 2, ä: 1 }), '{"9":5,"10":4,"Z":3,"z":2,"ä":1}');
});

test("what it writes reads back as JSON", () => {
  const value = { text: 'a "quoted"\nline \u0000 \ud800', list: [undefined, 1.5, -0, 1e21], nested: [[]] };
  assert.deepEqual(JSON.parse(canonicalJson(value)), JSON.parse(JSON.stringify(value)));
});

test("a caller's key named __proto__ is kept as a key", () => {
  const text = '{"__proto__":{"admin":true},"a":1}';
  assert.equal(canonicalJson(JSON.parse(text)), text);
});

test("what JSON cannot say exactly is refused", () => {
  for (const value of [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    10n,
    Symbol("s"),
    () => 1,
    new Date(Number.NaN),
  ]) {
    assert.throws(() => canonicalJson({ value }), Error, String(value));
  }
});
