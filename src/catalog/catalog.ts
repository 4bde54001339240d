// What can be asked of the catalog: an immutable view over checked rows, settings and attestations.
// `build.ts` makes it; a request pins the one that is current when it arrives.

import type { Capability, Deployment, Modality, Model, Provider } from "../core/deployment.ts";

/** What the operator set for a provider; absent means off (save `demo`). */
export interface ProviderSetting {
  readonly hasKey: boolean;
  readonly baseUrl: string | undefined;
}

export interface ModelFilter {
  readonly provider?: string | undefined;
  readonly vendor?: string | undefined;
  readonly family?: string | undefined;
  readonly capability?: readonly Capability[] | undefined;
  readonly modality?: readonly Modality[] | undefined;
  readonly region?: string | undefined;
  /** All of them held, by one deployment. */
  readonly guarantee?: readonly string[] | undefined;
  readonly maxInputUsdPerMillion?: number | undefined;
  readonly minContext?: number | undefined;
  /** On an enabled provider (or not). */
  readonly available?: boolean | undefined;
  readonly search?: string | undefined;
}

export type ModelSort = "NAME_ASC" | "INPUT_PRICE_ASC" | "OUTPUT_PRICE_ASC" | "CONTEXT_DESC";

export interface Catalog {
  readonly providers: readonly Provider[];
  readonly models: readonly Model[];
  readonly deployments: readonly Deployment[];
  /** When the next held guarantee expires, milliseconds since the epoch; then it must be built anew. */
  readonly validUntil: number;
  provider(id: string): Provider | undefined;
  model(id: string): Model | undefined;
  /** An exact id, or `provider/anything` of an enabled provider. */
  deployment(id: string): Deployment | undefined;
  deploymentsOfModel(modelId: string): readonly Deployment[];
  deploymentsOfProvider(providerId: string): readonly Deployment[];
  /** Deployment id, model id, alias, `provider/anything`, in this order; empty where none is meant. */
  resolve(name: string): readonly Deployment[];
  /** All that match, sorted; ties by id. The order is total, so that pages never overlap. */
  search(filter: ModelFilter, sort: ModelSort): readonly Model[];
}
