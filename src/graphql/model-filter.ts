// The filter of `models`: the contract's fields, turned into the catalog's own filter.
// `models.ts` uses it; `usable` alone needs the caller and is applied there.

import type { ModelFilter } from "../catalog/catalog.ts";
import { Failure } from "../core/errors.ts";
import { builder } from "./builder.ts";
import { Capability, Modality } from "./enums.ts";

export const ModelFilterInput = builder.inputType("ModelFilter", {
  description: "Every field that is given must hold.",
  fields: (t) => ({
    provider: t.id({ description: "Served by this provider: anthropic." }),
    vendor: t.string({ description: "Made by this vendor." }),
    capability: t.field({ type: [Capability], description: "Has all of these." }),
    guarantee: t.stringList({ description: "One deployment of it holds all of these: zero-retention." }),
    maxInputUsdPerMillion: t.field({
      type: "Decimal",
      description: "One deployment of it asks at most this for a million input tokens.",
    }),
    minContext: t.int({ description: "Its context holds at least this many tokens." }),
    usable: t.boolean({
      description: "This key may use it with data of the key's default sensitivity (or may not).",
    }),
    search: t.string({ description: "Its id, name, vendor or family holds these words." }),
    family: t.string({ description: "Belongs to this family: claude-sonnet." }),
    modality: t.field({ type: [Modality], description: "Takes or gives all of these." }),
    region: t.string({ description: "One deployment of it runs in this region." }),
    available: t.boolean({ description: "One deployment of it is at an enabled provider (or none is)." }),
  }),
});

type Given = typeof ModelFilterInput.$inferInput;

export function modelFilterOf(given: Given): ModelFilter {
  return {
    provider: given.provider ?? undefined,
    vendor: given.vendor ?? undefined,
    family: given.family ?? undefined,
    capability: given.capability ?? undefined,
    modality: given.modality ?? undefined,
    region: given.region ?? undefined,
    guarantee: given.guarantee ?? undefined,
    maxInputUsdPerMillion: priceOf(given.maxInputUsdPerMillion ?? undefined),
    minContext: given.minContext ?? undefined,
    available: given.available ?? undefined,
    search: given.search ?? undefined,
  };
}

function priceOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}(\.\d{1,30})?$/.test(text)) {
    throw new Failure("INVALID_REQUEST", 'maxInputUsdPerMillion must be a decimal string such as "2.50".', {
      path: "filter.maxInputUsdPerMillion",
    });
  }
  return Number(text);
}
