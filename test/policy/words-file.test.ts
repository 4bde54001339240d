// words.csv: read strictly, named by rows and tests as lexicon.<list>, linted, diffed in sentences, hashed with the rest;
// a bundle without it is what it was.

import assert from "node:assert/strict";
import { test } from "node:test";
import { passGate } from "../../src/app/policy-gate.ts";
import { bundleOf, hashBundle } from "../../src/policy/bundle.ts";
import { readBundleRows } from "../../src/policy/bundle-rows.ts";
import { diffWords } from "../../src/policy/diff-words.ts";
import { loadPolicy } from "../../src/policy/load-policy.ts";
import { formatProblem, PolicyProblems } from "../../src/policy/problems.ts";
import { safetyTerms } from "../../src/policy/safety-terms.ts";
import type { BundleFiles } from "../../src/policy/version-book.ts";
import { examplePolicy } from "../kit/example-policy.ts";
import { policyOf, tag } from "../kit/policy-parts.ts";

const csv = `${examplePolicy}
word, label, merger, Board 3
p2, names-cut, redact, anyone, public or above, lexicon.code-names, Press office 1
p2, words-flagged, flag, anyone, public or above, lexicon.rivals, House list
`;
const words = `list; phrase; description; data
# a comment; with a semicolon
code-names; Project Falcon; The merger of March; confidential+merger
code-names; Zephyr
"rivals"; "Acme; Inc."
`;
const tests = `cases:
- A code name is cut out:
    {who: role:employee, data: internal, category: lexicon.code-names, expect: redacted by names-cut}
`;
const files = (text: string, more: BundleFiles = {}): BundleFiles => ({
  "policy.csv": csv,
  "words.csv": text,
  "tests.yaml": tests,
  ...more,
});
const problemsOf = (bundle: BundleFiles): readonly string[] => {
  const read = readBundleRows(bundle, 0);
  return read.ok ? [] : read.problems.map(formatProblem);
};
const refusal = async (bundle: BundleFiles): Promise<string> => {
  const error = await passGate(bundle, 1).catch((reason: unknown) => reason);
  assert.ok(error instanceof PolicyProblems, String(error));
  return error.problems.map(formatProblem).join("\n");
};

test("a spreadsheet's file is read: separators, quotes, a header, comments, short rows", () => {
  const read = readBundleRows(files(`\uFEFF${words.replaceAll("\n", "\r\n")}`), 0);
  assert.ok(read.ok, read.ok ? "" : read.problems.map(formatProblem).join("\n"));
  assert.deepEqual(read.terms, [
    { list: "code-names", phrase: "Project Falcon", line: 3, data: tag("confidential+merger") },
    { list: "code-names", phrase: "Zephyr", line: 4 },
    { list: "rivals", phrase: "Acme; Inc.", line: 5 },
  ]);
});

test("every problem is told at once, with its place and the word that was meant", () => {
  const told = problemsOf(
    files(`list, phrase, description, data
Names, Zephyr
code-names,
code-names, Project Falcon
code-names, project-FALCON, again
code-names, C
code-names, "...", only signs
code-names, ${"very ".repeat(60)}long
rivals, Acme, the rival, confidential+mergre
rivals, Beta, the other, in May, as I heard
rivals, "Gamma
rivals, 鷹
rivals, 🦅
`),
  );
  assert.deepEqual(told, [
    `words.csv:2:1 "Names" is no name of a list; use lower-case letters, digits, dots and hyphens`,
    `words.csv:3:2 the phrase is missing; write: list, phrase, description`,
    `words.csv:5:2 code-names has "project-FALCON" in line 4 already; remove one of the two`,
    `words.csv:6:2 "C" is one character, which is found everywhere`,
    `words.csv:7:2 "..." holds no letter and no digit`,
    `words.csv:8:2 the phrase has 304 characters; 256 are the most; the guard of a stream holds no more text back: list the words that tell it`,
    `words.csv:10 a row has at most 4 columns, this one has 5; they are: list, phrase, description, data; quote a phrase with commas`,
    `words.csv:11 a quoted cell does not end on its line`,
    `words.csv:12:2 "鷹" is one character, which is found everywhere`,
    `words.csv:13:2 "🦅" is one character, which is found everywhere`,
    `words.csv:9:4 data "mergre" is not a label that the published policy knows; write a level and labels that policy.csv knows, as: confidential+merger`,
  ]);
});

test("more phrases or lists than there may be are refused", () => {
  const many = Array.from({ length: 5_001 }, (_, index) => `code-names, word ${index}`).join("\n");
  assert.deepEqual(problemsOf(files(`${many}\nrivals, Acme`)), [
    "words.csv has 5002 phrases; 5000 are the most",
  ]);
  const lists = Array.from({ length: 31 }, (_, index) => `list-${index}, Acme`).join("\n");
  assert.match(problemsOf(files(`${lists}\ncode-names, A1\nrivals, B2`))[0] ?? "", /has 33 lists; 30 are/);
});

test("rows, groups and tests name lists; one that is not there is refused with a suggestion", async () => {
  await passGate(files(words), 1);
  const row = csv.replace("lexicon.code-names", "lexicon.codename");
  assert.match(
    await refusal(files(words, { "policy.csv": row })),
    /policy\.csv:\d+:6 unknown category "lexicon\.codename"; did you mean "lexicon\.code-names"\?/,
  );
  const group = `${csv}g3, lexicon.rival, press\n`;
  assert.match(await refusal(files(words, { "policy.csv": group })), /:2 unknown category "lexicon\.rival"/);
  const asked = tests.replace("lexicon.code-names", "lexicon.rivls");
  assert.match(await refusal(files(words, { "tests.yaml": asked })), /did you mean "lexicon\.rivals"\?/);
  const failing = tests.replace("redacted by names-cut", "blocked");
  assert.match(await refusal(files(words, { "tests.yaml": failing })), /redacted by names-cut/);
});

test("without the file nothing changes for versions from before, and a new one may not name lists", async () => {
  const { "words.csv": _words, ...old } = files("");
  const loaded = await loadPolicy({ files: old, version: 7 });
  assert.equal(loaded.lexicon, undefined);
  assert.deepEqual(loaded.rows.vocabulary.lists, undefined);
  const told = await refusal(old);
  assert.match(
    told,
    /policy\.csv:\d+:6 "lexicon\.code-names" is a list of words\.csv, and there is no such file/,
  );
  const plain = {
    "policy.csv": examplePolicy,
    "tests.yaml": tests.replace(/category.*/, "regime: mode, expect: hold}"),
  };
  const passed = await passGate(plain, 1);
  assert.equal(passed.policy.lexicon, undefined);
  assert.equal(passed.sha256, hashBundle(plain));
  assert.notEqual(hashBundle(plain), hashBundle({ ...plain, "words.csv": "" }));
  assert.deepEqual(Object.keys(bundleOf({ ...plain, "words.csv": words, "notes.txt": "" })), [
    "policy.csv",
    "words.csv",
    "tests.yaml",
  ]);
});

test("a list that no row names is told, and so is one that was hardly meant; an empty file is none", async () => {
  const passed = await passGate(files(`${words}code-name; Typhoon\nhr; Appraisal\nhr; Warning`), 1);
  const told = passed.warnings.filter(({ file }) => file === "words.csv").map(formatProblem);
  assert.deepEqual(told, [
    "words.csv:3 a request with it goes nowhere: no row allows confidential+merger to complete",
    "words.csv:6 no p2 row names the list code-name, so that its phrases are blocked",
    'words.csv:6 the list code-name has one phrase; did you mean "code-names"?',
    "words.csv:7 no p2 row names the list hr, so that its phrases are blocked",
  ]);
  const empty = await loadPolicy({
    files: { "policy.csv": examplePolicy, "words.csv": "# nothing yet\n" },
    version: 1,
  });
  assert.deepEqual([empty.lexicon, empty.rows.vocabulary.lists], [undefined, []]);
});

test("a diff says which phrases and lists came and went, and what they count as", () => {
  const termsOf = (text: string) => {
    const read = readBundleRows(
      { "policy.csv": csv, "words.csv": `${text}\ncode-names; Zephyr\nrivals; Acme` },
      0,
    );
    assert.ok(read.ok, read.ok ? "" : read.problems.map(formatProblem).join("\n"));
    return read.terms;
  };
  const before = termsOf("code-names; Project Falcon\ncode-names; Typhoon\nold; Mistral\nold; Breeze");
  const after = termsOf(
    "code-names; Project Falcon; ; confidential+merger\nrivals; Beta, Gamma\nhr; Appraisal",
  );
  assert.deepEqual(diffWords(before, after), [
    'Gone from code-names: "Typhoon".',
    'Changed in code-names: a request with "Project Falcon" counts as confidential+merger at least, so far it counts as it would without.',
    'New list hr: "Appraisal".',
    'Gone: the list old ("Mistral" and "Breeze").',
    'New in rivals: "Beta, Gamma".',
  ]);
  assert.deepEqual(diffWords(after, after), []);
});

test("the matrix and explanations say what becomes of each list", async () => {
  const { rows } = await policyOf(csv, { files: files(words) });
  const { findings } = safetyTerms(rows, "role:employee")(tag("internal"));
  const said = findings.filter(({ category }) => category.startsWith("lexicon"));
  assert.deepEqual(
    said.map(({ category, action, decidedBy }) => [category, action, decidedBy?.id]),
    [
      ["lexicon", "block", undefined],
      ["lexicon.code-names", "redact", "names-cut"],
      ["lexicon.rivals", "flag", "words-flagged"],
    ],
  );
});
