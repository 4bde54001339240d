// Joins a process's breaker with the other replicas': what opens here is told them, and theirs is taken.
// `app.ts` calls it once. Nothing waits for it: a hint that is lost is found out again.

import type { BreakerChange } from "../routing/breaker.ts";
import type { Health } from "../routing/health.ts";
import type { BreakerHints } from "../store/breaker-hints.ts";

interface SharingParts {
  readonly hints: BreakerHints;
  now(): number;
  onFault(error: unknown): void;
}

export function tellReplicas(change: BreakerChange, { hints, now, onFault }: SharingParts): void {
  const { deploymentId, state, cause, until } = change;
  const told =
    state === "open"
      ? hints.open({ deploymentId, cause, milliseconds: until - now() })
      : hints.close(deploymentId);
  told.catch(onFault);
}

export const hearReplicas = (health: Health, { hints, now }: SharingParts): (() => void) =>
  hints.watch((heard) => {
    for (const { deploymentId, cause, milliseconds } of heard)
      health.adopt({ deploymentId, cause, until: now() + milliseconds });
  });
