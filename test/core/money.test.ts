// Money is exact: sums of picodollars, decimal strings in and out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf, formatPrice, formatUsd, parseUsd } from "../../src/core/money.ts";

test("tokens at a price cost what a calculator says", () => {
  assert.equal(formatUsd(costOf(1, 2.5)), "0.0000025");
  assert.equal(formatUsd(costOf(123, 0.15)), "0.00001845");
  assert.equal(formatUsd(costOf(13, 0.0375)), "0.0000004875");
  assert.equal(formatUsd(costOf(1_000_000, 600)), "600");
  assert.equal(costOf(0, 75), 0);
});

test("decimal strings go in and come out the same", () => {
  for (const text of ["0", "1", "0.000412", "12.5", "0.000000000001", "8999.999999999999"]) {
    assert.equal(formatUsd(parseUsd(text) ?? Number.NaN), text);
  }
});

for (const text of ["", "-1", "1e3", "0x10", "1,5", ".5", "1.", "NaN", "Infinity", "9999999999"]) {
  test(`"${text}" is no amount`, () => {
    assert.equal(parseUsd(text), undefined);
  });
}

test("a price shows as its shortest decimal", () => {
  assert.equal(formatPrice(0.3), "0.3");
  assert.equal(formatPrice(0.075), "0.075");
  assert.equal(formatPrice(15), "15");
});
