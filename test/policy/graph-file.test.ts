// graph.yaml: read strictly, joined to one tag for each field, linted, tested and diffed with the rules.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { passGate } from "../../src/app/policy-gate.ts";
import { formatSensitivity } from "../../src/core/sensitivity.ts";
import { diffGraph } from "../../src/policy/diff-graph.ts";
import { parseGraph, readGraph } from "../../src/policy/graph-file.ts";
import { formatProblem, PolicyProblems } from "../../src/policy/problems.ts";
import { vocabularyOf } from "../../src/policy/vocabulary.ts";

const example = readFileSync(new URL("../../schema/example/graph.yaml", import.meta.url), "utf8");
const vocabulary = vocabularyOf([]);
const read = (text: string) => parseGraph({ "graph.yaml": text }, vocabulary);

test("the example is read, and a field is as sensitive as all that it requires", () => {
  const [ticket] = read(example);
  const [summary] = ticket?.fields ?? [];
  assert.deepEqual([ticket?.name, ticket?.key, summary?.path], ["Ticket", "id", "Ticket.summary"]);
  assert.equal(formatSensitivity(summary?.data ?? { level: "public", labels: [] }), "internal+contact");
  assert.deepEqual(summary?.arguments, [{ name: "style", type: "String", otherwise: '"plain"' }]);
  assert.equal(summary?.cacheSeconds, 600);
});

test("every problem is told at once, with its line and the nearest right word", () => {
  const text = example
    .replace("model: auto", "modell: auto")
    .replace("data: contact", "data: contcat")
    .replace("type: String, default: plain", "type: Strin")
    .replace("{{body}}", "{{bdy}}")
    .replace("cache: 10m", "cache: 2 days");
  const told = readGraph({ "graph.yaml": text }, vocabulary).problems.map(formatProblem).join("\n");
  assert.match(told, /graph\.yaml:\d+:\d+ unknown entry "modell"; did you mean "model"\?/);
  assert.match(told, /Ticket\.summary needs a model/);
  assert.match(
    told,
    /customerEmail: "contcat" is no tag and no label that the policy knows; did you mean "contact"\?/,
  );
  assert.match(told, /the type of style must be String/);
  assert.match(told, /names \{\{bdy\}\}.*did you mean "body"\?/);
  assert.match(told, /cache must be a time/);
});

test("a diff says what is new, what changed and what is gone, with the data that it sends", () => {
  const [before, after] = [
    read(example),
    read(example.replace("data: contact", "data: pii").replace("120", "60")),
  ];
  assert.deepEqual(diffGraph([], before), [
    "New: Ticket.summary sends data that counts as internal+contact to auto.",
  ]);
  assert.deepEqual(diffGraph(before, after), [
    "Changed: Ticket.summary sends data that counts as confidential+pii to auto (requires, maxOutputTokens).",
  ]);
  assert.deepEqual(diffGraph(before, []), ["Gone: Ticket.summary."]);
  assert.deepEqual(diffGraph(before, read(example)), []);
});

const csv = `p, base, allow, role:employee, complete, up to internal, with no-training, always, Standard 1
p, in-house, allow, role:employee, complete, up to internal+contact, with self-hosted, always, Standard 2`;
const tests = (expect: string, provider = "self-hosted", field = "Ticket.summary") => `cases:
- A summary stays in the house:
    {who: role:employee, field: ${field}, provider: [${provider}], expect: ${expect}}
`;
const gate = (files: object) => passGate({ "policy.csv": csv, "graph.yaml": example, ...files }, 1);
const refusedWith = (words: RegExp) => (error: unknown) =>
  error instanceof PolicyProblems && words.test(error.message);

test("tests.yaml asks about a field with the field's own data", async () => {
  const passed = await gate({ "tests.yaml": tests("allowed by in-house") });
  assert.equal(passed.testsHeld, 1);
  const asked = gate({ "tests.yaml": tests("allowed", "no-training") });
  await assert.rejects(asked, refusedWith(/does not hold: A summary stays in the house/));
  const misspelt = gate({ "tests.yaml": tests("allowed", "self-hosted", "Ticket.sumary") });
  await assert.rejects(misspelt, refusedWith(/did you mean "Ticket\.summary"\?/));
});

test("a field that no row lets anybody answer is told, and a type of ours is refused", async () => {
  const secret = await gate({
    "tests.yaml": tests("refused"),
    "graph.yaml": example.replace("data: contact", "data: secret"),
  });
  assert.match(secret.warnings.map(formatProblem).join("\n"), /Ticket\.summary can never be answered/);
  const ours = gate({
    "tests.yaml": tests("allowed by in-house", "self-hosted", "Model.summary"),
    "graph.yaml": example.replace("  Ticket:", "  Model:"),
  });
  await assert.rejects(ours, refusedWith(/Model is a type of Portcullis itself/));
});
