// Compares a models.dev-shaped document with what the catalog knows, and says what would be added.
// Pure: whoever calls it shows the changes first and keeps the rows after. It only ever appends; nothing is removed.

import { formatPrice } from "../core/money.ts";
import { formatOfModel } from "./classifiers.ts";
import { mergeRows, priceAt } from "./merge.ts";
import type { MergedDeployment, MergedRows, SyncedRows } from "./merge.ts";
import { readModelsDev } from "./models-dev.ts";
import type { DocumentProblem, Offer, OfferedPrice } from "./models-dev.ts";
import type { CatalogRows, ModelRow } from "./rows.ts";
import type { ModelFacts, SyncedModel, SyncedPrice } from "./synced.ts";

interface CatalogChange {
  readonly kind: "model-added" | "model-changed" | "price-added" | "price-changed" | "model-gone";
  /** The deployment that the source speaks of. */
  readonly subject: string;
  readonly detail: string;
}

export type CatalogDelta =
  | {
      readonly ok: true;
      readonly changes: readonly CatalogChange[];
      /** To be appended, all or none. */
      readonly models: readonly SyncedModel[];
      readonly prices: readonly SyncedPrice[];
    }
  | { readonly ok: false; readonly problems: readonly DocumentProblem[] };

export interface SyncInput {
  readonly rows: CatalogRows;
  /** What earlier syncs appended. */
  readonly synced: SyncedRows;
  readonly document: unknown;
  /** Where the document came from; it stands in every row. */
  readonly source: string;
  readonly now: Date;
}

export function diffCatalog(input: SyncInput): CatalogDelta {
  const read = readModelsDev(input.document);
  if (!read.ok) return read;
  const known = mergeRows(input.rows, input.synced, input.now);
  const stamp = { source: input.source, validFrom: input.now };
  const changes: CatalogChange[] = [];
  const models: SyncedModel[] = [];
  const prices: SyncedPrice[] = [];

  for (const offer of read.offers) {
    const subject = offer.deploymentId;
    const deployment = known.deployments.get(subject);
    // A model that is on its way out is not taken up.
    if (!deployment && offer.facts.status === "deprecated") continue;
    const change = factChange(known, deployment, offer);
    if (change) {
      changes.push({ ...change, subject });
      const facts = deployment ? { ...offer.facts, model: deployment.modelId } : offer.facts;
      models.push({ deploymentId: subject, facts, gone: false, ...stamp });
    }
    const before = deployment && priceAt(deployment.prices, input.now);
    const priced = priceChange(before, offer.price);
    if (!priced || !offer.price) continue;
    changes.push({ ...priced, subject });
    prices.push(versioned(offer.price, subject, stamp));
  }
  for (const deployment of missing(known, read.offers, read.providers)) {
    const model = known.models.get(deployment.modelId);
    if (!model) continue;
    changes.push({
      kind: "model-gone",
      subject: deployment.id,
      detail: "no longer listed; kept, marked deprecated",
    });
    models.push({ deploymentId: deployment.id, facts: factsOf(model, deployment), gone: true, ...stamp });
  }
  return { ok: true, changes, models, prices };
}

type Change = Omit<CatalogChange, "subject">;

function factChange(
  known: MergedRows,
  deployment: MergedDeployment | undefined,
  offer: Offer,
): Change | undefined {
  if (!deployment) return { kind: "model-added", detail: `${offer.facts.name} (${offer.facts.model})` };
  if (deployment.gone) return { kind: "model-added", detail: `${offer.facts.name} is listed again` };
  const model = known.models.get(deployment.modelId);
  // Providers differ in how they cut a model; its facts are those of one of them.
  if (!model || known.homes.get(deployment.modelId) !== deployment.id) return undefined;
  const differences = comparedFacts.flatMap((field) => {
    const [before, after] = [inWords(model[field]), inWords(offer.facts[field])];
    return before === after ? [] : [`${field} ${before} → ${after}`];
  });
  return differences.length === 0 ? undefined : { kind: "model-changed", detail: differences.join("; ") };
}

const comparedFacts = [
  "name",
  "family",
  "capabilities",
  "inputModalities",
  "outputModalities",
  "contextTokens",
  "maxOutputTokens",
  "knowledge",
  "released",
  "status",
  "openWeights",
] as const satisfies readonly (keyof ModelFacts & keyof ModelRow)[];

function priceChange(before: SyncedPrice | undefined, after: OfferedPrice | undefined): Change | undefined {
  // Where the source names no price any more, the last one it named stays the last that is known.
  if (!after) return undefined;
  if (!before) {
    return {
      kind: "price-added",
      detail: `input ${formatPrice(after.inputUsdPerMillion)}, output ${formatPrice(after.outputUsdPerMillion)} USD per million`,
    };
  }
  const differences = pricedThings.flatMap(([field, word]) =>
    before[field] === after[field] ? [] : [`${word} ${dollars(before[field])} → ${dollars(after[field])}`],
  );
  if (tiersInWords(before.tiers) !== tiersInWords(after.tiers)) {
    differences.push(`tiers ${tiersInWords(before.tiers)} → ${tiersInWords(after.tiers)}`);
  }
  if (differences.length === 0) return undefined;
  return { kind: "price-changed", detail: `${differences.join(", ")} USD per million` };
}

const pricedThings = [
  ["inputUsdPerMillion", "input"],
  ["outputUsdPerMillion", "output"],
  ["cachedInputUsdPerMillion", "cached input"],
  ["cacheWriteUsdPerMillion", "cache write"],
  ["audioInputUsdPerMillion", "audio input"],
  ["audioOutputUsdPerMillion", "audio output"],
  ["reasoningUsdPerMillion", "reasoning"],
] as const;

const dollars = (price: number | undefined): string => (price === undefined ? "none" : formatPrice(price));

const tiersInWords = (tiers: SyncedPrice["tiers"]): string =>
  tiers
    .map((tier) =>
      [
        `over ${tier.aboveInputTokens}: input ${dollars(tier.inputUsdPerMillion)}`,
        `output ${dollars(tier.outputUsdPerMillion)}`,
        `cached input ${dollars(tier.cachedInputUsdPerMillion)}`,
        `cache write ${dollars(tier.cacheWriteUsdPerMillion)}`,
      ].join(" "),
    )
    .join(" and ") || "none";

const versioned = (
  price: OfferedPrice,
  deploymentId: string,
  stamp: { readonly source: string; readonly validFrom: Date },
): SyncedPrice => ({
  deploymentId,
  version: stamp.validFrom.toISOString(),
  inputUsdPerMillion: price.inputUsdPerMillion,
  outputUsdPerMillion: price.outputUsdPerMillion,
  cachedInputUsdPerMillion: price.cachedInputUsdPerMillion,
  cacheWriteUsdPerMillion: price.cacheWriteUsdPerMillion,
  audioInputUsdPerMillion: price.audioInputUsdPerMillion,
  audioOutputUsdPerMillion: price.audioOutputUsdPerMillion,
  reasoningUsdPerMillion: price.reasoningUsdPerMillion,
  tiers: price.tiers,
  ...stamp,
});

/** Known at a provider that the document speaks of, but not in it. A provider it leaves out is left alone. */
function missing(
  known: MergedRows,
  offers: readonly Offer[],
  providers: ReadonlySet<string>,
): readonly MergedDeployment[] {
  const offered = new Set(offers.map((offer) => offer.deploymentId));
  return [...known.deployments.values()].filter(
    (row) =>
      providers.has(row.providerId) &&
      !row.gone &&
      row.region === undefined &&
      !offered.has(row.id) &&
      !onlyJudges(row),
  );
}

/** models.dev lists what answers, so what it leaves out of these is not gone. */
const onlyJudges = ({ upstreamModel }: MergedDeployment): boolean =>
  formatOfModel(upstreamModel) === "openai-moderation";

function factsOf(row: ModelRow, deployment: MergedDeployment): ModelFacts {
  const { id, asOf: _asOf, ...facts } = row;
  return { ...facts, model: id, upstreamModel: deployment.upstreamModel };
}

const inWords = (value: string | number | boolean | readonly string[] | undefined): string =>
  value === undefined ? "unknown" : typeof value === "object" ? value.join(" ") || "none" : `${value}`;
