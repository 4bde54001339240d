// The list of what can be found holds every kind that a detector names in its source.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { findingKinds } from "../../src/detect/kinds.ts";

const folder = new URL("../../src/detect/", import.meta.url);
const named =
  /(?:kind: |push\(\s*(?:isPassword \? )?|form\(\s*|^ {2}\d+: |\? |: )"([a-z][a-z0-9]*(?:-[a-z0-9]+)+|jwt|password|authorization|email|phone|passport|iban|bic)"/gm;

test("no detector finds a kind that is missing from the list", () => {
  const listed = new Set(Object.values(findingKinds).flat());
  const missing = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && file !== "kinds.ts")
    .flatMap((file) => {
      const kinds = [...readFileSync(new URL(file, folder), "utf8").matchAll(named)].map(
        (match) => match[1] ?? "",
      );
      return kinds.filter((kind) => !listed.has(kind)).map((kind) => `${file}: ${kind}`);
    });
  assert.deepEqual(missing, []);
  assert.ok(listed.size > 100, `${listed.size} kinds`);
});
