// A place at a provider for one attempt: the key that it uses, and another where that one is refused.
// `gateway/failover.ts` takes one before each attempt. A provider with one key costs a look into a table.

import { identityOf } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import { Failure } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Permitted } from "../core/stages.ts";
import { createKeyRing, type Aside, type KeyRing, type ProviderKey } from "./key-ring.ts";
import { AttemptFailure } from "./upstream-failure.ts";

export interface Place {
  readonly key: Secret | undefined;
  /** The provider refused the key with this status. True where another key has taken its place. */
  refused(status: number, retryAfterSeconds: number | undefined): boolean;
  /** The call is over, however it ended; calling it again does nothing. */
  end(): void;
}

export interface Places {
  /** Undefined where there is nothing to choose. A failure where no key may be used now. */
  enter(deployment: Deployment, asker: Asker): undefined | Place | AttemptFailure;
  /** The keys of providers that have several. */
  keys(): readonly KeyState[];
}

type Asker = Pick<Permitted, "caller" | "sessionId">;

export interface KeyState {
  readonly providerId: string;
  /** From 1. */
  readonly number: number;
  readonly running: number;
  readonly aside: readonly Aside[];
}

interface SetAside extends Aside {
  readonly providerId: string;
  readonly number: number;
  readonly status: number;
}

interface PlaceParts {
  /** Those that are configured. */
  readonly providers: readonly string[];
  keysOf(providerId: string): readonly Secret[];
  now(): number;
  onSetAside(aside: SetAside): void;
}

interface Refusal extends Pick<Aside, "cause"> {
  /** Limits and permissions are mostly a model's; credentials and money are the key's own. */
  readonly everywhere: boolean;
  readonly milliseconds: number;
}

const minutes = 60_000;
const refusals: Readonly<Record<number, Refusal>> = {
  401: { cause: "refused", everywhere: true, milliseconds: 5 * minutes },
  402: { cause: "refused", everywhere: true, milliseconds: 5 * minutes },
  403: { cause: "refused", everywhere: false, milliseconds: 5 * minutes },
  429: { cause: "rate-limit", everywhere: false, milliseconds: 15_000 },
};
const longest = 15 * minutes;

export function createPlaces(parts: PlaceParts): Places {
  const rings = new Map<string, KeyRing>();
  for (const id of parts.providers) {
    const keys = parts.keysOf(id);
    if (keys.length > 1) rings.set(id, createKeyRing(keys, parts.now));
  }

  function placeAt(ring: KeyRing, first: ProviderKey, { id, provider }: Deployment, asker: Asker): Place {
    const session = sessionOf(asker);
    const tried = new Set<ProviderKey>();
    let key: ProviderKey | undefined = first;
    first.running += 1;
    const leave = (): void => {
      if (key !== undefined) key.running -= 1;
      key = undefined;
    };
    return {
      get key() {
        return key?.secret;
      },
      refused(status, retryAfterSeconds) {
        const refusal = refusals[status];
        if (key === undefined || refusal === undefined) return false;
        const asked = retryAfterSeconds === undefined ? refusal.milliseconds : retryAfterSeconds * 1_000;
        const until = parts.now() + Math.min(Math.max(asked, 1_000), longest);
        const aside = { cause: refusal.cause, until, deploymentId: refusal.everywhere ? undefined : id };
        ring.setAside(key, aside);
        parts.onSetAside({ ...aside, providerId: provider.id, number: key.number, status });
        tried.add(key);
        const next = ring.pick(id, session, (one) => !tried.has(one));
        if (next === undefined) return false;
        leave();
        key = next;
        next.running += 1;
        return true;
      },
      end: leave,
    };
  }

  return {
    enter(deployment, asker) {
      const ring = rings.get(deployment.provider.id);
      if (ring === undefined) return undefined;
      const key = ring.pick(deployment.id, sessionOf(asker));
      return key === undefined
        ? allAside(deployment, ring.soonest(deployment.id), parts.now())
        : placeAt(ring, key, deployment, asker);
    },
    keys: () =>
      [...rings].flatMap(([providerId, ring]) =>
        ring.keys.map((key) => ({
          providerId,
          number: key.number,
          running: key.running,
          aside: ring.asideOf(key),
        })),
      ),
  };
}

const sessionOf = ({ caller, sessionId }: Asker): string | undefined =>
  sessionId === undefined ? undefined : `${identityOf(caller)}\0${sessionId}`;

/** What it would say if it were asked once more. The alarm was given when the last of them was set aside. */
function allAside({ provider }: Deployment, soonest: Aside | undefined, now: number): AttemptFailure {
  const retryAfterSeconds = Math.max(1, Math.ceil(((soonest?.until ?? now) - now) / 1_000));
  const limited = soonest?.cause === "rate-limit";
  const failure = limited
    ? new Failure("RATE_LIMITED", `${provider.name} is rate limiting.`, { retryAfterSeconds })
    : new Failure("UPSTREAM_FAILED", `${provider.name} refused the gateway's credentials.`);
  return new AttemptFailure(failure, { mayTryAnother: true, fault: limited ? "rate-limit" : "errors" });
}
