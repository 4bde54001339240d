// Safety rows that never decide are told, and rows that decide anywhere are not.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lintPolicy } from "../../src/policy/lints.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";

const base =
  "p, x, allow, role:a, complete, up to public, anywhere, always, R\ng, team:t, role:a\ng3, S4, hazard\ng3, S6, hazard\n";

const lintsOf = (rows: string): readonly string[] => {
  const parsed = parsePolicy(base + rows, 0);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
  return lintPolicy(parsed.rows).map(({ line, message }) => `${line} ${message}`);
};

const silent = [
  [
    "p2, wide, block, anyone, public or above, hazard, R\np2, narrow, flag, role:a, up to internal, S4, R",
    "6 narrow never decides: wide in line 5 is stricter",
  ],
  [
    "p2, one, redact, anyone, public or above, pii, R\np2, two, redact, team:t, public or above, pii.us, R",
    "6 two never decides: one in line 5 says it already",
  ],
  [
    "p2, all, redact, role:a, public or above, pii, R\np2, team, redact, team:t, public or above, pii.iban, R",
    "6 team never decides: all in line 5 says it already",
  ],
  [
    "p2, a, block, anyone, public or above, S4, R\np2, b, block, anyone, public or above, S6, R\np2, c, flag, anyone, public or above, hazard, R\np2, d, block, anyone, public or above, hazard, R",
    "7 c never decides: a in line 5 is stricter",
  ],
  ["p2, held, hold, anyone, public or above, anything, R", "5 held never decides: parts are held anyway"],
  [
    "p2, whole, complete, anyone, public or above, anything, R\np2, quick, lookahead, role:a, up to internal, anything, R",
    "6 quick never decides: whole in line 5 is stricter",
  ],
  [
    "p2, must, demand, anyone, public or above, semantic-classifier, R\np2, open, fail-open, anyone, up to public, anything, R",
    "6 open never decides: must in line 5 is stricter",
  ],
  [
    "p2, high, complete, anyone, restricted or above, anything, R\np2, health, complete, anyone, any phi, anything, R",
    "6 health never decides: high in line 5 says it already",
  ],
] as const;

for (const [rows, message] of silent) {
  test(message.slice(2), () => assert.ok(lintsOf(rows).includes(message), lintsOf(rows).join("\n")));
}

const speaking = [
  "p2, wide, block, anyone, any phi, hazard, R\np2, narrow, flag, role:a, up to restricted+phi, S4, R",
  "p2, one, block, anyone, public or above, S4, R\np2, two, flag, anyone, public or above, hazard, R",
  "p2, one, redact, role:a, public or above, pii, R\np2, two, redact, anyone, public or above, pii.iban, R",
  "p2, quick, lookahead, anyone, up to internal, anything, R\np2, held, hold, team:t, public or above, anything, R",
  "p2, must, demand, anyone, any phi, semantic-classifier, R\np2, open, fail-open, anyone, up to public, anything, R",
  "p2, every, flag, anyone, public or above, anything, R\np2, hazards, block, anyone, public or above, hazard, R",
] as const;

for (const rows of speaking) {
  test(`nothing to say of ${rows.replaceAll("\n", "; ")}`, () => assert.deepEqual(lintsOf(rows), []));
}
