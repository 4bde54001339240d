// Builds the catalog that is current: shipped and synced rows, the operator's settings, attestations, a moment.
// `main.ts` builds it anew when any of them changes, or when `validUntil` has passed. Nothing in it changes after.

import type { Deployment, Model, Price } from "../core/deployment.ts";
import type { Catalog, ProviderSetting } from "./catalog.ts";
import type { Attestation } from "./evidence.ts";
import { vendorOf } from "./identity.ts";
import { mergeRows, priceAt } from "./merge.ts";
import type { SyncedRows } from "./merge.ts";
import { createNames } from "./names.ts";
import type { ProviderRow } from "./providers.ts";
import { createPromiseBook } from "./promises.ts";
import { providerFor, providerState, regionOf } from "./provider-state.ts";
import type { CatalogRows, ModelRow } from "./rows.ts";
import { searchModels } from "./search.ts";
import type { SyncedPrice } from "./synced.ts";

export interface CatalogParts {
  readonly rows: CatalogRows;
  readonly settings: ReadonlyMap<string, ProviderSetting>;
  readonly attestations: readonly Attestation[];
  readonly synced: SyncedRows;
  readonly now: Date;
  /** Whether the demo provider is on. */
  readonly demo: boolean;
}

export function buildCatalog(parts: CatalogParts): Catalog {
  const { rows, now } = parts;
  const merged = mergeRows(rows, parts.synced, now);
  const providerRows = new Map(rows.providers.map((row) => [row.id, row]));
  const providers = new Map(
    rows.providers.map((row) => [row.id, providerState(row, parts.settings.get(row.id), parts.demo)]),
  );
  const models = new Map([...merged.models.values()].map((row) => [row.id, modelOf(row)]));
  const promises = createPromiseBook({
    guarantees: rows.guarantees,
    attestations: parts.attestations,
    now,
  });

  const deployments = new Map<string, Deployment>();
  const snapshots = new Set<string>();
  for (const row of merged.deployments.values()) {
    const [provider, providerRow, model] = [
      providers.get(row.providerId),
      providerRows.get(row.providerId),
      models.get(row.modelId),
    ];
    if (!provider || !providerRow || !model) continue;
    const prices = row.prices.map(priceOf);
    if (row.snapshot) snapshots.add(row.id);
    deployments.set(row.id, {
      id: row.id,
      provider: providerFor(provider, providerRow, row.upstreamModel),
      model,
      upstreamModel: row.upstreamModel,
      ...otherDialect(providerRow, row.upstreamModel),
      region: row.region ?? regionOf(provider, providerRow, row.upstreamModel),
      guarantees: promises(provider, providerRow, row.id),
      price: priceAt(prices, now),
      prices,
      unlisted: false,
    });
  }

  const list = [...deployments.values()];
  const byModel = Map.groupBy(list, (deployment) => deployment.model.id);
  const byProvider = Map.groupBy(list, (deployment) => deployment.provider.id);
  const names = createNames({
    providers,
    deployments,
    models,
    byModel,
    snapshots,
    aliases: rows.aliases,
    makeUnlisted(provider, upstreamModel) {
      const id = `${provider.id}/${upstreamModel}`;
      const row = providerRows.get(provider.id);
      return {
        id,
        provider,
        model: unlistedModel(id, provider.id, upstreamModel),
        upstreamModel,
        ...(row ? otherDialect(row, upstreamModel) : {}),
        region: row && regionOf(provider, row, upstreamModel),
        guarantees: row ? promises(provider, row, id) : [],
        price: undefined,
        prices: [],
        unlisted: true,
      };
    },
  });

  const modelList = [...models.values()].filter((model) => byModel.has(model.id));
  const deploymentsOfModel = (modelId: string): readonly Deployment[] => {
    const known = byModel.get(modelId);
    if (known) return known;
    const made = names.deployment(modelId);
    return made?.unlisted === true ? [made] : [];
  };
  return {
    providers: [...providers.values()],
    models: modelList,
    deployments: list,
    validUntil: nextChange(list, now),
    provider: (id) => providers.get(id),
    model: (id) => models.get(id) ?? deploymentsOfModel(id)[0]?.model,
    deployment: (id) => names.deployment(id),
    deploymentsOfModel,
    deploymentsOfProvider: (providerId) => byProvider.get(providerId) ?? [],
    resolve: (name) => names.resolve(name),
    search: (filter, sort) => searchModels(modelList, deploymentsOfModel, filter, sort),
  };
}

const otherDialect = ({ otherwise }: ProviderRow, upstreamModel: string): Pick<Deployment, "dialect"> =>
  otherwise?.[0].test(upstreamModel) ? { dialect: otherwise[1] } : {};

const modelOf = (row: ModelRow): Model => ({
  id: row.id,
  name: row.name,
  vendor: row.vendor,
  family: row.family,
  capabilities: row.capabilities,
  inputModalities: row.inputModalities,
  outputModalities: row.outputModalities,
  contextTokens: row.contextTokens,
  maxOutputTokens: row.maxOutputTokens,
  knowledge: row.knowledge,
  released: row.released,
  status: row.status,
  openWeights: row.openWeights,
});

const priceOf = ({ deploymentId: _deploymentId, ...price }: SyncedPrice): Price => price;

/** Nothing is known of it but whose it seems to be, which deny rows may ask for. */
const unlistedModel = (id: string, providerId: string, upstreamModel: string): Model => ({
  id,
  name: upstreamModel,
  vendor: vendorOf(providerId, upstreamModel),
  family: undefined,
  capabilities: [],
  inputModalities: [],
  outputModalities: [],
  contextTokens: undefined,
  maxOutputTokens: undefined,
  knowledge: undefined,
  released: undefined,
  status: "active",
  openWeights: false,
});

/** When a held guarantee expires or a price takes effect, whichever is first. */
function nextChange(deployments: readonly Deployment[], now: Date): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { guarantees, prices } of deployments) {
    for (const { held, until } of guarantees) if (held && until) next = Math.min(next, until.getTime());
    for (const { validFrom } of prices) if (validFrom > now) next = Math.min(next, validFrom.getTime());
  }
  return next;
}
