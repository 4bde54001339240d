// What escalation decides by, in numbers: draws from what was learned, and schemas that fit or do not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { schemaFault } from "../../src/routing/schema-check.ts";
import { goesStraight } from "../../src/routing/thompson.ts";

const share = (enough: number, escalated: number, cheap: number): number => {
  const seeds = Array.from({ length: 400 }, (_, index) => `s${index}`);
  const straight = seeds.filter((seed) => goesStraight({ enough, escalated }, { cheap, dear: 100 }, seed));
  return straight.length / seeds.length;
};

test("what is not known is tried both ways; what is known is used", () => {
  assert.ok(share(0, 0, 20) > 0.1 && share(0, 0, 20) < 0.35, String(share(0, 0, 20)));
  assert.ok(share(100, 5, 20) < 0.02);
  assert.ok(share(2, 100, 20) > 0.95);
  assert.ok(share(30, 70, 90) > 0.95, "a cheap one that is hardly cheaper does not pay");
});

test("the same seed decides the same", () => {
  const decide = () => goesStraight({ enough: 3, escalated: 9 }, { cheap: 30, dear: 100 }, "seed");
  assert.equal(decide(), decide());
});

const schema = {
  type: "object",
  properties: {
    name: { type: "string" },
    kind: { enum: ["a", "b"] },
    list: { type: "array", items: { $ref: "#/$defs/n" } },
  },
  required: ["name"],
  additionalProperties: false,
  $defs: { n: { type: ["integer", "null"] } },
};

const fitting = ['{"name":"x"}', '{"name":"x","kind":"b","list":[1,null]}'];
const unfit = [
  "",
  "{",
  "[]",
  "{}",
  '{"name":1}',
  '{"name":"x","kind":"c"}',
  '{"name":"x","list":[1.5]}',
  '{"name":"x","more":1}',
];

test("texts are held to the keywords of structured answers", () => {
  for (const text of fitting) assert.equal(schemaFault(text, schema), undefined, text);
  for (const text of unfit) assert.ok(schemaFault(text, schema), text);
  assert.equal(schemaFault("[1]", true), undefined, "any JSON");
  assert.equal(
    schemaFault("{}", { $ref: "#/$defs/loop", $defs: { loop: { $ref: "#/$defs/loop" } } }),
    undefined,
  );
});
