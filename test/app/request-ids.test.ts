// Ids of requests: nobody's guess, no two alike, and in the order of time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRequestIds } from "../../src/app/request-ids.ts";

test("no two ids are alike, and later ones sort after earlier ones", () => {
  let time = 1_795_264_166_548;
  const newRequestId = createRequestIds(() => time);
  const moments = Array.from({ length: 20 }, () => {
    time += 1;
    return Array.from({ length: 100 }, newRequestId);
  });
  const ids = moments.flat();
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^req_[0-9a-f]{32}$/);
  const [first = [], ...later] = moments;
  for (const id of first) for (const after of later.flat()) assert.ok(id < after);
});

test("what stands behind the time is random", () => {
  const newRequestId = createRequestIds(() => 0);
  const tails = Array.from({ length: 1_000 }, () => newRequestId().slice("req_000000000000".length));
  for (let place = 0; place < 20; place += 1)
    assert.ok(new Set(tails.map((tail) => tail.charAt(place))).size >= 12, `place ${place}`);
});
