// What a candidate loosens and tightens in what happens to answers, told in sentences with the rows behind it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { diffSafety } from "../../src/policy/diff-safety.ts";
import { parsePolicy } from "../../src/policy/parse-policy.ts";
import { formatProblem } from "../../src/policy/problems.ts";
import { shippedFiles } from "../kit/shipped-policy.ts";

const rowsOf = (csv: string) => {
  const parsed = parsePolicy(csv, 0);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.problems.map(formatProblem).join("\n"));
  return parsed.rows;
};
const shipped = shippedFiles["policy.csv"] ?? "";
const changed = (from: string | RegExp, to: string) => {
  const csv = shipped.replace(from, to);
  assert.notEqual(csv, shipped);
  const { loosens, tightens } = diffSafety(rowsOf(shipped), rowsOf(csv));
  return { loosens: loosens.map((one) => one.sentence), tightens: tightens.map((one) => one.sentence) };
};

test("a row in another order, or said twice, changes nothing", () => {
  assert.deepEqual(changed(/$/, "\np2, again, block, role:employee, public or above, secret, R\n"), {
    loosens: [],
    tightens: [],
  });
});

test("a row that is gone loosens what it tightened, and tightens what it let through", () => {
  assert.deepEqual(changed(/\np2, restricted-whole[^\n]*/, ""), {
    loosens: [
      "Answers about restricted: so far judged whole before any of it is shown, now held part by part until judged.",
    ],
    tightens: [],
  });
  assert.deepEqual(changed(/\np2, contact-flagged[^\n]*/, ""), {
    loosens: [],
    tightens: [
      "Findings of contact in answers about public up to restricted: so far shown and flagged, now blocked.",
    ],
  });
});

test("rows for some are told for them alone, categories alike together, with the rows behind them", () => {
  const csv = `${shipped}
p2, quick, lookahead, role:support, up to internal+contact, anything, R
p2, open, fail-open, role:support, up to public, anything, R
p2, guarded, demand, role:clinical, any phi, semantic-classifier, R
p2, first, check-first, role:clinical, any phi, anything, R
`.replace(/redact,( +anyone, public or above, +pii,)/, "flag,$1");
  const { loosens, tightens } = diffSafety(rowsOf(shipped), rowsOf(csv));
  assert.deepEqual(
    loosens.map((one) => one.sentence),
    [
      "Findings of pii in answers about public up to restricted+phi and restricted+contact: so far cut out, now shown and flagged.",
      "Answers about public up to internal+contact for role:support: so far held part by part until judged, now shown ahead of the verdict.",
      "Answers about public for role:support: so far withheld where classifiers fail, now shown unjudged where classifiers fail.",
    ],
  );
  assert.deepEqual(
    loosens[0]?.rows.map(({ version, rule }) => [version, rule]),
    [
      ["before", "identities-redacted"],
      ["after", "identities-redacted"],
    ],
  );
  assert.deepEqual(
    tightens.map((one) => one.sentence),
    [
      "Answers about restricted+phi for role:clinical: so far input judged alongside, now input judged before it is sent.",
      "Answers about restricted+phi for role:clinical: so far a semantic classifier not demanded, now a semantic classifier demanded.",
    ],
  );
});
