// Asks every configured classifier its canaries once, under the policy of the folder, with nothing but them.
// `portcullis doctor` calls it; no database is opened and nothing is recorded.

import { buildCatalog } from "../catalog/build.ts";
import { loadRows } from "../catalog/load.ts";
import type { Config } from "../config.ts";
import { publicData } from "../core/sensitivity.ts";
import { operator } from "../intake/authenticate.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import { createPools } from "../providers/pools.ts";
import { createProviders } from "../providers/providers.ts";
import type { Ask } from "../safety/classifiers/model-classifier.ts";
import { settingsOf } from "./build-snapshot.ts";
import { openRoster } from "./classifiers.ts";
import { hypotheticalRequest } from "./hypothetical.ts";
import { readBundle } from "./policy-source.ts";

export interface ProbedClassifier {
  readonly id: string;
  readonly ok: boolean;
  readonly detail: string;
}

const silent = { classified: () => undefined, classifierState: () => undefined };

export async function probeClassifiers(config: Config): Promise<readonly ProbedClassifier[]> {
  if (config.classifiers.length === 0) return [];
  const policy = await loadPolicy({ files: await readBundle(config.policiesFolder), version: 0 });
  const settings = settingsOf(config);
  const { demo } = config;
  const stated = { rows: loadRows(), settings, attestations: [], synced: { models: [], prices: [] } };
  const catalog = buildCatalog({ ...stated, now: new Date(), demo });
  const pools = createPools(config);
  const providers = createProviders({ pools, keysOf: (id) => config.providers.get(id)?.keys ?? [] });
  const roster = openRoster(config, silent, Date.now);
  const caller = operator("key:gateway", policy.rolesOf);

  function askFor(id: string): Ask | undefined {
    const deployment = catalog.deployment(id);
    const about = { caller, model: id, data: publicData, purpose: undefined };
    const request = hypotheticalRequest({ ...about, action: "moderate" });
    const target = deployment && policy.permit(request, [deployment]).allowed[0];
    return target && ((call, signal) => providers.moderate(target, call, { signal }));
  }

  try {
    await roster.start(askFor);
    return roster.seats.map(({ id, state, because }) => {
      if (state === "fit") return { id, ok: true, detail: "got both canaries right" };
      if (state !== "unproven") return { id, ok: false, detail: because ?? state };
      return { id, ok: true, detail: "was not asked: the policy lets only requests of others ask it" };
    });
  } finally {
    roster.close();
    await pools.close();
  }
}
