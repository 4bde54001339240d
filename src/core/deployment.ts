// The nouns of the catalog: provider, model, deployment, guarantee, price.
// `catalog/` makes them from rows; everyone else only reads them. All are immutable.

export const dialectNames = [
  "openai",
  "responses",
  "azure",
  "azure-responses",
  "anthropic",
  "gemini",
  "bedrock",
  "demo",
] as const;
export type DialectName = (typeof dialectNames)[number];

export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly dialect: DialectName;
  /** Where calls go; undefined for the demo provider, which is in the process. */
  readonly baseUrl: string | undefined;
  /** False where the operator overrode the base URL: then no published guarantee holds. */
  readonly atOwnOrigin: boolean;
  readonly enabled: boolean;
  readonly disabledReason: string | undefined;
}

export const capabilities = [
  "TOOLS",
  "VISION",
  "AUDIO",
  "VIDEO",
  "DOCUMENTS",
  "REASONING",
  "JSON_SCHEMA",
  "EMBEDDING",
  "IMAGE_OUTPUT",
  "MODERATION",
] as const;
export type Capability = (typeof capabilities)[number];

export const modalities = ["text", "image", "audio", "video", "pdf", "embedding"] as const;
export type Modality = (typeof modalities)[number];

export interface Model {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  readonly family: string | undefined;
  readonly capabilities: readonly Capability[];
  readonly inputModalities: readonly Modality[];
  readonly outputModalities: readonly Modality[];
  readonly contextTokens: number | undefined;
  readonly maxOutputTokens: number | undefined;
  /** `2024-10` or `2024-10-01`. */
  readonly knowledge: string | undefined;
  readonly released: string | undefined;
  readonly status: "active" | "preview" | "deprecated";
  readonly openWeights: boolean;
}

/** One promise and what it rests on. */
export interface Guarantee {
  readonly name: string;
  /** False where it needs an attestation, has expired, or the origin was overridden. */
  readonly held: boolean;
  readonly source: string | undefined;
  /** `YYYY-MM-DD`: when the source was read. */
  readonly read: string | undefined;
  readonly until: Date | undefined;
  readonly attestedBy: "vendor" | "third-party" | "administrator";
  /** Why it is not held, in a sentence. */
  readonly because: string | undefined;
}

/** Dollars per million tokens. Undefined means that the vendor bills no such thing apart. */
export interface Price {
  readonly version: string;
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  readonly cachedInputUsdPerMillion: number | undefined;
  readonly cacheWriteUsdPerMillion: number | undefined;
  readonly audioInputUsdPerMillion: number | undefined;
  readonly audioOutputUsdPerMillion: number | undefined;
  readonly reasoningUsdPerMillion: number | undefined;
  /** Dollars for one picture, where the vendor bills those and not their tokens. */
  readonly imageUsd?: number | undefined;
  /** Sorted; a tier applies to the whole request once its input passes `aboveInputTokens`. */
  readonly tiers: readonly PriceTier[];
  readonly source: string;
  readonly validFrom: Date;
}

export interface PriceTier {
  readonly aboveInputTokens: number;
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
  readonly cachedInputUsdPerMillion: number | undefined;
  readonly cacheWriteUsdPerMillion: number | undefined;
}

export interface Deployment {
  /** `provider/model[@region]` */
  readonly id: string;
  readonly provider: Provider;
  readonly model: Model;
  /** The name the provider knows the model by. */
  readonly upstreamModel: string;
  readonly region: string | undefined;
  readonly guarantees: readonly Guarantee[];
  /** Undefined where nobody knows the price: said so wherever cost is shown. */
  readonly price: Price | undefined;
  /** Every version, oldest first. */
  readonly prices: readonly Price[];
  /** Where it speaks another dialect than its provider does for most. */
  readonly dialect?: DialectName | undefined;
  /** True for `provider/any-id` deployments made on demand. */
  readonly unlisted: boolean;
}
