// When answers are judged and what happens where nobody can: what rows grant, and what no row can ever say.

import assert from "node:assert/strict";
import { test } from "node:test";

import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import { describeRow } from "../../src/policy/sentences.ts";
import type { Subjects } from "../../src/policy/policy.ts";
import { policyOf, tag } from "../kit/policy-parts.ts";

const base = "p, x, allow, role:a, complete, up to public, anywhere, always, R";
const anybody: Subjects = { key: "key:k1", team: "team:x", roles: [] };

const policy = await policyOf(`${base}
g, team:t, role:strict
p2, whole, complete, anyone, restricted or above, anything, R
p2, held, hold, role:strict, public or above, anything, R
p2, quick, lookahead, anyone, up to internal+contact, anything, R
p2, first, check-first, anyone, any phi, anything, R
p2, must, demand, role:strict, internal or above, semantic-classifier, R
p2, open, fail-open, anyone, up to internal, anything, R`);

test("without a row, parts are held, input is judged alongside, and what fails is not shown", async () => {
  const none = await policyOf(base);
  const regime = none.safetyRegime(anybody, tag("public"));
  assert.deepEqual(regime, {
    mode: "hold",
    input: "alongside",
    needsSemantic: false,
    failOpen: false,
    rules: [],
  });
  assert.equal(none.safetyRegime(anybody, tag("public")), regime, "worked out once");
});

const regimes = [
  [[], "public", "lookahead alongside open: quick open"],
  [[], "internal+contact", "lookahead alongside closed: quick"],
  [[], "internal+eu", "hold alongside closed:"],
  [[], "confidential", "hold alongside closed:"],
  [[], "restricted", "complete alongside closed: whole"],
  [[], "restricted+phi", "complete before closed: whole first"],
  [["role:strict"], "public", "hold alongside open: held open"],
  [["role:strict"], "internal", "hold alongside demanded closed: held must"],
  [["role:strict"], "restricted+phi", "complete before demanded closed: whole first must"],
] as const;

for (const [roles, data, expected] of regimes) {
  test(`${roles.join() || "anybody"} about ${data}: ${expected}`, () => {
    const regime = policy.safetyRegime({ ...anybody, roles }, tag(data));
    const words = [
      regime.mode,
      regime.input,
      ...(regime.needsSemantic ? ["demanded"] : []),
      regime.failOpen ? "open" : "closed",
    ];
    assert.equal([`${words.join(" ")}:`, ...regime.rules].join(" "), expected);
  });
}

test("a team brings the regime of its role, and ids that nobody minted get the strictest", () => {
  assert.equal(policy.safetyRegime({ ...anybody, team: "team:t" }, tag("internal")).needsSemantic, true);
  const forged = policy.safetyRegime({ ...anybody, key: "key:k anyone" }, tag("public"));
  assert.deepEqual([forged.mode, forged.needsSemantic, forged.failOpen], ["complete", true, false]);
});

const refused = [
  [
    "p2, a, lookahead, anyone, public or above, anything, R",
    'policy.csv:2:5 lookahead shows text before it is judged, so it says how far it goes, not "public or above"; write: up to public, or: up to internal[+<label>…]',
  ],
  [
    "p2, a, lookahead, anyone, up to confidential, anything, R",
    "policy.csv:2:5 lookahead shows text before it is judged, which is never possible for confidential data or above; write: up to public, or: up to internal[+<label>…]",
  ],
  [
    "p2, a, fail-open, anyone, up to restricted+phi, anything, R",
    "policy.csv:2:5 fail-open shows text that nobody judged, which is never possible for confidential data or above; write: up to public, or: up to internal[+<label>…]",
  ],
  [
    "p2, a, fail-open, anyone, any phi, anything, R",
    'policy.csv:2:5 fail-open shows text that nobody judged, so it says how far it goes, not "any phi"; write: up to public, or: up to internal[+<label>…]',
  ],
  [
    "p2, a, complete, anyone, up to internal, anything, R",
    'policy.csv:2:5 this row says from where on it holds, not "up to internal"; write: any <label>, or: <level> or above',
  ],
  [
    "p2, a, complete, anyone, any phi, secret, R",
    'policy.csv:2:6 a complete row is about anything, not about "secret"; write: anything',
  ],
  [
    "p2, a, demand, anyone, any phi, anything, R",
    'policy.csv:2:6 a demand row is about semantic-classifier, not about "anything"; write: semantic-classifier',
  ],
  [
    "p2, a, compleet, anyone, any phi, anything, R",
    /2:3 unknown safety action "compleet"; did you mean "complete"/,
  ],
  ["p2, a, block, anyone, any phi, semantic-classifier, R", /2:6 unknown category "semantic-classifier"/],
  [
    "p2, a, block, anyone, public or above, secret.gihub-token, R",
    'policy.csv:2:6 unknown category "secret.gihub-token"; did you mean "secret.github-token"?',
  ],
  ["g3, S15, hazard", /2:2 unknown category "S15"; did you mean "S1/],
  [
    "p3, a, team:x, phonne, 1970-01-10, R",
    'policy.csv:2:4 unknown kind of finding "phonne"; did you mean "phone"?',
  ],
  ["g3, S4, semantic-classifier", /2:3 "semantic-classifier" is no group name/],
  [
    "p2, a, flag, anyone, any phi, contact, R",
    'policy.csv:2:5 flag is the mildest action, so it cannot begin at "any phi"; write: public or above, or how far it goes, as: up to internal+contact',
  ],
  [
    "p2, a, redact, anyone, confidential or above, contact, R\np2, b, flag, role:a, public or above, contact, R",
    'policy.csv:2:5 a redacts contact from "confidential or above" on, and no row lets it through below, where it is blocked; write: public or above, or add a row that flags contact in answers about "public or above"',
  ],
] as const;

for (const [row, problem] of refused) {
  test(`refused: ${row.split("\n")[0]}`, () => {
    const parsed = parsePolicy(`${base}\n${row}`, 0);
    assert.ok(!parsed.ok);
    const said = parsed.problems.map(formatProblem).join("\n");
    if (typeof problem === "string") assert.equal(said, problem);
    else assert.match(said, problem);
  });
}

test("every regime row reads as a sentence", () => {
  const sentences = policy.rows.regime.map(describeRow);
  assert.deepEqual(sentences, [
    "Answers about restricted data are judged whole before any of it is shown.",
    "Each part of an answer about any data is judged before it is shown for strict staff.",
    "Answers about data up to internal+contact may be shown before they are judged, and taken back after.",
    "Input with any phi data is judged before any of it is sent.",
    "No answer about data that is internal or above is given without a semantic classifier for strict staff.",
    "Answers about data up to internal are shown unjudged where the classifiers fail.",
  ]);
});
