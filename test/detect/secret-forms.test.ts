// Every row of the table of secrets finds what it describes: values are made up from the row's own form.

import assert from "node:assert/strict";
import { test } from "node:test";
import { scan } from "../../src/detect/scan.ts";
import { secretForms } from "../../src/detect/secret-forms.ts";
import { randomSource } from "../safety/guarded.ts";
import { samplesOf } from "./sample-of.ts";

const samplesEach = 12;

for (const { kind, prefixes, body } of secretForms) {
  test(`finds ${kind} behind ${prefixes.join(", ")}`, () => {
    const random = randomSource(prefixes.join().length * 7919 + body.length);
    const make = samplesOf(body, random);
    const fits = new RegExp(`^(?:${body})$`);
    for (const prefix of prefixes) {
      for (let made = 0; made < samplesEach;) {
        const sample = make();
        // Chance may spell a word of documentation, or too little variety for a secret.
        const isFit = fits.test(sample) && /\d/.test(sample) && !/your|example|\.{3}|[_=.-]$/i.test(sample);
        if (!isFit) continue;
        made += 1;
        const text = `Use ${prefix}${sample} today`;
        const [span, ...more] = scan(text);
        assert.deepEqual(more, [], text);
        assert.equal(span?.label, "secret", text);
        assert.equal(text.slice(span.start, span.end), prefix + sample);
      }
    }
  });
}
