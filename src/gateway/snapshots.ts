// What is in force at one moment: a policy, a catalog and the routes, immutable and swapped whole.
// A request pins the one that is current when it arrives, and keeps it to its end.

import type { Catalog } from "../catalog/catalog.ts";
import type { ScoreOf } from "../catalog/quality.ts";
import { Failure } from "../core/errors.ts";
import type { BreakerSettings, Route, SlotLimits } from "../core/route.ts";
import type { EntityType } from "../policy/graph-file.ts";
import type { LoadedPolicy } from "../policy/load-policy.ts";

export interface Snapshot {
  readonly policy: LoadedPolicy;
  /** The newest version so far that was published to end running answers; undefined where none was. */
  readonly abortsUpTo?: number | undefined;
  readonly catalog: Catalog;
  readonly routes: readonly Route[];
  /** From the evaluation table: of the task, or overall. Absent where none was imported. */
  readonly scores?: ScoreOf | undefined;
  /** Absent: the usual one. */
  readonly breaker?: BreakerSettings | undefined;
  /** Absent: none. */
  readonly limits?: SlotLimits | undefined;
  /** Fields that a model answers on types of a company's own; absent: none. */
  readonly entityTypes?: readonly EntityType[] | undefined;
}

export interface Snapshots {
  /** Throws POLICY_UNAVAILABLE where none was ever built, or the last word on it is too old. */
  current(): Snapshot;
  /** Builds anew from the store. A build that fails leaves the old one in force and is reported. */
  refresh(): Promise<void>;
  /** Ends the tries to build what could not be built. */
  stop(): void;
  /** Reasons why this replica should not be sent requests; empty when all is well. */
  readonly troubles: readonly string[];
}

export interface SnapshotParts {
  build(): Promise<Snapshot>;
  now(): number;
  /** When the store was last heard of, milliseconds since the epoch. */
  lastHeard(): number;
  onFault(error: unknown): void;
  /** Told of each snapshot once it is in force. */
  onSwap?: ((snapshot: Snapshot) => void) | undefined;
}

/** Without word from the store: unready after the first, nothing allowed after the second. */
const unreadyAfterMilliseconds = 10_000;
const unavailableAfterMilliseconds = 60_000;

/** A change is announced once, so a build that failed is tried again without being asked. */
const retryMilliseconds = 1_000;

export function createSnapshots(parts: SnapshotParts): Snapshots {
  let current: Snapshot | undefined;
  let building: Promise<void> | undefined;
  let again = false;
  /** What went wrong last; undefined while all is well. */
  let fault: string | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopped = false;

  async function build(): Promise<void> {
    clearTimeout(retry);
    do {
      again = false;
      try {
        current = await parts.build();
        fault = undefined;
        parts.onSwap?.(current);
      } catch (error) {
        noteFault(error);
      }
    } while (again);
    if (fault === undefined || stopped) return;
    retry = setTimeout(() => void refresh(), retryMilliseconds);
    retry.unref();
  }

  /** Told once, not at every try. */
  function noteFault(error: unknown): void {
    const message = String(error);
    if (message !== fault && !stopped) parts.onFault(error);
    fault = message;
  }

  /** A change that comes during a build asks for one more, so that none is missed. */
  function refresh(): Promise<void> {
    if (building) again = true;
    building ??= build().finally(() => {
      building = undefined;
    });
    return building;
  }

  return {
    current() {
      if (!current) throw new Failure("POLICY_UNAVAILABLE");
      const now = parts.now();
      if (now - parts.lastHeard() > unavailableAfterMilliseconds) throw new Failure("POLICY_UNAVAILABLE");
      // A guarantee has just expired: the policy sees that by itself, the catalog shows it once rebuilt.
      if (now >= current.catalog.validUntil && !building) void refresh();
      return current;
    },
    refresh,
    stop() {
      stopped = true;
      clearTimeout(retry);
    },
    get troubles() {
      const silent = parts.now() - parts.lastHeard() > unreadyAfterMilliseconds;
      return [
        ...(current ? [] : ["no policy is loaded"]),
        ...(current && fault !== undefined
          ? ["the newest policy or catalog could not be built; the one before is in force"]
          : []),
        ...(silent ? ["the database has not been heard of for 10 seconds"] : []),
      ];
    },
  };
}
