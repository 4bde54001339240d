// What each filter keeps, and that every order is total.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Deployment, Model } from "../../src/core/deployment.ts";
import type { ModelFilter, ModelSort } from "../../src/catalog/catalog.ts";
import { catalogWith } from "../kit/catalog.ts";

const catalog = catalogWith({ openai: {}, groq: {}, deepseek: {} });
const search = (filter: ModelFilter, sort: ModelSort = "NAME_ASC"): readonly Model[] =>
  catalog.search(filter, sort);
const offersOf = (model: Model): readonly Deployment[] => catalog.deploymentsOfModel(model.id);

/** Filter → what must be true of what it keeps and false of what it leaves. */
const filters: Readonly<Record<string, readonly [ModelFilter, (model: Model) => boolean]>> = {
  provider: [{ provider: "groq" }, (model) => offersOf(model).some(({ provider }) => provider.id === "groq")],
  vendor: [{ vendor: "anthropic" }, (model) => model.vendor === "anthropic"],
  family: [{ family: "gpt" }, (model) => model.family === "gpt"],
  capability: [
    { capability: ["VISION", "TOOLS"] },
    ({ capabilities }) => capabilities.includes("VISION") && capabilities.includes("TOOLS"),
  ],
  modality: [
    { modality: ["audio"] },
    ({ inputModalities, outputModalities }) => [...inputModalities, ...outputModalities].includes("audio"),
  ],
  region: [{ region: "cn" }, (model) => offersOf(model).some(({ region }) => region === "cn")],
  guarantee: [
    { guarantee: ["no-training", "retention-30"] },
    (model) =>
      offersOf(model).some(({ guarantees }) =>
        ["no-training", "retention-30"].every((name) =>
          guarantees.some((one) => one.name === name && one.held),
        ),
      ),
  ],
  "price ceiling": [
    { maxInputUsdPerMillion: 0.1 },
    (model) => offersOf(model).some(({ price }) => price !== undefined && price.inputUsdPerMillion <= 0.1),
  ],
  context: [{ minContext: 1_000_000 }, (model) => (model.contextTokens ?? 0) >= 1_000_000],
  availability: [{ available: true }, (model) => offersOf(model).some(({ provider }) => provider.enabled)],
  unavailability: [
    { available: false },
    (model) => !offersOf(model).some(({ provider }) => provider.enabled),
  ],
  text: [
    { search: " Gemini FLASH " },
    ({ id, name }) => /gemini/i.test(id + name) && /flash/i.test(id + name),
  ],
};

for (const [what, [filter, belongs]] of Object.entries(filters)) {
  test(`the ${what} filter keeps exactly what it says`, () => {
    const found = new Set(search(filter).map(({ id }) => id));
    assert.ok(found.size > 0 && found.size < catalog.models.length, `found ${found.size}`);
    for (const model of catalog.models) assert.equal(found.has(model.id), belongs(model), model.id);
  });
}

test("no filter keeps every model once", () => {
  assert.equal(new Set(search({})).size, catalog.models.length);
});

const named = (filter: ModelFilter): boolean => search(filter).some(({ id }) => id === "gpt-4o");

test("provider, price, region and guarantees must be met by one deployment", () => {
  // gpt-4o is held to no-training at OpenAI and sold by OpenRouter, which holds nothing.
  assert.equal(named({ provider: "openrouter" }), true);
  assert.equal(named({ guarantee: ["no-training"] }), true);
  assert.equal(named({ provider: "openrouter", guarantee: ["no-training"] }), false);
  assert.equal(named({ provider: "openrouter", available: true }), false);
  assert.equal(named({ provider: "openai", available: true }), true);
});

test("a guarantee that is listed but not held finds nothing", () => {
  assert.deepEqual(search({ guarantee: ["baa"] }), []);
});

test("a model without a known price is not below any price", () => {
  const unpriced = catalog.models.filter((model) =>
    offersOf(model).every(({ price }) => price === undefined),
  );
  assert.ok(unpriced.length > 0);
  const found = new Set(search({ maxInputUsdPerMillion: 1e9 }));
  for (const model of unpriced) assert.equal(found.has(model), false, model.id);
});

const lowest = (model: Model, field: "inputUsdPerMillion" | "outputUsdPerMillion"): number =>
  Math.min(...offersOf(model).map(({ price }) => price?.[field] ?? Number.POSITIVE_INFINITY));

const keys: Readonly<Record<ModelSort, (model: Model) => number | string>> = {
  NAME_ASC: (model) => model.name.toLowerCase(),
  INPUT_PRICE_ASC: (model) => lowest(model, "inputUsdPerMillion"),
  OUTPUT_PRICE_ASC: (model) => lowest(model, "outputUsdPerMillion"),
  CONTEXT_DESC: (model) => -(model.contextTokens ?? 0),
};

for (const sort of Object.keys(keys) as ModelSort[]) {
  test(`${sort} is a total order: by its key, ties by id, the unknown last, the same every time`, () => {
    const found = search({}, sort);
    for (const [index, model] of found.entries()) {
      const next = found[index + 1];
      if (!next) continue;
      const [a, b] = [keys[sort](model), keys[sort](next)];
      assert.ok(a < b || (a === b && model.id < next.id), `${model.id} before ${next.id}`);
    }
    assert.deepEqual(
      catalogWith({ openai: {}, groq: {}, deepseek: {} })
        .search({}, sort)
        .map(({ id }) => id),
      found.map(({ id }) => id),
    );
  });
}

test("a price sort looks at the deployments that the filter kept", () => {
  const at = (provider: string): number =>
    search({ provider }, "INPUT_PRICE_ASC").findIndex(({ id }) => id === "openai/gpt-oss-120b");
  assert.ok(at("openrouter") >= 0 && at("groq") >= 0);
  const [cheapest] = search({ provider: "groq" }, "INPUT_PRICE_ASC");
  const prices = catalog
    .deploymentsOfProvider("groq")
    .map(({ price }) => price?.inputUsdPerMillion ?? Infinity);
  assert.equal(
    catalog.deploymentsOfModel(cheapest?.id ?? "").find(({ provider }) => provider.id === "groq")?.price
      ?.inputUsdPerMillion,
    Math.min(...prices),
  );
});
