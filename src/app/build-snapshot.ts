// Builds what is in force now from what the store holds: the newest policy, and the catalog with
// its attestations and synced rows. Called at start and after every change anywhere.

import { buildCatalog } from "../catalog/build.ts";
import type { ProviderSetting } from "../catalog/catalog.ts";
import { loadRows } from "../catalog/load.ts";
import type { Config } from "../config.ts";
import { Failure } from "../core/errors.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { loadPolicy, type LoadedPolicy } from "../policy/load-policy.ts";
import { parseRoutes } from "../policy/routes-file.ts";
import type { Store } from "../store/store.ts";

export function createSnapshotBuilder(
  store: Store,
  config: Config,
  now: () => Date,
): () => Promise<Snapshot> {
  const rows = loadRows();
  let loaded: LoadedPolicy | undefined;

  /** A version never changes, so it is proved and compiled once. */
  async function policyInForce(): Promise<{ policy: LoadedPolicy; files: Readonly<Record<string, string>> }> {
    const newest = await store.policies.newest();
    if (!newest) throw new Failure("POLICY_UNAVAILABLE");
    if (loaded?.version !== newest.number)
      loaded = await loadPolicy({ files: newest.files, version: newest.number });
    return { policy: loaded, files: newest.files };
  }

  return async () => {
    const [{ policy, files }, attestations, synced] = await Promise.all([
      policyInForce(),
      store.evidence.list(),
      store.synced.list(),
    ]);
    const settings = settingsOf(config);
    const catalog = buildCatalog({ rows, settings, attestations, synced, now: now(), demo: config.demo });
    return { policy, catalog, routes: parseRoutes(files) };
  };
}

function settingsOf(config: Config): ReadonlyMap<string, ProviderSetting> {
  return new Map(
    [...config.providers].map(([id, { keys, baseUrl }]) => [id, { hasKey: keys.length > 0, baseUrl }]),
  );
}
