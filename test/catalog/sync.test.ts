// What a sync would add, said before it is done; that it appends and never loses; that garbage changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { nothingSynced } from "../../src/catalog/merge.ts";
import type { SyncedRows } from "../../src/catalog/merge.ts";
import { diffCatalog } from "../../src/catalog/sync.ts";
import type { CatalogDelta } from "../../src/catalog/sync.ts";
import { catalogWith, shippedRows, someMoment } from "../kit/catalog.ts";

type Row = Record<string, unknown>;
type Applied = Extract<CatalogDelta, { ok: true }>;

/** A document that lists one model of xAI as the catalog would, and what a test says differently. */
const listing = (over: Row = {}): Row => ({
  id: "grok-9",
  name: "Grok 9",
  family: "grok",
  tool_call: true,
  reasoning: true,
  structured_output: true,
  open_weights: false,
  knowledge: "2026-08",
  release_date: "2026-11-01",
  limit: { context: 500_000, output: 32_000 },
  modalities: { input: ["text", "image"], output: ["text"] },
  cost: { input: 2.5, output: 10, cache_read: 0.25 },
  ...over,
});

const documentOf = (...models: readonly Row[]): Row => ({
  xai: { id: "xai", models: Object.fromEntries(models.map((model) => [model["id"], model])) },
});

const source = "https://models.dev/api.json";

function diff(document: unknown, synced: SyncedRows = nothingSynced, now = someMoment): CatalogDelta {
  return diffCatalog({ rows: shippedRows, synced, document, source, now });
}

function applied(document: unknown, synced: SyncedRows = nothingSynced, now = someMoment): Applied {
  const delta = diff(document, synced, now);
  assert.ok(delta.ok, JSON.stringify(delta));
  return delta;
}

const after = (synced: SyncedRows, { models, prices }: Applied): SyncedRows => ({
  models: [...synced.models, ...models],
  prices: [...synced.prices, ...prices],
});

const of = (delta: Applied, subject: string): readonly string[] =>
  delta.changes
    .filter((change) => change.subject === subject)
    .map(({ kind, detail }) => `${kind}: ${detail}`);

const minute = (minutes: number): Date => new Date(someMoment.getTime() + minutes * 60_000);

const first = applied(documentOf(listing()));
const synced = after(nothingSynced, first);

test("a new model is shown with its price, and served once it is applied", () => {
  assert.deepEqual(of(first, "xai/grok-9"), [
    "model-added: Grok 9 (grok-9)",
    "price-added: input 2.5, output 10 USD per million",
  ]);
  const deployment = catalogWith({ xai: {} }, { synced }).resolve("grok-9")[0];
  assert.equal(deployment?.id, "xai/grok-9");
  assert.deepEqual([deployment.unlisted, deployment.price?.cachedInputUsdPerMillion], [false, 0.25]);
  assert.deepEqual([deployment.price?.source, deployment.price?.validFrom], [source, someMoment]);
  assert.deepEqual(deployment.model.capabilities, ["TOOLS", "VISION", "REASONING", "JSON_SCHEMA"]);
  assert.equal(deployment.model.contextTokens, 500_000);
});

test("the same document again changes nothing", () => {
  const again = applied(documentOf(listing()), synced, minute(1));
  assert.deepEqual([again.changes, again.models, again.prices], [[], [], []]);
});

test("a changed price is shown from and to, and becomes a version beside the old one", () => {
  const dearer = listing({ cost: { input: 3, output: 10, cache_write: 4 } });
  const delta = applied(documentOf(dearer), synced, minute(1));
  assert.deepEqual(of(delta, "xai/grok-9"), [
    "price-changed: input 2.5 → 3, cached input 0.25 → none, cache write none → 4 USD per million",
  ]);
  const prices = catalogWith({}, { synced: after(synced, delta), now: minute(1) }).deployment(
    "xai/grok-9",
  )?.prices;
  assert.deepEqual(
    prices?.map((price) => price.inputUsdPerMillion),
    [2.5, 3],
  );
  assert.equal(new Set(prices?.map((price) => price.version)).size, 2);
});

test("a changed tier is a changed price", () => {
  const cost = {
    input: 2.5,
    output: 10,
    cache_read: 0.25,
    tiers: [{ tier: { size: 200_000 }, input: 5, output: 20 }],
  };
  const delta = applied(documentOf(listing({ cost })), synced, minute(1));
  assert.match(of(delta, "xai/grok-9").join(), /^price-changed: tiers none → over 200000: input 5 output 20/);
});

test("a price that the source no longer names stays the last one known", () => {
  const { cost: _cost, ...unpriced } = listing();
  const delta = applied(documentOf(unpriced), synced, minute(1));
  assert.deepEqual([of(delta, "xai/grok-9"), delta.prices], [[], []]);
});

test("changed facts are shown field by field, and count once applied", () => {
  const larger = listing({ limit: { context: 1_000_000, output: 32_000 }, tool_call: false });
  const delta = applied(documentOf(larger), synced, minute(1));
  assert.deepEqual(of(delta, "xai/grok-9"), [
    "model-changed: capabilities TOOLS VISION REASONING JSON_SCHEMA → VISION REASONING JSON_SCHEMA; contextTokens 500000 → 1000000",
  ]);
  const model = catalogWith({}, { synced: after(synced, delta), now: minute(1) }).model("grok-9");
  assert.equal(model?.contextTokens, 1_000_000);
});

const without = applied(documentOf(listing({ id: "grok-10", name: "Grok 10" })), synced, minute(1));
const goneRows = after(synced, without);

test("a model that the source no longer lists is shown as gone and stays, marked deprecated", () => {
  assert.deepEqual(of(without, "xai/grok-9"), ["model-gone: no longer listed; kept, marked deprecated"]);
  assert.match(of(first, "xai/grok-4.3").join(), /^model-gone: /);
  const catalog = catalogWith({ xai: {} }, { synced: goneRows, now: minute(1) });
  assert.equal(catalog.deployment("xai/grok-9")?.model.status, "deprecated");
  assert.equal(catalog.deployment("xai/grok-9")?.prices.length, 1);
});

test("what is gone is said once, and said again when it comes back", () => {
  const still = applied(documentOf(listing({ id: "grok-10", name: "Grok 10" })), goneRows, minute(2));
  assert.deepEqual(still.changes, []);
  const back = applied(
    documentOf(listing(), listing({ id: "grok-10", name: "Grok 10" })),
    goneRows,
    minute(2),
  );
  assert.deepEqual(of(back, "xai/grok-9"), ["model-added: Grok 9 is listed again"]);
  const model = catalogWith({}, { synced: after(goneRows, back), now: minute(2) }).model("grok-9");
  assert.equal(model?.status, "active");
});

test("providers that the document leaves out are left alone", () => {
  assert.deepEqual(
    first.changes.filter(({ subject }) => !subject.startsWith("xai/")),
    [],
  );
});

test("no shipped deployment or price is lost by any of it", () => {
  const catalog = catalogWith({}, { synced: goneRows, now: minute(3) });
  for (const row of shippedRows.deployments) {
    const kept = catalog.deployment(row.id);
    assert.equal(kept?.unlisted, false, row.id);
    if (row.price) assert.equal(kept.prices[0]?.version, row.price.version, row.id);
  }
});

test("both shapes are read: providers at the top, or under their name with a source", () => {
  const nested = applied({ source: { repo: "x" }, providers: documentOf(listing()) });
  assert.deepEqual(nested.changes, first.changes);
});

test("a model on its way out, one that only speaks and one that only listens are not taken up", () => {
  const delta = applied(
    documentOf(
      listing({ id: "old", status: "deprecated" }),
      listing({ id: "singer", modalities: { input: ["text"], output: ["audio"] } }),
      listing({ id: "grok-realtime" }),
    ),
  );
  for (const id of ["old", "singer", "grok-realtime"]) assert.deepEqual(of(delta, `xai/${id}`), [], id);
});

test("a model that another provider sells already is the same model", () => {
  const document = {
    togetherai: { models: { "moonshotai/Kimi-K2.6": listing({ id: "moonshotai/Kimi-K2.6" }) } },
  };
  const delta = applied(document);
  assert.ok(!delta.changes.some(({ kind }) => kind === "model-added"));
});

test("a facts row older than what this version ships does not come back", () => {
  const row = { ...first.models[0], deploymentId: "xai/grok-4.3", validFrom: new Date("2026-01-01") };
  assert.ok(first.models[0]);
  const stale = {
    ...first.models[0],
    ...row,
    facts: { ...first.models[0].facts, model: "grok-4.3", name: "Stale" },
  };
  const catalog = catalogWith({}, { synced: { models: [stale], prices: [] } });
  assert.notEqual(catalog.model("grok-4.3")?.name, "Stale");
});

const garbage: Readonly<Record<string, readonly [unknown, RegExp]>> = {
  nothing: [undefined, /must be an object of providers/],
  "a text": ["<html>", /must be an object of providers/],
  "a list": [[], /must be an object of providers/],
  "no provider we know": [{ acme: { models: {} } }, /must hold at least one of/],
  "a provider without models": [{ xai: { id: "xai" } }, /xai\.models/],
  "a provider with no model": [{ xai: { models: {} } }, /xai\.models/],
  "a model that is null": [{ xai: { models: { x: null } } }, /xai\.models\.x: must be an object/],
  "an id that climbs": [{ xai: { models: { "../../x y": listing() } } }, /well-formed/],
  "a price as text": [
    documentOf(listing({ cost: { input: "2", output: 1 } })),
    /grok-9\.cost\.inputUsdPerMillion/,
  ],
  "a price below zero": [documentOf(listing({ cost: { input: -1, output: 1 } })), /cost\.inputUsdPerMillion/],
  "half a price": [documentOf(listing({ cost: { input: 1 } })), /cost\.outputUsdPerMillion/],
  "a price that is a number": [documentOf(listing({ cost: 5 })), /grok-9\.cost/],
  "tiers without sizes": [documentOf(listing({ cost: { input: 1, output: 1, tiers: [{}] } })), /cost\.tiers/],
  "a context as text": [documentOf(listing({ limit: { context: "big" } })), /contextTokens/],
  "limits as text": [documentOf(listing({ limit: "big" })), /grok-9\.limit/],
  "modalities as a list": [documentOf(listing({ modalities: ["text"] })), /grok-9\.modalities/],
  "an unknown status": [documentOf(listing({ status: "zombie" })), /grok-9\.status/],
  "a date that is none": [documentOf(listing({ release_date: "soon" })), /grok-9\.released/],
};

for (const [what, [document, message]] of Object.entries(garbage)) {
  test(`${what} is refused whole, saying where it is wrong`, () => {
    const delta = diff(document);
    assert.equal(delta.ok, false);
    assert.match(delta.problems.map(({ path, problem }) => `${path}: ${problem}`).join("\n"), message);
  });
}

test("one bad model beside good ones refuses them all", () => {
  const delta = diff(documentOf(listing(), listing({ id: "bad", status: 7 })));
  assert.deepEqual(Object.keys(delta).toSorted(), ["ok", "problems"]);
});
