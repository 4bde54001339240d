// Leaves a deployment alone that keeps failing: three 429s in a minute, or too large a part of its calls.
// Open: it is not called. Half-open: one call at a time tries it. Another replica's word counts as ours.

import { usualBreaker, type BreakerSettings } from "../core/route.ts";
import type { BreakerState } from "../core/vitals.ts";

export type BreakerCause = "rate-limit" | "errors";

export interface BreakerChange {
  readonly deploymentId: string;
  readonly state: BreakerState;
  readonly cause: BreakerCause;
  /** Milliseconds since the epoch: until when it is not called. */
  readonly until: number;
}

export interface Breaker {
  state(deploymentId: string): BreakerState;
  /** True where it may be called now. Half-open, it gives out one call; report how that ends. */
  admit(deploymentId: string): boolean;
  succeeded(deploymentId: string): void;
  failed(deploymentId: string, cause: BreakerCause, retryAfterMilliseconds?: number): void;
  /** The call ended and says nothing about the deployment. */
  released(deploymentId: string): void;
  /** What another replica found. */
  adopt(deploymentId: string, cause: BreakerCause, until: number): void;
  /** Whatever is not closed. */
  list(): readonly BreakerChange[];
  configure(settings: BreakerSettings): void;
}

interface Watched {
  readonly rateLimits: number[];
  /** Calls and failures in parts of the window, by the number of the part. */
  readonly parts: { number: number; calls: number; failures: number }[];
  until: number;
  cause: BreakerCause;
  isOpen: boolean;
  /** When the one call of half-open went out. */
  probedAt: number | undefined;
  /** Openings since it last was closed. */
  openings: number;
}

const partsOfWindow = 10;
/** A call whose end was never told must not keep it half-open for ever. */
const longestProbe = 60_000;
const longestCooldown = 15 * 60_000;
const mostDoublings = 4;
const mostWatched = 5_000;

export function createBreaker(now: () => number, onChange: (change: BreakerChange) => void): Breaker {
  const all = new Map<string, Watched>();
  let settings: BreakerSettings = usualBreaker;

  function watchedOf(id: string): Watched {
    let watched = all.get(id);
    if (watched === undefined) {
      // Callers make up ids of unlisted models, so no more than this many are kept.
      const oldest = all.size >= mostWatched ? all.keys().next().value : undefined;
      if (oldest !== undefined) all.delete(oldest);
      all.set(id, (watched = fresh()));
    }
    return watched;
  }

  function open(id: string, watched: Watched, cause: BreakerCause, until: number, isOwn: boolean): void {
    watched.isOpen = true;
    watched.cause = cause;
    watched.until = Math.max(watched.until, until);
    watched.probedAt = undefined;
    if (isOwn) watched.openings += 1;
    if (isOwn) onChange({ deploymentId: id, state: "open", cause, until: watched.until });
  }

  function count(watched: Watched, failed: boolean): void {
    const number = Math.floor(now() / (settings.within / partsOfWindow));
    let part = watched.parts.at(-1);
    if (part?.number !== number) watched.parts.push((part = { number, calls: 0, failures: 0 }));
    while ((watched.parts[0]?.number ?? number) <= number - partsOfWindow) watched.parts.shift();
    part.calls += 1;
    if (failed) part.failures += 1;
  }

  function causeToOpen(watched: Watched): BreakerCause | undefined {
    const since = now() - settings.within;
    while ((watched.rateLimits[0] ?? Infinity) <= since) watched.rateLimits.shift();
    if (watched.rateLimits.length >= settings.rateLimits) return "rate-limit";
    const calls = watched.parts.reduce((sum, part) => sum + part.calls, 0);
    const failures = watched.parts.reduce((sum, part) => sum + part.failures, 0);
    return calls >= settings.atLeast && failures / calls >= settings.errors ? "errors" : undefined;
  }

  const stateOf = (watched: Watched | undefined): BreakerState => {
    if (watched === undefined || !watched.isOpen) return "closed";
    return watched.until > now() ? "open" : "half-open";
  };

  return {
    state: (id) => stateOf(all.get(id)),
    admit(id) {
      const watched = all.get(id);
      const state = stateOf(watched);
      if (watched === undefined || state !== "half-open") return state === "closed";
      if (watched.probedAt !== undefined && watched.probedAt > now() - longestProbe) return false;
      watched.probedAt = now();
      return true;
    },
    succeeded(id) {
      const watched = watchedOf(id);
      if (!watched.isOpen) return count(watched, false);
      // One that was called before it opened proves nothing.
      if (watched.probedAt === undefined) return;
      all.delete(id);
      onChange({ deploymentId: id, state: "closed", cause: watched.cause, until: now() });
    },
    failed(id, cause, retryAfterMilliseconds = 0) {
      const watched = watchedOf(id);
      const isProbe = watched.isOpen && watched.probedAt !== undefined;
      count(watched, true);
      if (cause === "rate-limit") watched.rateLimits.push(now());
      const why = isProbe ? cause : causeToOpen(watched);
      if (why === undefined || (watched.isOpen && !isProbe)) return;
      const cooldown = settings.cooldown * 2 ** Math.min(watched.openings, mostDoublings);
      const wait = Math.min(Math.max(cooldown, retryAfterMilliseconds), longestCooldown);
      open(id, watched, why, now() + wait, true);
    },
    released(id) {
      const watched = all.get(id);
      if (watched) watched.probedAt = undefined;
    },
    adopt(id, cause, until) {
      if (until > now()) open(id, watchedOf(id), cause, until, false);
    },
    list: () =>
      [...all].flatMap(([deploymentId, watched]) =>
        watched.isOpen
          ? [{ deploymentId, state: stateOf(watched), cause: watched.cause, until: watched.until }]
          : [],
      ),
    configure: (next) => void (settings = next),
  };
}

const fresh = (): Watched => ({
  rateLimits: [],
  parts: [],
  until: 0,
  cause: "errors",
  isOpen: false,
  probedAt: undefined,
  openings: 0,
});
