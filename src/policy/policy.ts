// The policy as the rest of the gateway sees it: an immutable snapshot of one published version.
// `policy/` alone builds it; `gateway/` pins one for the whole of a request.

import type { Deployment } from "../core/deployment.ts";
import type { Permit } from "../core/permit.ts";
import type { Sensitivity } from "../core/sensitivity.ts";
import type { Weighed } from "../core/stages.ts";
import type { Lexicon } from "../detect/words/lexicon.ts";
import type { Explanation } from "./explanation.ts";

export type SafetyAction = "block" | "redact" | "flag";

export interface SafetyDecision {
  readonly action: SafetyAction;
  /** The p2 row that granted it; undefined where none did, which means block. */
  readonly rule: string | undefined;
}

/** When answers about some data are judged, by whom, and what happens where nobody can. */
export interface SafetyRegime {
  /** `complete`: nothing before the end. `hold`: each part once it is judged. `lookahead`: shown, and taken back. */
  readonly mode: "complete" | "hold" | "lookahead";
  /** Whether input is judged before anything is sent, or while the model already works. */
  readonly input: "before" | "alongside";
  /** True where a row demands a semantic classifier: without one nothing is sent. */
  readonly needsSemantic: boolean;
  /** True only where a row says so, and never at confidential or above. */
  readonly failOpen: boolean;
  /** The rows behind all this. */
  readonly rules: readonly string[];
}

/** Who is judged: `key:…`, `user:…`, `team:…` and all roles. */
export interface Subjects {
  readonly key: string;
  readonly user?: string | undefined;
  readonly team: string;
  readonly roles: readonly string[];
}

/** Two people lifted the rows that say `unless break-glass`; made by the server, never by a header. */
export interface BreakGlass {
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface Policy {
  readonly version: number;
  readonly hash: string;
  /** Built-in labels and those that the rows add. */
  readonly labels: ReadonlySet<string>;
  /** The phrases of words.csv, compiled; undefined where there are none. */
  readonly lexicon: Lexicon | undefined;
  /** `role:…` that the policy gives a team. */
  rolesOf(team: string): readonly string[];
  /** Never throws for a denial: an empty `allowed` is the denial, with every reason. */
  permit(weighed: Weighed, candidates: readonly Deployment[], breakGlass?: BreakGlass): Permit;
  /** All that can be said about one deployment. Costs more than a permit, and is never cached. */
  explain(weighed: Weighed, deployment: Deployment, breakGlass?: BreakGlass): Explanation;
  /** True where findings of this kind are only reported for the team, not joined to its data. */
  observes(team: string, kind: string, now: number): boolean;
  /** What happens to output of this category, shown to these subjects, about such data. */
  safetyDecision(subjects: Subjects, data: Sensitivity, category: string): SafetyDecision;
  /** How answers shown to these subjects, about such data, are judged and let out. */
  safetyRegime(subjects: Subjects, data: Sensitivity): SafetyRegime;
}
