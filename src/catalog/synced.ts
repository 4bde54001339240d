// What a catalog sync appends beside the shipped rows: facts and prices, each valid from a moment.
// `store/` keeps both and never changes or deletes one; `build.ts` lays the newest over the shipped rows.

import type { Capability, Modality, Model, PriceTier } from "../core/deployment.ts";

/** All that is known of a model at one provider. JSON-able: absent keys are unknown. */
export interface ModelFacts {
  /** The model's own id; several deployments may name the same one. */
  readonly model: string;
  /** The name the provider knows the model by. */
  readonly upstreamModel: string;
  readonly name: string;
  readonly vendor: string;
  readonly family?: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  readonly knowledge?: string | undefined;
  readonly released?: string | undefined;
  readonly status: Model["status"];
  readonly openWeights: boolean;
}

/** One version of a deployment's facts. */
export interface SyncedModel {
  readonly deploymentId: string;
  readonly facts: ModelFacts;
  /** True where the source no longer lists it: the deployment stays, marked deprecated. */
  readonly gone: boolean;
  readonly source: string;
  readonly validFrom: Date;
}

/** One version of a deployment's price, in dollars per million tokens. */
export interface SyncedPrice {
  readonly deploymentId: string;
  /** Unique within the deployment; receipts name it. */
  readonly version: string;
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  readonly cachedInputUsdPerMillion: number | undefined;
  readonly cacheWriteUsdPerMillion: number | undefined;
  readonly audioInputUsdPerMillion: number | undefined;
  readonly audioOutputUsdPerMillion: number | undefined;
  readonly reasoningUsdPerMillion: number | undefined;
  readonly imageUsd?: number | undefined;
  readonly tiers: readonly PriceTier[];
  readonly source: string;
  readonly validFrom: Date;
}
