// Reads a whole recorded models.dev document where one is at hand: the shipped rows must agree with it.
// Without it there is nothing to read and the test says so.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { nothingSynced } from "../../src/catalog/merge.ts";
import { diffCatalog } from "../../src/catalog/sync.ts";
import { catalogWith, shippedRows, someMoment } from "../kit/catalog.ts";

const file = new URL("../../../shared/catalog/models-dev.json", import.meta.url);

test("the recorded document only adds to what is shipped, and once applied says nothing more", (t) => {
  if (!existsSync(file)) {
    t.skip("no recorded document at hand");
    return;
  }
  const document: unknown = JSON.parse(readFileSync(file, "utf8"));
  const input = { rows: shippedRows, document, source: "https://models.dev/api.json", now: someMoment };
  const delta = diffCatalog({ ...input, synced: nothingSynced });
  assert.ok(delta.ok);
  const kinds = new Set(delta.changes.map(({ kind }) => kind));
  assert.deepEqual([...kinds].toSorted(), ["model-added", "price-added"]);
  const again = diffCatalog({ ...input, synced: { models: delta.models, prices: delta.prices } });
  assert.ok(again.ok);
  assert.deepEqual(again.changes, []);
  const catalog = catalogWith({}, { synced: delta });
  t.diagnostic(
    `${delta.changes.length} changes read; ${catalog.models.length} models, ${catalog.deployments.length} deployments after`,
  );
});
