// The formatter writes sentences that say all a row says, and changes nothing else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { formatPolicy, staleSentences } from "../../src/policy/format-policy.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { describeRow } from "../../src/policy/sentences.ts";
import { lottery } from "../../src/policy/self-check.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { randomPolicy } from "../kit/random-policy.ts";

const rowsOf = (csv: string) => {
  const parsed = parsePolicy(csv, 0);
  assert.ok(parsed.ok);
  return parsed.rows.all;
};

const sentences = [
  [
    "p, a, allow, role:clinical, complete, up to restricted+pii+phi, with baa and zero-retention and no-training, always, R",
    "Clinical staff may complete with data up to restricted+phi+pii where there is a BAA, zero retention and no training.",
  ],
  [
    "p, a, allow, team:x, complete and embed, up to public, anywhere, purpose:care and hours:22-06@Europe/Berlin, R",
    "Team x may complete and embed with public data anywhere, for the purpose care and during the hours 22-06 of Europe/Berlin.",
  ],
  [
    "p, a, deny, anyone, anything, any phi, unless baa or region:eu, unless break-glass, R",
    "Nobody may do anything with any phi data unless there is a BAA or the region eu, save under break-glass.",
  ],
  [
    "p, a, deny, key:K1, image, confidential or above, if vendor:acme or model:x/y, before:2027-01-01, R",
    "The key K1 may not make images with data that is confidential or above at vendor acme or model x/y, before 2027-01-01.",
  ],
  [
    "p2, a, block, role:x, any phi, anything, R",
    "Findings of any kind in answers about any phi data are blocked for x staff.",
  ],
  [
    "p3, a, team:x, phone and email, 1970-01-10, R",
    "For team x, phone and email is reported but does not raise the data, up to and including 1970-01-10.",
  ],
  ["g, team:x, role:y", "Team x has the role y."],
  ["g2, self-hosted, zero-retention", "Where there is self-hosting, there is zero retention too."],
  ["g3, S4, always-block", "The category S4 belongs to always-block."],
  ["word, label, hr, R", "This company has a label of its own: hr."],
] as const;

for (const [row, sentence] of sentences) {
  test(sentence, () => {
    const base = "p, base, allow, role:b, complete, up to public, anywhere, always, R";
    const last = rowsOf(`${base}\n${row}`).at(-1);
    assert.ok(last);
    assert.equal(describeRow(last), sentence);
  });
}

test("formatting keeps every row and every comment, and twice is once", () => {
  const random = lottery(7);
  for (const csv of [examplePolicy, ...Array.from({ length: 50 }, () => randomPolicy(random))]) {
    const formatted = formatPolicy(csv);
    assert.deepEqual(
      rowsOf(formatted).map((row) => [row.type, ...row.cells]),
      rowsOf(csv).map((row) => [row.type, ...row.cells]),
    );
    assert.equal(formatPolicy(formatted), formatted);
  }
  assert.ok(formatPolicy(examplePolicy).startsWith("# type, rule,          effect, who,"));
});

test("a spreadsheet's file comes out as plain CSV with the same meaning", () => {
  const csv = [
    "type;rule;effect;who;does;data;provider;when;because",
    '"# A note, with a comma";;;;;;;;',
    "p;a;allow;role:a;complete;up to public;anywhere;always;One, two;",
  ].join("\r\n");
  assert.equal(
    formatPolicy(`\uFEFF${csv}`),
    [
      "# type, rule, effect, who, does, data, provider, when, because",
      "# A note, with a comma",
      "#: A staff may complete with public data anywhere.",
      'p, a, allow, role:a, complete, up to public, anywhere, always, "One, two"',
      "",
    ].join("\n"),
  );
});

test("a sentence is stale when its row has changed, and missing when it has none", () => {
  const formatted = formatPolicy(examplePolicy);
  assert.deepEqual(staleSentences(formatted), []);
  const widened = formatted.replace("up to internal+contact,", "up to confidential+contact,");
  const [stale, ...others] = staleSentences(widened);
  assert.deepEqual(others, []);
  assert.equal(stale?.rule, "base-internal");
  assert.match(stale?.found ?? "", /up to internal\+contact/);
  assert.match(stale?.expected ?? "", /up to confidential\+contact/);
  assert.ok(staleSentences(examplePolicy).every((one) => one.found === undefined));
});

test("a file with problems is not formatted", () => {
  assert.throws(() => formatPolicy("p, a, allow"), /has 9 columns/);
});
