// Deployment: one model at one provider, in one region, with its own price and guarantees.
// Holds only what is the same for every caller; anything decided for one request is on Candidate.

import type { Deployment, Price } from "../core/deployment.ts";
import { formatPrice } from "../core/money.ts";
import { parameterRows } from "../providers/capabilities.ts";
import { builder } from "./builder.ts";
import { entity } from "./directives.ts";

builder.objectType("Deployment", {
  description:
    "Holds only what is the same for every caller; anything decided for one request is on Candidate.",
  extensions: entity,
  // Receipts, plans and events lead here; all but its name is the catalog's.
  authScopes: ["catalog"],
  fields: (t) => ({
    id: t.exposeID("id", {
      description: "provider/model, and @region where there are several.",
      skipTypeScopes: true,
    }),
    provider: t.field({
      type: "Provider",
      description: "Who serves it.",
      resolve: (deployment) => deployment.provider,
    }),
    model: t.field({
      type: "Model",
      description: "What is served.",
      resolve: (deployment) => deployment.model,
    }),
    region: t.string({
      nullable: true,
      description: "Where it runs, where that is known.",
      resolve: (deployment) => deployment.region,
    }),
    guarantees: t.field({
      type: ["Guarantee"],
      description: "What it promises about data, held or not.",
      resolve: (deployment) => [...deployment.guarantees],
    }),
    price: t.field({
      type: "Price",
      nullable: true,
      description: "Its price at a moment (now, where none is given). Null where nobody knows it.",
      args: {
        asOf: t.arg({ type: "DateTime", description: "The moment; absent means now." }),
      },
      resolve: (deployment, { asOf }) => priceAt(deployment, asOf ?? undefined),
    }),
    prices: t.field({
      type: ["Price"],
      description: "Every version of its price, oldest first.",
      resolve: (deployment) => [...deployment.prices],
    }),
    parameters: t.field({
      type: ["ParameterSupport"],
      description: "What it makes of each parameter. Empty for the demo, which only plays.",
      resolve: (deployment) => parameterRows(deployment),
    }),
    unlisted: t.exposeBoolean("unlisted", {
      description: "True where the catalog does not list it and it is served under provider/any-id.",
    }),
  }),
});

function priceAt(deployment: Deployment, moment: Date | undefined): Price | undefined {
  if (!moment) return deployment.price;
  return deployment.prices.findLast((price) => price.validFrom.getTime() <= moment.getTime());
}

builder.objectType("Guarantee", {
  description: "One promise about data, and what it rests on.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As the policy names it: zero-retention." }),
    held: t.exposeBoolean("held", {
      description: "False where it needs an attestation, has expired, or the address was overridden.",
    }),
    source: t.string({
      nullable: true,
      description: "Where it was read.",
      resolve: (guarantee) => guarantee.source,
    }),
    until: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it ends, where it ends.",
      resolve: (guarantee) => guarantee.until,
    }),
    read: t.string({
      nullable: true,
      description: "The day on which the source was read: 2026-11-20.",
      resolve: (guarantee) => guarantee.read,
    }),
    because: t.string({
      nullable: true,
      description: "Why it is not held, in a sentence.",
      resolve: (guarantee) => guarantee.because,
    }),
  }),
});

const decimal = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : formatPrice(value);

builder.objectType("Price", {
  description: "One version of a price, in US dollars per million tokens.",
  fields: (t) => ({
    inputUsdPerMillion: t.field({
      type: "Decimal",
      description: "Input.",
      resolve: (price) => formatPrice(price.inputUsdPerMillion),
    }),
    outputUsdPerMillion: t.field({
      type: "Decimal",
      description: "Output.",
      resolve: (price) => formatPrice(price.outputUsdPerMillion),
    }),
    cachedInputUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Input that the provider had cached.",
      resolve: (price) => decimal(price.cachedInputUsdPerMillion),
    }),
    cacheWriteUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Input that the provider writes to its cache.",
      resolve: (price) => decimal(price.cacheWriteUsdPerMillion),
    }),
    audioInputUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Audio input.",
      resolve: (price) => decimal(price.audioInputUsdPerMillion),
    }),
    audioOutputUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Audio output.",
      resolve: (price) => decimal(price.audioOutputUsdPerMillion),
    }),
    reasoningUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Reasoning, where it is billed apart from output.",
      resolve: (price) => decimal(price.reasoningUsdPerMillion),
    }),
    imageUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "One picture, in US dollars, where pictures are billed and not their tokens.",
      resolve: (price) => decimal(price.imageUsd),
    }),
    tiers: t.field({
      type: ["PriceTier"],
      description: "Prices for long inputs, shortest first.",
      resolve: (price) => [...price.tiers],
    }),
    version: t.exposeID("version", { description: "Named again on every receipt that it priced." }),
    source: t.exposeString("source", { description: "Where it was read." }),
    validFrom: t.field({
      type: "DateTime",
      description: "From when it counts.",
      resolve: (price) => price.validFrom,
    }),
  }),
});

builder.objectType("PriceTier", {
  description: "What the whole request costs once its input is longer than a bound.",
  fields: (t) => ({
    aboveInputTokens: t.exposeInt("aboveInputTokens", { description: "The bound." }),
    inputUsdPerMillion: t.field({
      type: "Decimal",
      description: "Input.",
      resolve: (tier) => formatPrice(tier.inputUsdPerMillion),
    }),
    outputUsdPerMillion: t.field({
      type: "Decimal",
      description: "Output.",
      resolve: (tier) => formatPrice(tier.outputUsdPerMillion),
    }),
    cachedInputUsdPerMillion: t.field({
      type: "Decimal",
      nullable: true,
      description: "Input that the provider had cached.",
      resolve: (tier) => decimal(tier.cachedInputUsdPerMillion),
    }),
  }),
});
