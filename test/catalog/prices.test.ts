// Which version of a price counts at which moment, and that no version is ever lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { SyncedPrice } from "../../src/catalog/synced.ts";
import { catalogWith, shippedRows, someMoment } from "../kit/catalog.ts";

const shipped = shippedRows.deployments.find((row) => row.id === "openai/gpt-4o")?.price;
assert.ok(shipped);
const later = (validFrom: Date, inputUsdPerMillion: number): SyncedPrice => ({
  ...shipped,
  version: validFrom.toISOString(),
  inputUsdPerMillion,
  source: "https://models.dev/api.json",
  validFrom,
});

test("the shipped price counts until a newer one takes effect, to the millisecond", () => {
  const change = new Date("2026-12-01T00:00:00.000Z");
  const synced = { models: [], prices: [later(change, 1)] };
  const before = catalogWith({}, { synced, now: new Date(change.getTime() - 1) });
  assert.equal(before.deployment("openai/gpt-4o")?.price?.version, shipped.version);
  assert.equal(before.validUntil, change.getTime());
  const after = catalogWith({}, { synced, now: change });
  assert.equal(after.deployment("openai/gpt-4o")?.price?.inputUsdPerMillion, 1);
  assert.equal(after.validUntil, Number.POSITIVE_INFINITY);
});

test("every version is kept, oldest first, however the rows came", () => {
  const versions = [
    later(new Date("2026-11-03"), 3),
    later(new Date("2026-11-01"), 1),
    later(new Date("2026-11-02"), 2),
  ];
  const deployment = catalogWith({}, { synced: { models: [], prices: versions } }).deployment(
    "openai/gpt-4o",
  );
  assert.deepEqual(
    deployment?.prices.map((price) => price.inputUsdPerMillion),
    [shipped.inputUsdPerMillion, 1, 2, 3],
  );
  assert.equal(deployment.price?.inputUsdPerMillion, 3);
});

test("before the first version nobody knows the price", () => {
  const deployment = catalogWith({}, { now: new Date("2020-01-01") }).deployment("openai/gpt-4o");
  assert.equal(deployment?.price, undefined);
  assert.equal(deployment?.prices.length, 1);
});

test("a price carries no more than a price", () => {
  const price = catalogWith().deployment("openai/gpt-4o")?.price;
  assert.ok(price);
  assert.equal("deploymentId" in price, false);
  assert.deepEqual([price.source, price.validFrom], [shipped.source, shipped.validFrom]);
});

test("a catalog of the past is not changed by what was synced after", () => {
  const synced = { models: [], prices: [later(new Date(someMoment.getTime() + 5), 9)] };
  assert.notEqual(catalogWith({}, { synced }).deployment("openai/gpt-4o")?.price?.inputUsdPerMillion, 9);
});
