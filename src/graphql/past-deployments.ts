// Finds the deployment that a receipt or a refusal names, also where the catalog has since lost it.
// An account must stay readable after a provider is gone; what is unknown stays unknown.

import type { Catalog } from "../catalog/catalog.ts";
import type { Deployment, Model, Provider } from "../core/deployment.ts";

export function attemptedDeployment(catalog: Catalog, id: string): Deployment {
  return catalog.deployment(id) ?? remembered(catalog, id);
}

function remembered(catalog: Catalog, id: string): Deployment {
  const slash = id.indexOf("/");
  const providerId = slash === -1 ? id : id.slice(0, slash);
  const modelName = slash === -1 ? id : id.slice(slash + 1);
  return {
    id,
    provider: catalog.provider(providerId) ?? goneProvider(providerId),
    model: catalog.model(modelName) ?? goneModel(modelName),
    upstreamModel: modelName,
    region: undefined,
    guarantees: [],
    price: undefined,
    prices: [],
    unlisted: true,
  };
}

const goneProvider = (id: string): Provider => ({
  id,
  name: id,
  dialect: "openai",
  baseUrl: undefined,
  atOwnOrigin: false,
  enabled: false,
  disabledReason: "It is no longer in the catalog.",
});

const goneModel = (id: string): Model => ({
  id,
  name: id,
  vendor: "unknown",
  family: undefined,
  capabilities: [],
  inputModalities: [],
  outputModalities: [],
  contextTokens: undefined,
  maxOutputTokens: undefined,
  knowledge: undefined,
  released: undefined,
  status: "deprecated",
  openWeights: false,
});
