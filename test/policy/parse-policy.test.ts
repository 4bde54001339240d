// Reading policy.csv: what spreadsheets do to it is forgiven, what a person mistyped is refused.

import assert from "node:assert/strict";
import { test } from "node:test";

import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import { examplePolicy } from "../kit/example-policy.ts";

const now = Date.parse("2026-11-21T00:00:00Z");
const good = "p, one, allow, role:a, complete, up to internal, with baa, always, Reason";

const rowsOf = (csv: string) => {
  const parsed = parsePolicy(csv, now);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
  return parsed.rows;
};
const problemsOf = (csv: string): readonly string[] => {
  const parsed = parsePolicy(csv, now);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
};

test("the example of the design reads into its rows", () => {
  const rows = rowsOf(examplePolicy);
  assert.equal(rows.grants.length, 8);
  assert.equal(rows.safety.length, 3);
  assert.deepEqual(
    rows.links.map((link) => link.type),
    ["g", "g2", "g3", "g3"],
  );
  assert.equal(rows.grants[2]?.because, "HIPAA 164.504(e), BAA register 12");
});

test("a byte order mark, CRLF, a header, padding and empty tails change nothing", () => {
  const plain = rowsOf(good).all.map((row) => row.cells);
  const header = "type,rule,effect,who,does,data,provider,when,because";
  const written = [
    `\uFEFF${good}`,
    `${header}\r\n${good}\r\n`,
    `\r\n  ${good.replaceAll(", ", " ,   ")} , , ,,\r\n,,,,,,,,\r\n`,
    good.replaceAll(", ", ",").replaceAll(" ", "\u00A0"),
    `"# type, rule, effect",,,,\n${good}`,
  ];
  for (const csv of written)
    assert.deepEqual(
      rowsOf(csv).all.map((row) => row.cells),
      plain,
      csv,
    );
});

test("semicolons separate where the file says so, and quoted separators stay text", () => {
  const csv = `type;rule;effect\np;one;allow;role:a;complete;up to internal;with baa;always;"Reason; with, ""quotes"""`;
  assert.equal(rowsOf(csv).grants[0]?.because, 'Reason; with, "quotes"');
});

test("every problem of a file is told at once, with line, column and the nearest word", () => {
  const csv = [
    "q, one, allow, role:a, complete, up to internal, with baa, always, R",
    "p, two, Deny, role:a, complete, any phi, unless baa, always, R",
    "p, three, allow, rolle:a, complet, up to intern, with ba, alway, R",
    "p, four, allow, role:a, complete, up to internal+pi, with baa",
    "p, five, deny, anyone, anything, any phi, unless baa, always",
    "p, five, deny, anyone, anything, any phi, unless baa, always, R",
  ].join("\n");
  assert.deepEqual(problemsOf(csv), [
    'policy.csv:1:1 unknown row type "q"; did you mean "p"?',
    'policy.csv:2:3 unknown effect "Deny"; did you mean "deny"?',
    'policy.csv:3:4 "rolle:a" must be anyone or role:<name> or team:<name> or key:<name> or user:<name>; did you mean "role"?',
    'policy.csv:3:5 unknown action "complet"; did you mean "complete"?',
    'policy.csv:3:6 unknown level "intern"; did you mean "internal"?',
    `policy.csv:3:7 unknown guarantee "ba"; did you mean "baa"? (a guarantee of your own is declared by a row "word, guarantee, <name>, <reason>")`,
    'policy.csv:3:8 unknown condition "alway"; did you mean "always"?',
    "policy.csv:4 a p row has 9 columns, this one has 7; they are: type, rule, effect, who, does, data, provider, when, because",
    "policy.csv:5:9 the row has no reason; say in the last column why, as: GDPR Art. 44",
    "policy.csv:6:2 the rule five already stands in line 5; give each rule its own name",
  ]);
});

const refusals: readonly (readonly [what: string, row: string, expected: RegExp])[] = [
  [
    "an id with a capital prefix",
    "p, x, allow, Role:Clinical, complete, up to public, anywhere, always, R",
    /did you mean "role:clinical"/,
  ],
  [
    "an id without a prefix",
    "p, x, allow, clinical, complete, up to public, anywhere, always, R",
    /must be anyone or role:/,
  ],
  ["a floor in an allow row", "p, x, allow, role:a, complete, any phi, with baa, always, R", /write: up to/],
  [
    "a ceiling in a deny row",
    "p, x, deny, anyone, complete, up to public, unless baa, always, R",
    /write: any <label>/,
  ],
  [
    "a ceiling below its own label",
    "p, x, allow, role:a, complete, up to internal+pii, with baa, always, R",
    /did you mean "up to confidential\+pii"/,
  ],
  [
    "'unless' in an allow row",
    "p, x, allow, role:a, complete, up to public, unless baa, always, R",
    /an allow row cannot say/,
  ],
  [
    "'with' in a deny row",
    "p, x, deny, anyone, complete, any phi, with baa, always, R",
    /a deny row cannot say/,
  ],
  [
    "an unknown identity",
    "p, x, deny, anyone, complete, any phi, if vendors:acme, always, R",
    /did you mean "vendor"/,
  ],
  [
    "break-glass in an allow row",
    "p, x, allow, role:a, complete, up to public, anywhere, unless break-glass, R",
    /stands in deny rows only/,
  ],
  [
    "an unknown time zone",
    "p, x, allow, role:a, complete, up to public, anywhere, hours:22-06@Europe/Berln, R",
    /cannot be read/,
  ],
  [
    "a day that does not exist",
    "p, x, allow, role:a, complete, up to public, anywhere, before:2026-02-30, R",
    /cannot be read/,
  ],
  [
    "an unknown environment",
    "p, x, allow, role:a, complete, up to public, anywhere, env:prod, R",
    /cannot be read/,
  ],
  ["a role given to a role", "g, role:a, role:b", /must be team/],
  ["a key given to a role", "g, key:a, role:b", /must be team/],
  ["an unknown safety action", "p2, x, blok, anyone, public or above, secret, R", /did you mean "block"/],
  ["an unknown category", "p2, x, block, anyone, public or above, secrets, R", /did you mean "secret"/],
  ["observing a secret", "p3, x, team:a, secret, 2026-12-01, R", /cannot be observed/],
  ["observing for too long", "p3, x, team:a, phone, 2027-01-31, R", /at most 30 days; 2026-12-21/],
  [
    "a quote that does not end",
    'p, x, allow, role:a, complete, up to public, anywhere, always, "R',
    /does not end/,
  ],
  ["a link said twice", "g, team:a, role:b\ng, team:a, role:b", /already stands in line/],
];

for (const [what, row, expected] of refusals) {
  test(`${what} is refused`, () => {
    assert.match(problemsOf(`${good}\n${row}`).join("\n"), expected);
  });
}

test("an empty file, and one that allows nothing, are never used", () => {
  assert.match(problemsOf("").join(), /no rows/);
  assert.match(problemsOf("# only a comment\n,,,\n").join(), /no rows/);
  assert.match(problemsOf("g, team:a, role:b").join(), /no p row/);
});

test("a bundle declares words of its own, and only then may use them", () => {
  const rows = [
    "p, x, allow, role:a, complete, up to internal+hr, with iso-27001, always, R",
    "p2, y, block, anyone, any hr, brand.tone, R",
  ];
  assert.equal(problemsOf(rows.join("\n")).length, 4);
  const words = [
    "word, label, hr, Works agreement",
    "word, guarantee, iso-27001, R",
    "word, category, brand, R",
  ];
  const declared = rowsOf([...rows, ...words].join("\n"));
  assert.ok(declared.vocabulary.labels.has("hr"));
});
