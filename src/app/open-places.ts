// Puts together the places at providers: keys of the environment, limits of routes.yaml. `app.ts` calls it once.
// A limit is for all replicas: each that lives takes its part. Nobody is asked while no limit is published.

import type { Config } from "../config.ts";
import type { SlotLimit, SlotLimits } from "../core/route.ts";
import type { Secret } from "../core/secret.ts";
import { createPlaces, type Places } from "../providers/places.ts";
import type { ReplicaBook } from "../store/replicas.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";

interface OpenedPlaces {
  readonly places: Places;
  keysOf(providerId: string): readonly Secret[];
  /** Call it where other limits may be published than before. Never rejects. */
  divideLimits(): Promise<void>;
  stopDividing(): void;
}

interface PlacesParts {
  /** Those published now. */
  limits(): SlotLimits | undefined;
  readonly replicas: Pick<ReplicaBook, "id" | "list">;
  readonly telemetry: Pick<Telemetry, "keySetAside" | "slotWaited">;
  now(): number;
  onFault(error: unknown): void;
}

/** Replicas come and go; one that died is counted for a minute. */
const lookEveryMilliseconds = 5_000;

export function openPlaces({ providers }: Config, parts: PlacesParts): OpenedPlaces {
  const { replicas, telemetry, now, onFault } = parts;
  const keysOf = (id: string): readonly Secret[] => providers.get(id)?.keys ?? [];
  const places = createPlaces({
    providers: [...providers.keys()],
    keysOf,
    now,
    onSetAside: (aside) => telemetry.keySetAside(aside),
    onWaited: (...waited) => telemetry.slotWaited(...waited),
  });
  let inForce: SlotLimits = none;
  let failing = false;

  async function divideLimits(): Promise<void> {
    try {
      const limits = parts.limits() ?? none;
      if (limits.size === 0 && inForce.size === 0) return;
      inForce = limits;
      const all = limits.size === 0 ? [] : await replicas.list();
      if (limits !== inForce) return;
      const place = all.findIndex(({ id }) => id === replicas.id);
      const partsOf = [...limits].map(([name, limit]) => [name, partOf(limit, place, all.length)] as const);
      places.limit(new Map(partsOf));
      failing = false;
    } catch (error) {
      // An outage is told once, and the parts stay as they are.
      if (!failing) onFault(error);
      failing = true;
    }
  }

  const timer = setInterval(() => {
    if (inForce.size > 0) void divideLimits();
  }, lookEveryMilliseconds);
  timer.unref();
  return { places, keysOf, divideLimits, stopDividing: () => clearInterval(timer) };
}

const none: SlotLimits = new Map();

/** Of what does not divide the first have one more; nobody has none, or it could not serve at all. */
export function partOf(limit: SlotLimit, place: number, replicas: number): SlotLimit {
  const part = (whole: number): number =>
    Math.max(1, Math.floor(whole / replicas) + (place < whole % replicas ? 1 : 0));
  const { concurrent, checks } = limit;
  return { ...limit, concurrent: part(concurrent), ...(checks !== undefined && { checks: part(checks) }) };
}
