// Builds what is in force now from what the store holds: the newest policy, and the catalog with
// its attestations and synced rows. Called at start and after every change anywhere.

import { buildCatalog } from "../catalog/build.ts";
import type { Catalog, ProviderSetting } from "../catalog/catalog.ts";
import { loadRows } from "../catalog/load.ts";
import { scoreLookup } from "../catalog/quality.ts";
import type { Config } from "../config.ts";
import { Failure } from "../core/errors.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { hashBundle } from "../policy/bundle.ts";
import { parseGraph } from "../policy/graph-file.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import type { Store } from "../store/store.ts";

/** What is listed now: shipped, synced, attested, and configured. */
export function createCatalogBuilder(
  store: Pick<Store, "evidence" | "synced">,
  config: Config,
  now: () => Date,
): () => Promise<Catalog> {
  const rows = loadRows();
  const settings = settingsOf(config);
  return async () => {
    const [attestations, synced] = await Promise.all([store.evidence.list(), store.synced.list()]);
    return buildCatalog({ rows, settings, attestations, synced, now: now(), demo: config.demo });
  };
}

export function createSnapshotBuilder(
  store: Store,
  config: Config,
  now: () => Date,
): () => Promise<Snapshot> {
  const catalogNow = createCatalogBuilder(store, config, now);
  let loaded:
    | Pick<Snapshot, "policy" | "routes" | "breaker" | "limits" | "entityTypes" | "abortsUpTo">
    | undefined;

  /** A version never changes, so it is proved and compiled once. */
  async function policyInForce(): Promise<NonNullable<typeof loaded>> {
    const newest = await store.policies.newest();
    if (!newest) throw new Failure("POLICY_UNAVAILABLE");
    const { files, number, sha256 } = newest;
    if (hashBundle(files) !== sha256)
      throw new Error(`policy version ${number} is not what was published: its content has another hash`);
    if (loaded?.policy.version === number) return loaded;
    // One that aborts may be followed by others before this process looks again.
    const abortsUpTo = (await store.policies.list()).findLast(({ revoke }) => revoke === "abort")?.number;
    const policy = await loadPolicy({ files, version: number });
    const { routes, breaker, limits } = parseRoutes(files);
    const entityTypes = parseGraph(files, policy.rows.vocabulary);
    loaded = { policy, routes, breaker, limits, entityTypes, abortsUpTo };
    return loaded;
  }

  return async () => {
    const [inForce, catalog, scores] = await Promise.all([
      policyInForce(),
      catalogNow(),
      store.scores.list(),
    ]);
    return { ...inForce, catalog, scores: scoreLookup(scores) };
  };
}

export function settingsOf(config: Config): ReadonlyMap<string, ProviderSetting> {
  return new Map(
    [...config.providers].map(([id, { keys, baseUrl }]) => [id, { hasKey: keys.length > 0, baseUrl }]),
  );
}
