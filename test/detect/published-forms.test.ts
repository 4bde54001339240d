// Cases of the kinds that published detectors test: what counts with a word, what counts bare, what is only alike.
// Kinds read 2026-11 in the suites of microsoft/presidio, gitleaks and Yelp/detect-secrets; sentences and
// most values are our own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scan } from "../../src/detect/scan.ts";
import { glue } from "./glue.ts";
import { falseFriends, found, type Found } from "./published-forms.ts";

const marked = ([category, text, ...values]: Found): void => {
  test(`${category}: ${text.slice(0, 70)}`, () => {
    const seen = scan(text).filter(({ kind }) => kind !== "medical-term");
    const expected = (values.length > 0 ? values : [text]).map((value) => `${category} ${value}`);
    const actual = seen.map(({ label, kind, start, end }) => `${label}.${kind} ${text.slice(start, end)}`);
    assert.deepEqual(actual, expected);
  });
};

found.forEach(marked);

for (const text of falseFriends) {
  test(`nothing: ${text.slice(0, 70)}`, () => assert.deepEqual(scan(text), []));
}

const key = glue("q7Zx9LkP", "mN2vB4cD8eF1gH3jK5tR6wY0uI");

/** How configuration files and programs write an assignment. `{}` is the value. */
const assignments = [
  'fooToken="{}"',
  "fooToken = {}",
  '{\n  "foo_token": "{}"\n}',
  '\\{ \\"foo_token\\": \\"{}\\" \\}',
  "<fooToken>{}</fooToken>",
  "<fooToken>\n  {}\n</fooToken>",
  "foo_token: '{}'",
  "foo_token: |\n  {}",
  "foo_token: >\n  {}",
  'var fooToken string = "{}"',
  'fooToken := "{}"',
  "fooToken := `{}`",
  'fooToken .= "{}"',
  "fooToken,{},",
  '"fooToken" => "{}"',
  'FOO_TOKEN ::= "{}"',
  'FOO_TOKEN ?= "{}"',
  'FOO_TOKEN += "{}"',
  'getOrDefault("api_token", "{}")',
  "ibm_key: {}",
  "creds = {}",
  "mySecretString={}",
  'curl -H "X-Some-ApiKey: {}" https://example.com',
];

for (const form of assignments) {
  test(`a key in ${JSON.stringify(form)}`, () => {
    const text = form.replace("{}", key);
    const [span, ...more] = scan(text);
    assert.equal(more.length, 0);
    assert.equal(span && text.slice(span.start, span.end), key);
    assert.equal(span?.label, "secret");
  });
}

test("a quoted password is one hit with all its signs", () => {
  const password = glue("{{p}a)ss", "${w]or(d[<-_$#here}}");
  for (const text of [
    `password: "${password}"`,
    `my_password = '${password}'`,
    `{"secret": "${password}"}`,
  ]) {
    assert.deepEqual(
      scan(text).map(({ start, end }) => text.slice(start, end)),
      [password],
    );
  }
});

test("a number that passes two countries' checks is the one that a word speaks of", () => {
  const kinds = (text: string) => scan(text).map(({ kind }) => kind);
  assert.deepEqual(kinds("Tax file number 123 456 782"), ["au-tfn"]);
  assert.deepEqual(kinds("SIN 123 456 782"), ["ca-sin"]);
});
