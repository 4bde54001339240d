// Lays what was synced over what was shipped: one list of deployments with every price, one list of models.
// `build.ts` makes the catalog of it and `sync.ts` compares a document with it. The newest word counts.

import { isSnapshot } from "./identity.ts";
import type { CatalogRows, ModelRow } from "./rows.ts";
import type { SyncedModel, SyncedPrice } from "./synced.ts";

export interface SyncedRows {
  readonly models: readonly SyncedModel[];
  readonly prices: readonly SyncedPrice[];
}

export const nothingSynced: SyncedRows = { models: [], prices: [] };

export interface MergedDeployment {
  readonly id: string;
  readonly providerId: string;
  readonly upstreamModel: string;
  readonly modelId: string;
  readonly region: string | undefined;
  /** The source no longer lists it. */
  readonly gone: boolean;
  /** A dated name beside the plain one. */
  readonly snapshot: boolean;
  /** Every version, oldest first. */
  readonly prices: readonly SyncedPrice[];
}

export interface MergedRows {
  readonly models: ReadonlyMap<string, ModelRow>;
  readonly deployments: ReadonlyMap<string, MergedDeployment>;
  /** Model → the deployment whose facts are the model's. */
  readonly homes: ReadonlyMap<string, string>;
}

export function mergeRows(rows: CatalogRows, synced: SyncedRows, now: Date): MergedRows {
  const newest = newestFacts(synced.models, now);
  const prices = pricesByDeployment(rows, synced.prices);
  const deployments = new Map<string, MergedDeployment>();
  for (const row of rows.deployments) {
    deployments.set(row.id, {
      id: row.id,
      providerId: row.provider,
      upstreamModel: row.upstreamModel,
      modelId: row.model,
      region: row.region,
      gone: newest.get(row.id)?.gone ?? false,
      snapshot: isSnapshot(row.upstreamModel, row.model),
      prices: prices.get(row.id) ?? [],
    });
  }
  const order = new Map(rows.providers.map((row, index) => [row.id, index]));
  for (const [id, { facts, gone }] of newest) {
    const providerId = id.slice(0, id.indexOf("/"));
    // A provider that this version no longer knows leaves its synced rows where they are, unused.
    if (deployments.has(id) || !order.has(providerId)) continue;
    deployments.set(id, {
      id,
      providerId,
      upstreamModel: facts.upstreamModel,
      modelId: facts.model,
      region: undefined,
      gone,
      snapshot: isSnapshot(facts.upstreamModel, facts.model),
      prices: prices.get(id) ?? [],
    });
  }
  const homes = homesOf([...deployments.values()], order);
  return { deployments, homes, models: mergeModels(rows, newest, homes) };
}

function mergeModels(
  rows: CatalogRows,
  newest: ReadonlyMap<string, SyncedModel>,
  homes: ReadonlyMap<string, string>,
): ReadonlyMap<string, ModelRow> {
  const models = new Map(rows.models.map((row) => [row.id, row]));
  for (const [modelId, deploymentId] of homes) {
    const shipped = models.get(modelId);
    const synced = newest.get(deploymentId);
    if (!synced || (shipped && synced.validFrom < shipped.asOf)) continue;
    const { model: _model, upstreamModel: _upstreamModel, ...facts } = synced.facts;
    const status = synced.gone ? "deprecated" : facts.status;
    models.set(modelId, { ...facts, status, id: modelId, asOf: synced.validFrom });
  }
  return models;
}

/** The first provider of the table that still lists it, by its plain name. */
function homesOf(
  deployments: readonly MergedDeployment[],
  order: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> {
  const rank = (row: MergedDeployment): number =>
    (row.gone ? 2000 : 0) + (row.snapshot ? 1000 : 0) + (order.get(row.providerId) ?? 0);
  const best = new Map<string, MergedDeployment>();
  for (const row of deployments) {
    const known = best.get(row.modelId);
    if (!known || rank(row) < rank(known)) best.set(row.modelId, row);
  }
  return new Map([...best].map(([modelId, row]) => [modelId, row.id]));
}

function newestFacts(models: readonly SyncedModel[], now: Date): ReadonlyMap<string, SyncedModel> {
  const newest = new Map<string, SyncedModel>();
  for (const row of models) {
    const known = newest.get(row.deploymentId);
    if (row.validFrom <= now && (!known || row.validFrom >= known.validFrom))
      newest.set(row.deploymentId, row);
  }
  return newest;
}

function pricesByDeployment(
  rows: CatalogRows,
  synced: readonly SyncedPrice[],
): ReadonlyMap<string, readonly SyncedPrice[]> {
  const prices = new Map<string, SyncedPrice[]>();
  const shipped = rows.deployments.flatMap((row) => (row.price ? [row.price] : []));
  for (const price of [...shipped, ...synced]) {
    const known = prices.get(price.deploymentId);
    if (known) known.push(price);
    else prices.set(price.deploymentId, [price]);
  }
  for (const versions of prices.values()) {
    versions.sort((a, b) => a.validFrom.getTime() - b.validFrom.getTime());
  }
  return prices;
}

/** The last version that is valid by then. */
export const priceAt = <P extends { readonly validFrom: Date }>(
  prices: readonly P[],
  now: Date,
): P | undefined => prices.findLast((price) => price.validFrom <= now);
