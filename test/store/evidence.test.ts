// Attestations and synced catalog rows: kept as they came, in the order in which they came.

import assert from "node:assert/strict";
import type { Attestation } from "../../src/catalog/evidence.ts";
import type { SyncedModel, SyncedPrice } from "../../src/catalog/synced.ts";
import { forEachStore } from "../kit/stores.ts";

const attestation: Attestation = {
  id: "attestation:1",
  subject: "openai",
  guarantee: "zero-retention",
  origin: "https://api.openai.com/v1",
  evidenceUrl: "https://example.com/contract",
  reason: "signed in May",
  by: "key:one",
  at: new Date("2026-11-20T10:00:00Z"),
  until: new Date("2027-05-01T00:00:00Z"),
};

const model: SyncedModel = {
  deploymentId: "openai/gpt-5",
  facts: {
    model: "gpt-5",
    upstreamModel: "gpt-5",
    name: "GPT-5",
    vendor: "openai",
    capabilities: ["TOOLS"],
    inputModalities: ["text"],
    outputModalities: ["text"],
    status: "active",
    openWeights: false,
  },
  gone: false,
  source: "https://models.dev/api.json",
  validFrom: new Date("2026-11-20T10:00:00Z"),
};

const price: SyncedPrice = {
  deploymentId: "openai/gpt-5",
  version: "2026-11-20",
  inputUsdPerMillion: 1.25,
  outputUsdPerMillion: 10,
  cachedInputUsdPerMillion: 0.125,
  cacheWriteUsdPerMillion: undefined,
  audioInputUsdPerMillion: undefined,
  audioOutputUsdPerMillion: undefined,
  reasoningUsdPerMillion: undefined,
  tiers: [
    {
      aboveInputTokens: 200_000,
      inputUsdPerMillion: 2.5,
      outputUsdPerMillion: 15,
      cachedInputUsdPerMillion: 0.25,
      cacheWriteUsdPerMillion: 1,
    },
  ],
  source: "https://models.dev/api.json",
  validFrom: new Date("2026-11-20T10:00:00Z"),
};

forEachStore("attestations come back as they were given", async (place) => {
  const { evidence } = await place.open();
  const endless = {
    ...attestation,
    id: "attestation:2",
    at: new Date("2026-11-21T10:00:00Z"),
    until: undefined,
  };
  await evidence.insert(endless);
  await evidence.insert(attestation);
  assert.deepEqual(await evidence.list(), [attestation, endless]);
});

forEachStore("synced rows are kept version upon version", async (place) => {
  const { synced } = await place.open();
  await synced.append({ models: [model], prices: [price] });
  const gone = { ...model, gone: true, validFrom: new Date("2026-11-25T10:00:00Z") };
  const dearer = { ...price, version: "2026-11-25", inputUsdPerMillion: 2 };
  // The version that is already there is history: it stays as it was.
  await synced.append({ models: [gone], prices: [{ ...price, inputUsdPerMillion: 99 }, dearer] });
  assert.deepEqual(await synced.list(), { models: [model, gone], prices: [price, dearer] });
});

forEachStore("thousands of synced rows go in at once", async (place) => {
  const { synced } = await place.open();
  const prices = Array.from({ length: 2_500 }, (_, index) => ({ ...price, version: `v${index}` }));
  await synced.append({ models: [], prices });
  const list = await synced.list();
  assert.equal(list.prices.length, 2_500);
  assert.equal(list.prices.at(-1)?.version, "v2499");
});
