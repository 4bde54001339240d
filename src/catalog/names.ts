// What a name means: a deployment, a model, an alias, or anything at all of a provider that is on.
// `build.ts` makes one resolver a catalog; route names are `routing/`'s and come before all of these.

import type { Deployment, Model, Provider } from "../core/deployment.ts";
import { isId } from "./shapes.ts";

export interface NameTables {
  readonly providers: ReadonlyMap<string, Provider>;
  readonly deployments: ReadonlyMap<string, Deployment>;
  readonly models: ReadonlyMap<string, Model>;
  readonly aliases: ReadonlyMap<string, string>;
  readonly byModel: ReadonlyMap<string, readonly Deployment[]>;
  /** Dated names, which serve only those who ask for them. */
  readonly snapshots: ReadonlySet<string>;
  makeUnlisted(provider: Provider, upstreamModel: string): Deployment;
}

export interface Names {
  deployment(id: string): Deployment | undefined;
  resolve(name: string): readonly Deployment[];
}

/** Callers choose these names, so no more than this many are kept. */
export const unlistedKept = 1_000;

export function createNames(tables: NameTables): Names {
  /** The same list each time: what was decided of one can then be found again. */
  const asked = new Map<string, readonly Deployment[]>();
  const unlisted = new Map<string, readonly Deployment[]>();

  function listed(name: string): readonly Deployment[] | undefined {
    let list = asked.get(name);
    if (list === undefined && (list = find(name)) !== undefined) asked.set(name, list);
    return list;
  }

  function find(name: string): readonly Deployment[] | undefined {
    const deployment = tables.deployments.get(name);
    if (deployment) return [deployment];
    const ofModel = tables.byModel.get(name);
    if (ofModel) return ofModel.filter(({ id }) => !tables.snapshots.has(id));
    const target = tables.aliases.get(name);
    return target === undefined ? undefined : listed(target);
  }

  function onDemand(id: string): readonly Deployment[] | undefined {
    const known = unlisted.get(id);
    if (known) {
      unlisted.delete(id);
      unlisted.set(id, known);
      return known;
    }
    const slash = id.indexOf("/");
    const provider = tables.providers.get(id.slice(0, Math.max(slash, 0)));
    const upstreamModel = id.slice(slash + 1);
    if (!provider?.enabled || provider.dialect === "demo" || !isUpstreamName(upstreamModel)) return undefined;
    const made = [tables.makeUnlisted(provider, upstreamModel)];
    unlisted.set(id, made);
    const oldest = unlisted.size > unlistedKept ? unlisted.keys().next().value : undefined;
    if (oldest !== undefined) unlisted.delete(oldest);
    return made;
  }

  const exactly = (id: string): readonly Deployment[] | undefined => {
    const deployment = tables.deployments.get(id);
    return deployment && [deployment];
  };

  return {
    deployment(id) {
      return tables.deployments.get(id) ?? (inRegion(id, exactly) ?? onDemand(id))?.[0];
    },
    resolve(name) {
      return listed(name) ?? inRegion(name, listed) ?? onDemand(name) ?? [];
    },
  };
}

/** Undefined where what precedes the last `@` is nothing we list: then the `@` belongs to the name. */
function inRegion(
  name: string,
  find: (base: string) => readonly Deployment[] | undefined,
): readonly Deployment[] | undefined {
  const at = name.lastIndexOf("@");
  if (at <= 0) return undefined;
  const region = name.slice(at + 1);
  return find(name.slice(0, at))?.filter((deployment) => deployment.region === region);
}

/** It becomes part of an upstream path in some dialects, so nothing that climbs in one is a name. */
const isUpstreamName = (name: string): boolean =>
  isId(name) && !name.split("/").some((segment) => segment === "" || segment === "." || segment === "..");
