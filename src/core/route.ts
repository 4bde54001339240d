// What a route is: a named way to serve a request, as published in routes.yaml, and the way that was
// chosen for one request. `policy/` reads routes, `routing/` chooses and orders by them, `gateway/` obeys.

import type { Capability } from "./deployment.ts";
import type { Picodollars } from "./money.ts";
import type { Level } from "./sensitivity.ts";

/** How a route orders its candidates by itself. */
export const orders = ["cheapest", "fastest", "best", "in-order", "weighted", "balanced"] as const;
export type Order = (typeof orders)[number];

export const picks = [...orders, "by-task", "by-condition", "experiment", "webhook"] as const;
export type Pick = (typeof picks)[number];

/** All that a condition may look at: nothing of it is a word of the prompt. */
export interface RouteFacts {
  /** Estimated. */
  readonly promptTokens: number;
  readonly messageCount: number;
  readonly streamed: boolean;
  readonly task: string | undefined;
  readonly purpose: string | undefined;
  /** `key:…` and `team:…`. */
  readonly key: string;
  readonly team: string;
  /** `user:…`; absent where a key asks for itself. */
  readonly user?: string | undefined;
  /** `role:…`, the team's included. */
  readonly roles: readonly string[];
  readonly level: Level;
  readonly labels: readonly string[];
  readonly sessionId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface RouteCondition {
  readonly text: string;
  holds(facts: RouteFacts): boolean;
}

/** What a candidate must meet. What is not known of it yet does not count against it. */
export interface Floors {
  readonly firstTokenP50?: number | undefined;
  readonly firstTokenP95?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  /** From 0 to 1. */
  readonly errors?: number | undefined;
  readonly score?: number | undefined;
  /** Dollars per million tokens, at most. A price that nobody knows does not meet it. */
  readonly inputUsd?: number | undefined;
  readonly outputUsd?: number | undefined;
  readonly context?: number | undefined;
  readonly capabilities?: readonly Capability[] | undefined;
}

/** Milliseconds; each runs from the start of one attempt, save `idle`, which runs between two signs of life. */
export interface RouteTimeouts {
  readonly connect?: number | undefined;
  readonly firstToken?: number | undefined;
  readonly idle?: number | undefined;
  readonly total?: number | undefined;
}

export interface CandidateSettings {
  readonly weight?: number | undefined;
  readonly maxCost?: Picodollars | undefined;
  readonly timeouts?: RouteTimeouts | undefined;
}

export interface FailoverSettings {
  /** Further tries at the same deployment, before the next one is tried. */
  readonly retries: number;
  /** True where another deployment may answer what a provider's own filter refused. */
  readonly onRefusedContent: boolean;
  /** No attempt begins, and none is waited for, after so many milliseconds. */
  readonly within?: number | undefined;
  readonly timeouts: RouteTimeouts;
}

/** A second deployment is called where the first has said nothing for so long. */
interface Hedge {
  /** Milliseconds, or what nineteen of twenty first tokens took lately. */
  readonly after: number | "p95";
}

/** When a cheap first answer is not good enough; any of them is reason enough. */
interface EscalationReasons {
  readonly meanLogprobBelow?: number | undefined;
  /** It is not JSON of the schema that was asked for. */
  readonly schema: boolean;
  readonly refused: boolean;
  /** Another model grades it from 0 to 10. */
  readonly judge?: { readonly model: string; readonly below: number } | undefined;
}

export interface Escalation {
  readonly when: EscalationReasons;
  /** Whether a stream's first answer is held until it is decided, or never looked at. */
  readonly streams: "hold" | "skip";
  /** No later candidate is asked after so many milliseconds. */
  readonly within?: number | undefined;
  /** Most that both answers together may cost in the worst case. */
  readonly maxCost?: Picodollars | undefined;
  /** Whether what came of earlier requests decides where it begins. */
  readonly learn: boolean;
}

export interface RouteCase {
  readonly when: RouteCondition;
  /** Another route. */
  readonly use: string;
}

export interface Arm {
  readonly name: string;
  /** From 0 to 1; all of a route's make 1. */
  readonly share: number;
  readonly models: readonly string[];
}

export interface RouteWebhook {
  readonly url: string;
  readonly timeout: number;
}

export interface Route {
  readonly name: string;
  readonly description: string;
  readonly pick: Pick;
  /** Models or deployments, in the order written; absent means all that can serve the request. */
  readonly models?: readonly string[] | undefined;
  /** By the name in `models`. */
  readonly settings?: ReadonlyMap<string, CandidateSettings> | undefined;
  readonly floors?: Floors | undefined;
  /** Most that one request may cost in the worst case. */
  readonly maxCost?: Picodollars | undefined;
  readonly tasks?: ReadonlyMap<string, readonly string[] | "best"> | undefined;
  readonly cases?: readonly RouteCase[] | undefined;
  /** Of `by-condition`: a route. Of `by-task` and `webhook`: an order. */
  readonly otherwise?: string | undefined;
  readonly arms?: readonly Arm[] | undefined;
  readonly sticky?: "session" | "user" | "key" | "team" | undefined;
  readonly webhook?: RouteWebhook | undefined;
  readonly failover?: FailoverSettings | undefined;
  readonly hedge?: Hedge | undefined;
  readonly escalate?: Escalation | undefined;
  /** False where a session is not kept at its deployment. */
  readonly affinity?: boolean | undefined;
}

/** When a deployment is left alone, and for how long. */
export interface BreakerSettings {
  /** So many 429s within `within` open it. */
  readonly rateLimits: number;
  /** From 0 to 1: so large a part of at least `atLeast` calls within `within` opens it. */
  readonly errors: number;
  readonly atLeast: number;
  readonly within: number;
  readonly cooldown: number;
}

/** How many calls may run at once with one key of a provider, and who waits for how long where that many do. */
export interface SlotLimit {
  readonly concurrent: number;
  /** Most that wait. */
  readonly queue: number;
  /** Milliseconds. */
  readonly wait: number;
  /** Of `concurrent`: only calls that judge a text get these. */
  readonly checks?: number | undefined;
}

/** By provider or deployment id. */
export type SlotLimits = ReadonlyMap<string, SlotLimit>;

/** Where nothing else is published: three 429s in a minute, or half of at least ten calls. */
export const usualBreaker: BreakerSettings = {
  rateLimits: 3,
  errors: 0.5,
  atLeast: 10,
  within: 60_000,
  cooldown: 30_000,
};

/** What one request's `model` came to mean, before anything was permitted. */
export interface Way {
  /** The route at the end: conditions have been looked at. */
  readonly route: Route;
  readonly order: Order;
  /** Place in what the route wrote, by deployment id. */
  readonly places: ReadonlyMap<string, number>;
  /** By deployment id. */
  readonly settings: ReadonlyMap<string, CandidateSettings>;
  readonly arm: string | undefined;
  /** Which scores count. */
  readonly task: string | undefined;
}
