// What the flow reports about itself: counts for /metrics and one log line a request.
// `gateway/` and the doors take it as an argument; it never sees a prompt, an answer or a key.

import type { Picodollars } from "../core/money.ts";
import type { TokenUsage } from "../core/events.ts";

export type DoorName = "graphql" | "rest" | "inner";

export interface RequestDone {
  readonly requestId: string;
  /** What the caller calls the request (its own x-request-id), where it gave one. */
  readonly callerReference?: string | undefined;
  readonly door: DoorName;
  readonly action: string;
  /** `ok`, `cancelled`, `interrupted` or a failure code. */
  readonly outcome: string;
  /** `key:…`, `user:…` and `team:…`. */
  readonly key: string;
  readonly user?: string | undefined;
  readonly team: string;
  /** As asked: route, model or deployment. */
  readonly model: string;
  readonly deploymentId?: string | undefined;
  readonly milliseconds: number;
  readonly firstTokenMilliseconds?: number | undefined;
  readonly usage?: TokenUsage | undefined;
  readonly cost?: Picodollars | undefined;
}

export interface AttemptDone {
  readonly requestId: string;
  readonly deploymentId: string;
  /** `ok`, `cancelled` or a failure code. */
  readonly outcome: string;
  readonly milliseconds: number;
}

export interface KeySetAside {
  readonly providerId: string;
  /** From 1, as written in the environment. */
  readonly number: number;
  /** `refused` or `rate-limit`. */
  readonly cause: string;
  /** What the provider answered. */
  readonly status: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
  /** Undefined: for every deployment. */
  readonly deploymentId: string | undefined;
}

export interface Classified {
  /** `pass`, `hit` or `error`. */
  readonly outcome: string;
  readonly latencyMs: number;
  /** Why it is an error; it never quotes a text. */
  readonly because?: string | undefined;
}

/** `fit`; or `unproven`, `resting` after failures, `wrong` about a canary: then it is not asked. */
export type ClassifierState = "unproven" | "fit" | "resting" | "wrong";

export interface Telemetry {
  /** Once for every request that reached the gateway, when it is over. */
  requestDone(done: RequestDone): void;
  /** A request that a door turned away before the gateway saw it. */
  requestRefused(door: DoorName, code: string): void;
  attemptDone(done: AttemptDone): void;
  /** A provider refused one of several keys, told by its number. */
  keySetAside(aside: KeySetAside): void;
  /** A wait for a slot of a limit is over: `served`, `full`, `too-long`, `left` or `no-key`. */
  slotWaited(limited: string, outcome: string, milliseconds: number): void;
  verdict(category: string, action: string): void;
  /** One verdict of a semantic classifier; `classifier` is its deployment, as configured. */
  classified(classifier: string, verdict: Classified): void;
  classifierState(classifier: string, state: ClassifierState, because: string | undefined): void;
  firstToken(deploymentId: string, milliseconds: number): void;
  /** Call the answer when the stream is over, once; calling it again does nothing. */
  streamOpened(): () => void;
  /** For a rehearsal: it is logged as one, and counted nowhere. */
  rehearsing(faults: string): Telemetry;
}
