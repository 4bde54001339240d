// Which break-glass grants are in force now, apart from the policy: one that was ended must not live
// on because a policy cannot be built. The stages ask for the caller's; no request can bring its own.

import type { Caller } from "../core/caller.ts";
import { grantFor, type BreakGlassGrant } from "../policy/break-glass.ts";

export interface Grants {
  /** Asked for each request, so it costs nothing where there is none. */
  activeFor(caller: Pick<Caller, "key" | "team" | "user">): BreakGlassGrant | undefined;
  /** Reads anew. Where that fails there is none, until it succeeds. */
  refresh(): Promise<void>;
  close(): void;
}

export interface GrantParts {
  read(): Promise<readonly BreakGlassGrant[]>;
  now(): number;
  onFault(error: unknown): void;
}

const retryMilliseconds = 1_000;

export function createGrants(parts: GrantParts): Grants {
  let grants: readonly BreakGlassGrant[] = [];
  let reading: Promise<void> | undefined;
  let again = false;
  let failing = false;
  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function read(): Promise<void> {
    clearTimeout(retry);
    try {
      do {
        again = false;
        grants = await parts.read();
        failing = false;
      } while (again);
    } catch (error) {
      grants = [];
      // An outage is told once, not at every try.
      if (!failing && !closed) parts.onFault(error);
      failing = true;
      if (!closed) retry = setTimeout(() => void refresh(), retryMilliseconds).unref();
    }
  }

  /** A change that comes during a reading asks for one more. */
  function refresh(): Promise<void> {
    if (reading) again = true;
    reading ??= read().finally(() => (reading = undefined));
    return reading;
  }

  return {
    activeFor: (caller) => (grants.length === 0 ? undefined : grantFor(caller, grants, parts.now())),
    refresh,
    close() {
      closed = true;
      clearTimeout(retry);
    },
  };
}
