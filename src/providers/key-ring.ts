// Which of a provider's keys a call uses: the least busy in turn, for a session always the same, none that was
// refused lately. `places.ts` keeps one for each provider; a key is told by its number and never shown.

import type { Secret } from "../core/secret.ts";

export interface ProviderKey {
  /** From 1, as written in the environment. */
  readonly number: number;
  /** Undefined where the provider wants none. */
  readonly secret: Secret | undefined;
  /** Calls that use it now. */
  running: number;
}

/** `refused`: the provider does not take it. `rate-limit`: it was used too much. */
type AsideCause = "refused" | "rate-limit";

export interface Aside {
  readonly cause: AsideCause;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Undefined: for every deployment. */
  readonly deploymentId: string | undefined;
}

export interface KeyRing {
  readonly keys: readonly ProviderKey[];
  /** Undefined where none may be used for the deployment, or none that `isFree` accepts. */
  pick(
    deploymentId: string,
    session: string | undefined,
    isFree?: (key: ProviderKey) => boolean,
  ): ProviderKey | undefined;
  setAside(key: ProviderKey, aside: Aside): void;
  /** What keeps a key from being used now. */
  asideOf(key: ProviderKey): readonly Aside[];
  /** The one that ends first, of those that keep every key from the deployment; undefined where one may be used. */
  soonest(deploymentId: string): Aside | undefined;
}

/** Callers make up ids of unlisted models, so no more than this many are kept for a key. */
const mostAside = 1_000;

export function createKeyRing(secrets: readonly (Secret | undefined)[], now: () => number): KeyRing {
  const keys = secrets.map((secret, index): ProviderKey => ({ number: index + 1, secret, running: 0 }));
  const asides = new Map(keys.map((key) => [key, new Map<string, Aside>()]));
  /** When each was taken last, counted in calls. */
  const takenAt = new Map(keys.map((key) => [key, 0]));
  let calls = 0;

  function asideFor(key: ProviderKey, deploymentId: string): Aside | undefined {
    const all = asides.get(key);
    if (all === undefined || all.size === 0) return undefined;
    const passed = now();
    return [all.get(everywhere), all.get(deploymentId)]
      .filter((aside) => aside !== undefined && aside.until > passed)
      .sort((a, b) => (b?.until ?? 0) - (a?.until ?? 0))[0];
  }

  return {
    keys,
    pick(deploymentId, session, isFree = () => true) {
      const fit = keys.filter((key) => isFree(key) && asideFor(key, deploymentId) === undefined);
      const rank = (key: ProviderKey): readonly [number, number] =>
        session === undefined
          ? [key.running, takenAt.get(key) ?? 0]
          : [-hashOf(`${key.number}\0${session}`), 0];
      const ranked = fit.map((key) => ({ key, rank: rank(key) }));
      ranked.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
      const picked = ranked[0]?.key;
      if (picked !== undefined) takenAt.set(picked, (calls += 1));
      return picked;
    },
    setAside(key, aside) {
      const all = asides.get(key);
      const scope = aside.deploymentId ?? everywhere;
      const known = all?.get(scope);
      if (all === undefined || (known !== undefined && known.until > aside.until)) return;
      const oldest = all.size >= mostAside ? all.keys().next().value : undefined;
      if (oldest !== undefined) all.delete(oldest);
      all.delete(scope);
      all.set(scope, aside);
    },
    asideOf: (key) => [...(asides.get(key)?.values() ?? [])].filter(({ until }) => until > now()),
    soonest(deploymentId) {
      const all = keys.map((key) => asideFor(key, deploymentId));
      const known = all.filter((aside) => aside !== undefined);
      return known.length < keys.length ? undefined : known.toSorted((a, b) => a.until - b.until)[0];
    },
  };
}

const everywhere = "";

/** FNV-1a: spreads sessions over keys alike on every replica, and moves few of them where a key is left alone. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
