// The order of data tags: what parses, what joins to what, what fits under which ceiling.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  builtInLabels,
  formatSensitivity,
  isWithin,
  joinSensitivity,
  levels,
  parseSensitivity,
  sensitivity,
} from "../../src/core/sensitivity.ts";

const known = new Set<string>(builtInLabels);

function tag(text: string) {
  const parsed = parseSensitivity(text, known);
  assert.ok(parsed.ok, `${text} parses`);
  return parsed.value;
}

test("a tag is a level and labels, sorted, lifted to the floors of its labels", () => {
  assert.equal(formatSensitivity(tag("confidential+pii")), "confidential+pii");
  assert.equal(formatSensitivity(tag("public+phi")), "restricted+phi");
  assert.equal(formatSensitivity(tag("internal+pii+contact")), "confidential+contact+pii");
  assert.equal(formatSensitivity(tag("public+eu")), "public+eu");
});

for (const text of [
  "",
  " internal",
  "internal ",
  "Internal",
  "secret",
  "internal+",
  "+pii",
  "internal++pii",
  "internal,pii",
  "internal+nope",
]) {
  test(`"${text}" is no tag`, () => {
    assert.equal(parseSensitivity(text, known).ok, false);
  });
}

test("joining takes the higher level and every label", () => {
  assert.equal(
    formatSensitivity(joinSensitivity(tag("public"), tag("internal+contact"))),
    "internal+contact",
  );
  assert.equal(
    formatSensitivity(joinSensitivity(tag("confidential+pii"), tag("internal+contact"))),
    "confidential+contact+pii",
  );
});

test("a ceiling that names pii admits contact, and not the other way round", () => {
  assert.ok(isWithin(tag("internal+contact"), tag("confidential+pii")));
  assert.ok(!isWithin(tag("confidential+pii"), tag("confidential+contact")));
});

test("joining never lowers and is the same either way round", () => {
  const tags = levels.flatMap((level) =>
    [[], ["pii"], ["contact", "eu"], ["secret"]].map((labels) => sensitivity(level, labels)),
  );
  for (const a of tags) {
    for (const b of tags) {
      const joined = joinSensitivity(a, b);
      assert.ok(isWithin(a, joined) && isWithin(b, joined));
      assert.equal(formatSensitivity(joined), formatSensitivity(joinSensitivity(b, a)));
    }
  }
});
