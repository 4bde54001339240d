// What administrators may ask about routes and change in what they order by.
// The doors check scopes; `app/route-desk.ts` does it.

import type { QualityScore } from "../catalog/quality.ts";
import type { Picodollars } from "../core/money.ts";
import type { PolicySide } from "./policy-administration.ts";
import type { Simulation } from "./simulation.ts";

export interface RouteOutcome {
  readonly route: string;
  /** Undefined where the route is no experiment. */
  readonly arm: string | undefined;
  readonly requests: number;
  readonly failures: number;
  readonly cost: Picodollars;
  readonly outputTokens: number;
  /** Averages; undefined where nothing was measured. */
  readonly milliseconds: number | undefined;
  readonly firstTokenMilliseconds: number | undefined;
}

/** What escalation learned of one kind of request. */
export interface LearnedCategory {
  readonly route: string;
  /** As `code, short, no labels`. */
  readonly category: string;
  /** First answers that were kept, and that were not. */
  readonly enough: number;
  readonly escalated: number;
}

export interface TrafficQuestion {
  /** JSON Lines (routing/traffic.ts). */
  readonly traffic: string;
  readonly policy: PolicySide;
  /** Who asks what says nobody. */
  readonly who: readonly string[];
}

export interface RouteAdministration {
  /** INVALID_REQUEST with the lines that cannot be read. Calls no provider. */
  simulateTraffic(question: TrafficQuestion, signal: AbortSignal): Promise<Simulation>;
  /** What was asked last, as a traffic file: counts and tags alone. */
  pastTraffic(last: number): Promise<string>;
  routeResults(since: Date, route: string | undefined): Promise<readonly RouteOutcome[]>;
  /** INVALID_REQUEST with every problem; else all scores that are known afterwards. */
  importScores(csv: string): Promise<readonly QualityScore[]>;
  listScores(): Promise<readonly QualityScore[]>;
  escalationMemory(route: string | undefined): Promise<readonly LearnedCategory[]>;
  /** How many categories were forgotten. */
  resetEscalationMemory(route: string): Promise<number>;
}
