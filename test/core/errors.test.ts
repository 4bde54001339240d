// What a failure keeps of where it was thrown: nothing where a caller was refused, all of it where something broke.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/core/errors.ts";

const frames = (error: Error): number => (error.stack ?? "").split("\n    at ").length - 1;

test("a refusal carries no trace, and what broke carries one, before and after it", () => {
  assert.ok(frames(new Failure("UPSTREAM_FAILED")) > 0);
  assert.equal(frames(new Failure("POLICY_DENIED")), 0);
  assert.ok(frames(new Failure("INTERNAL")) > 0);
  assert.ok(frames(new Error("any other")) > 0);
});
