// Finds models by what they are and by what their deployments cost and promise, in a total order.
// `build.ts` hands it the models of one catalog; pages are cut from the answer elsewhere.

import type { Deployment, Model } from "../core/deployment.ts";
import type { ModelFilter, ModelSort } from "./catalog.ts";

export function searchModels(
  models: readonly Model[],
  deploymentsOf: (modelId: string) => readonly Deployment[],
  filter: ModelFilter,
  sort: ModelSort,
): readonly Model[] {
  const words = filter.search?.toLowerCase().split(/\s+/).filter(Boolean) ?? [];
  const found: Match[] = [];
  for (const model of models) {
    if (!modelMatches(model, filter, words)) continue;
    const offers = deploymentsOf(model.id).filter((deployment) => deploymentMatches(deployment, filter));
    if (asksDeployments(filter) && offers.length === 0) continue;
    const available = offers.some((deployment) => deployment.provider.enabled);
    if (filter.available !== undefined && filter.available !== available) continue;
    found.push({
      model,
      key: sortKeys[sort](model, filter.available === true ? offers.filter(isOn) : offers),
    });
  }
  return found.sort(compare).map(({ model }) => model);
}

interface Match {
  readonly model: Model;
  readonly key: number | string;
}

const isOn = (deployment: Deployment): boolean => deployment.provider.enabled;

/** What is unknown comes last. */
const sortKeys: Readonly<
  Record<ModelSort, (model: Model, offers: readonly Deployment[]) => number | string>
> = {
  NAME_ASC: (model) => model.name.toLowerCase(),
  INPUT_PRICE_ASC: (_model, offers) => lowest(offers, "inputUsdPerMillion"),
  OUTPUT_PRICE_ASC: (_model, offers) => lowest(offers, "outputUsdPerMillion"),
  CONTEXT_DESC: (model) => -(model.contextTokens ?? 0),
};

function compare(a: Match, b: Match): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.model.id < b.model.id ? -1 : 1;
}

const lowest = (offers: readonly Deployment[], field: "inputUsdPerMillion" | "outputUsdPerMillion"): number =>
  offers.reduce(
    (least, { price }) => Math.min(least, price?.[field] ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );

function modelMatches(model: Model, filter: ModelFilter, words: readonly string[]): boolean {
  if (filter.vendor !== undefined && model.vendor !== filter.vendor) return false;
  if (filter.family !== undefined && model.family !== filter.family) return false;
  if (filter.minContext !== undefined && (model.contextTokens ?? 0) < filter.minContext) return false;
  if (!(filter.capability ?? []).every((capability) => model.capabilities.includes(capability))) return false;
  const { inputModalities, outputModalities } = model;
  const modalities = filter.modality ?? [];
  if (!modalities.every((one) => inputModalities.includes(one) || outputModalities.includes(one)))
    return false;
  if (words.length === 0) return true;
  const text = `${model.id} ${model.name} ${model.vendor} ${model.family ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** True where one and the same deployment must meet what the filter says. */
const asksDeployments = (filter: ModelFilter): boolean =>
  filter.provider !== undefined ||
  filter.region !== undefined ||
  filter.maxInputUsdPerMillion !== undefined ||
  (filter.guarantee ?? []).length > 0;

function deploymentMatches(deployment: Deployment, filter: ModelFilter): boolean {
  if (filter.provider !== undefined && deployment.provider.id !== filter.provider) return false;
  if (filter.region !== undefined && deployment.region !== filter.region) return false;
  if (filter.maxInputUsdPerMillion !== undefined) {
    const input = deployment.price?.inputUsdPerMillion;
    if (input === undefined || input > filter.maxInputUsdPerMillion) return false;
  }
  return (filter.guarantee ?? []).every((name) =>
    deployment.guarantees.some((guarantee) => guarantee.name === name && guarantee.held),
  );
}
