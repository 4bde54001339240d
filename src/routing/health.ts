// How deployments are doing, in one place: which just failed and rest, which are left alone by the
// breaker, and what was measured. The flow reports attempts here, and asks before each.

import type { BreakerSettings } from "../core/route.ts";
import type { BreakerState, Vitals } from "../core/vitals.ts";
import { createBreaker, type BreakerCause, type BreakerChange } from "./breaker.ts";
import { createVitalsBook } from "./vitals.ts";

export interface Health {
  /** False for what just failed: a plan tries others first. */
  isHealthy(deploymentId: string): boolean;
  /** False for what must not be called now. Half-open it is true for one call, whose end must be reported. */
  admit(deploymentId: string): boolean;
  state(deploymentId: string): BreakerState;
  /** What the breaker keeps from being called, or tries again. */
  troubled(): readonly BreakerChange[];
  /** Undefined where nothing was measured lately. */
  vitals(deploymentId: string): Vitals | undefined;
  /** It said its first word so long after it was called. */
  spoke(deploymentId: string, milliseconds: number): void;
  /** `writing`: its tokens after the first word, and the time they took. */
  succeeded(deploymentId: string, writing?: { tokens: number; milliseconds: number }): void;
  /** `forMilliseconds` is what the provider asked for, where it did. */
  failed(deploymentId: string, cause: BreakerCause, forMilliseconds?: number): void;
  /** The call ended, and says nothing about the deployment. */
  released(deploymentId: string): void;
  /** What another replica found. */
  adopt(change: Pick<BreakerChange, "deploymentId" | "cause" | "until">): void;
  configure(settings: BreakerSettings): void;
}

const restMilliseconds = 15_000;
const longestRestMilliseconds = 300_000;

export function createHealth(
  now: () => number,
  onChange: (change: BreakerChange) => void = () => undefined,
): Health {
  const restsUntil = new Map<string, number>();
  const vitals = createVitalsBook(now);
  const breaker = createBreaker(now, onChange);
  return {
    isHealthy(deploymentId) {
      if (breaker.state(deploymentId) === "open") return false;
      const until = restsUntil.get(deploymentId);
      if (until === undefined) return true;
      if (until > now()) return false;
      restsUntil.delete(deploymentId);
      return true;
    },
    admit: breaker.admit,
    state: breaker.state,
    troubled: breaker.list,
    vitals: vitals.of,
    spoke: vitals.firstToken,
    succeeded(deploymentId, writing) {
      restsUntil.delete(deploymentId);
      breaker.succeeded(deploymentId);
      vitals.ended(deploymentId, false);
      if (writing) vitals.wrote(deploymentId, writing.tokens, writing.milliseconds);
    },
    failed(deploymentId, cause, forMilliseconds) {
      const rest = Math.min(forMilliseconds ?? restMilliseconds, longestRestMilliseconds);
      restsUntil.set(deploymentId, now() + rest);
      breaker.failed(deploymentId, cause, forMilliseconds);
      vitals.ended(deploymentId, true);
    },
    released: breaker.released,
    adopt: ({ deploymentId, cause, until }) => breaker.adopt(deploymentId, cause, until),
    configure: breaker.configure,
  };
}
