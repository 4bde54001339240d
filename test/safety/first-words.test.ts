// The first word of an answer leaves as soon as it is whole, also where numbers may begin like it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldText } from "../../src/safety/held-text.ts";
import type { VerdictAction } from "../../src/safety/verdicts.ts";

const held = (action: VerdictAction): HeldText =>
  new HeldText(() => action, false, { prompts: undefined, terms: undefined, isPatient: false });

test("an answer that begins with one letter does not wait for its second word", () => {
  for (const letter of ["A", "I"]) {
    const channel = held("redact");
    assert.equal(channel.push(`${letter} `).text, `${letter} `);
    assert.equal(channel.push("bridge ").text, "bridge ");
  }
});

test("what follows such a letter is judged as ever, and so is such a letter within a number", () => {
  const card = held("redact");
  const said = ["A ", "4111 ", "1111 ", "1111 ", "1111 ", "is mine."].map((text) => card.push(text).text);
  assert.equal(said.join("") + card.finish().text, "A [CREDIT_CARD] is mine.");
  const insured = held("redact");
  const numbers = ["National insurance: AB ", "12 ", "34 ", "56 ", "A ", "today."].map(
    (text) => insured.push(text).text,
  );
  assert.ok(!numbers.join("").includes("12"), numbers.join(""));
});
