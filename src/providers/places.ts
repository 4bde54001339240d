// A place at a provider for one attempt: the key that it uses, another where that one is refused, and a slot where
// a limit is published. `gateway/failover.ts` takes one before each attempt. A provider with one key and no limit
// costs a look into a table.

import { identityOf } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import { Failure } from "../core/errors.ts";
import type { Secret } from "../core/secret.ts";
import type { Permitted } from "../core/stages.ts";
import type { SlotLimits } from "../core/route.ts";
import { createKeyRing, type Aside, type KeyRing, type ProviderKey } from "./key-ring.ts";
import { createSlots, type Slots, type WaitOutcome, type Who } from "./slots.ts";
import { AttemptFailure } from "./upstream-failure.ts";

export interface Place {
  readonly key: Secret | undefined;
  /** The provider refused the key with this status. True where another key has taken its place. */
  refused(status: number, retryAfterSeconds: number | undefined): boolean;
  /** The call is over, however it ended; calling it again does nothing. */
  end(): void;
}

export interface Places {
  /**
   * Undefined where there is nothing to choose. A failure where no key may be used now. A promise where every slot
   * is taken: it never rejects, and ends with a failure where it takes longer, or `signal` is aborted.
   */
  enter(deployment: Deployment, asker: Asker, patience: Patience): Entry | Promise<Entry>;
  /** The same for who would not wait: a failure where every slot is taken. */
  enterAtOnce(deployment: Deployment, asker: Asker): Entry;
  /** From now on these limits hold, also for who waits. */
  limit(limits: SlotLimits): void;
  /** The keys of providers that have several. */
  keys(): readonly KeyState[];
  slots(): readonly SlotState[];
}

export type Entry = Place | AttemptFailure | undefined;

type Asker = Pick<Permitted, "caller" | "sessionId" | "request">;

interface Patience {
  readonly milliseconds: number;
  readonly signal: AbortSignal;
}

/** What a limit allows this replica, and what of it is in use. */
export interface SlotState {
  /** The provider or deployment that is limited. */
  readonly limited: string;
  readonly slots: number;
  readonly running: number;
  readonly waiting: number;
}

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
  /** Somebody's wait for a slot is over. */
  onWaited(limited: string, outcome: WaitOutcome, milliseconds: number): void;
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
  /** By the provider or deployment that is limited. */
  let limited = new Map<string, Slots>();

  function ringOf(providerId: string): KeyRing {
    let ring = rings.get(providerId);
    if (ring === undefined) {
      const keys = parts.keysOf(providerId);
      ring = createKeyRing(keys.length === 0 ? [undefined] : keys, parts.now);
      rings.set(providerId, ring);
    }
    return ring;
  }

  for (const id of parts.providers) if (parts.keysOf(id).length > 1) ringOf(id);

  /** Undefined while every slot of the keys that may be used is taken. */
  function enterNow(
    ring: KeyRing,
    slots: Slots | undefined,
    deployment: Deployment,
    asker: Asker,
  ): Place | AttemptFailure | undefined {
    const { id } = deployment;
    const who = whoOf(asker);
    const key = ring.pick(id, sessionOf(asker), slots && ((one) => slots.isFree(one, who)));
    if (key !== undefined) return placeAt({ ring, slots, deployment, who, session: sessionOf(asker) }, key);
    const soonest = ring.soonest(id);
    return soonest && allAside(deployment, soonest, parts.now());
  }

  function placeAt({ ring, slots, deployment, who, session }: Seat, first: ProviderKey): Place {
    const { id, provider } = deployment;
    const tried = new Set<ProviderKey>();
    let key: ProviderKey | undefined;
    let since = 0;
    const take = (next: ProviderKey): void => {
      key = next;
      since = parts.now();
      next.running += 1;
      slots?.take(next, who);
    };
    const leave = (): void => {
      const held = key;
      if (held === undefined) return;
      key = undefined;
      held.running -= 1;
      slots?.leave(held, who, parts.now() - since);
    };
    take(first);
    return {
      get key() {
        return key?.secret;
      },
      refused(status, retryAfterSeconds) {
        const refusal = refusals[status];
        if (key === undefined || refusal === undefined || ring.keys.length === 1) return false;
        const asked = retryAfterSeconds === undefined ? refusal.milliseconds : retryAfterSeconds * 1_000;
        const until = parts.now() + Math.min(Math.max(asked, 1_000), longest);
        const aside = { cause: refusal.cause, until, deploymentId: refusal.everywhere ? undefined : id };
        ring.setAside(key, aside);
        parts.onSetAside({ ...aside, providerId: provider.id, number: key.number, status });
        tried.add(key);
        const next = ring.pick(id, session, (one) => !tried.has(one) && slots?.isFree(one, who) !== false);
        if (next === undefined) return false;
        leave();
        take(next);
        return true;
      },
      end: leave,
    };
  }

  return {
    enter(deployment, asker, { milliseconds, signal }) {
      const ring = rings.get(deployment.provider.id);
      if (ring === undefined) return undefined;
      const name = limited.has(deployment.id) ? deployment.id : deployment.provider.id;
      const slots = limited.get(name);
      if (slots === undefined && ring.keys.length === 1) return undefined;
      const entered = slots?.quiet === false ? undefined : enterNow(ring, slots, deployment, asker);
      if (entered !== undefined || slots === undefined) return entered;
      return slots.wait(whoOf(asker), () => enterNow(ring, slots, deployment, asker), {
        mostMilliseconds: milliseconds,
        signal,
        onOutcome: (outcome, waited) => parts.onWaited(name, outcome, waited),
      });
    },
    enterAtOnce(deployment, asker) {
      const ring = rings.get(deployment.provider.id);
      const slots = limited.get(deployment.id) ?? limited.get(deployment.provider.id);
      if (ring === undefined || (slots === undefined && ring.keys.length === 1)) return undefined;
      const entered = slots?.quiet === false ? undefined : enterNow(ring, slots, deployment, asker);
      return entered ?? slots?.overloaded("full");
    },
    limit(limits) {
      const before = limited;
      limited = new Map(
        [...limits].map(([name, limit]) => {
          const ring = ringOf(name.split("/")[0] ?? name);
          return [name, before.get(name) ?? createSlots(name, limit, ring.keys, parts.now)];
        }),
      );
      for (const [name, slots] of [...before, ...limited]) slots.configure(limits.get(name) ?? withoutLimit);
    },
    keys: () =>
      [...rings]
        .filter(([, { keys }]) => keys.length > 1)
        .flatMap(([providerId, ring]) =>
          ring.keys.map((key) => ({
            providerId,
            number: key.number,
            running: key.running,
            aside: ring.asideOf(key),
          })),
        ),
    slots: () => [...limited].map(([name, slots]) => ({ limited: name, ...slots.load() })),
  };
}

/** Where a place is, and whose. */
interface Seat {
  readonly ring: KeyRing;
  readonly slots: Slots | undefined;
  readonly deployment: Deployment;
  readonly who: Who;
  readonly session: string | undefined;
}

/** For who still waits when a limit goes. */
const withoutLimit = { concurrent: Infinity, queue: 0, wait: 0 };

const whoOf = ({ caller, request }: Asker): Who => ({
  team: caller.team,
  kind: request.action === "moderate" ? "check" : "answer",
});

const sessionOf = ({ caller, sessionId }: Asker): string | undefined =>
  sessionId === undefined ? undefined : `${identityOf(caller)}\0${sessionId}`;

/** What it would say if it were asked once more. The alarm was given when the last of them was set aside. */
function allAside({ provider }: Deployment, soonest: Aside, now: number): AttemptFailure {
  const retryAfterSeconds = Math.max(1, Math.ceil((soonest.until - now) / 1_000));
  const limited = soonest.cause === "rate-limit";
  const failure = limited
    ? new Failure("RATE_LIMITED", `${provider.name} is rate limiting.`, { retryAfterSeconds })
    : new Failure("UPSTREAM_FAILED", `${provider.name} refused the gateway's credentials.`);
  return new AttemptFailure(failure, { mayTryAnother: true, fault: limited ? "rate-limit" : "errors" });
}
