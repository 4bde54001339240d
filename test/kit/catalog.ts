// Builds a catalog of the shipped rows for tests, with only what a test says different from "nothing is set".
// Tests of the catalog and of what stands on it use it; the moment is fixed unless a test moves it.

import { buildCatalog } from "../../src/catalog/build.ts";
import type { CatalogParts } from "../../src/catalog/build.ts";
import type { Catalog, ProviderSetting } from "../../src/catalog/catalog.ts";
import type { Attestation } from "../../src/catalog/evidence.ts";
import { loadRows } from "../../src/catalog/load.ts";
import { nothingSynced } from "../../src/catalog/merge.ts";
import type { Guarantee } from "../../src/core/deployment.ts";

export const shippedRows = loadRows();

export const someMoment = new Date("2026-11-21T12:00:00.000Z");

export type Settings = Readonly<Record<string, Partial<ProviderSetting>>>;

/** `settings`: provider id → what the operator set; `{}` is a key alone. */
export function catalogWith(
  settings: Settings = {},
  parts: Partial<Omit<CatalogParts, "settings">> = {},
): Catalog {
  return buildCatalog({
    rows: shippedRows,
    settings: new Map(
      Object.entries(settings).map(([id, { hasKey, baseUrl }]) => [
        id,
        { hasKey: hasKey ?? baseUrl === undefined, baseUrl },
      ]),
    ),
    attestations: [],
    synced: nothingSynced,
    now: someMoment,
    demo: true,
    ...parts,
  });
}

export const attestation = (over: Partial<Attestation> = {}): Attestation => ({
  id: "att-1",
  subject: "openai",
  guarantee: "zero-retention",
  origin: "https://api.openai.com/v1",
  evidenceUrl: "https://example.com/contract",
  reason: "Signed in spring",
  by: "key:admin",
  at: new Date("2026-11-01T00:00:00Z"),
  until: undefined,
  ...over,
});

export function guaranteeOf(catalog: Catalog, deploymentId: string, name: string): Guarantee | undefined {
  return catalog.deployment(deploymentId)?.guarantees.find((guarantee) => guarantee.name === name);
}

export const holds = (catalog: Catalog, deploymentId: string, name: string): boolean =>
  guaranteeOf(catalog, deploymentId, name)?.held ?? false;
