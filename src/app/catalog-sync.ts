// Brings models and prices up to date from a models.dev-shaped document: shows what would change,
// and writes it only when asked to. Nothing that was is ever deleted.

import { loadRows } from "../catalog/load.ts";
import type { DocumentProblem } from "../catalog/models-dev.ts";
import { diffCatalog } from "../catalog/sync.ts";
import type { Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { CatalogDiff } from "../gateway/administration.ts";
import { isLocalOperator } from "../intake/authenticate.ts";
import { fetchDocument } from "../providers/fetch-document.ts";
import type { Pools } from "../providers/pools.ts";
import type { Store } from "../store/store.ts";

export interface CatalogSyncParts {
  readonly store: Store;
  readonly pools: Pools;
  readonly configuredUrl: string;
  now(): Date;
}

export interface CatalogSyncInput {
  /** Absent: PORTCULLIS_CATALOG_URL. */
  readonly url?: string | undefined;
  readonly apply: boolean;
}

export function createCatalogSync(parts: CatalogSyncParts) {
  return async (input: CatalogSyncInput, by: Caller): Promise<CatalogDiff> => {
    const source = input.url ?? parts.configuredUrl;
    requireConfiguredOrigin(source, parts.configuredUrl, by);
    const document = await fetchDocument(parts.pools, source);
    const synced = await parts.store.synced.list();
    const delta = diffCatalog({ rows: loadRows(), synced, document, source, now: parts.now() });
    if (!delta.ok) throw unusable(delta.problems);
    if (input.apply) await parts.store.synced.append(delta);
    return { source, changes: delta.changes, applied: input.apply };
  };
}

/** A few problems say enough; a document of garbage has thousands. */
const mostProblemsShown = 5;

function unusable(problems: readonly DocumentProblem[]): Failure {
  const shown = problems.slice(0, mostProblemsShown).map(({ path, problem }) => `${path} ${problem}`);
  return new Failure("UPSTREAM_FAILED", `The catalog source cannot be used: ${shown.join("; ")}`);
}

/** Only who sits at the machine may name another address: a key must not steer calls of the gateway. */
function requireConfiguredOrigin(source: string, configuredUrl: string, by: Caller): void {
  if (isLocalOperator(by) || URL.parse(source)?.origin === new URL(configuredUrl).origin) return;
  throw new Failure("INVALID_REQUEST", "The catalog is read from the configured origin only.", {
    path: "url",
    fix: "Set PORTCULLIS_CATALOG_URL, or run portcullis catalog sync on the machine itself.",
  });
}
