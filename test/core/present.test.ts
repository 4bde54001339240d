// Who enters is here until it leaves, in whatever order they leave.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Present } from "../../src/core/present.ts";

const names = ["a", "b", "c"];

test("who has entered is here until it leaves, whatever the order", () => {
  for (const order of ["abc", "acb", "bac", "bca", "cab", "cba"]) {
    const present = new Present<string>();
    const places = new Map(names.map((name) => [name, present.enter(name)]));
    const left = new Set<string>();
    for (const name of order) {
      const place = places.get(name);
      assert.ok(place);
      present.leave(place);
      present.leave(place);
      left.add(name);
      assert.deepEqual(
        present.all().toSorted(),
        names.filter((one) => !left.has(one)),
      );
      assert.equal(present.size, 3 - left.size);
      assert.deepEqual([place.value, place.before, place.after], [undefined, undefined, undefined]);
    }
  }
});

test("somebody may leave while all are gone through, and enter again", () => {
  const present = new Present<string>();
  const places = ["a", "b"].map((name) => present.enter(name));
  let seen = 0;
  for (const name of present.all()) {
    seen += name.length;
    for (const place of places) present.leave(place);
  }
  assert.equal(seen, 2);
  assert.deepEqual(present.all(), []);
  present.enter("c");
  assert.deepEqual([present.all(), present.size], [["c"], 1]);
});
