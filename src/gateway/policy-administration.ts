// What can be done with policy versions and asked about them, whichever way it comes.
// The doors check scopes; `app/policy-desk.ts` does it, over the version book and the snapshot in force.

import type { Caller } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import type { SensitivityReport } from "../core/errors.ts";
import type { Action } from "../core/request.ts";
import type { Sensitivity } from "../core/sensitivity.ts";
import type { PolicyDiff } from "../policy/diff-policies.ts";
import type { RouteChange } from "../policy/diff-routes.ts";
import type { Explanation } from "../policy/explanation.ts";
import type { SafetyTerms } from "../policy/safety-terms.ts";
import type { PolicyProblem } from "../policy/problems.ts";
import type { BundleFiles, PolicyVersion, PublishOptions, ReplicaState } from "../policy/version-book.ts";

export interface PolicyVersionView extends PolicyVersion {
  /** True for the one that decides here now. */
  readonly inForce: boolean;
  /** Processes that decide by it, as far as they have said so within the last minute. */
  readonly replicas: readonly ReplicaState[];
}

/** What the rows open and close, what changed in routes, in the fields of graph.yaml and in words.csv. */
export interface BundleDiff extends PolicyDiff {
  readonly routes: readonly RouteChange[];
  /** In sentences. */
  readonly fields: readonly string[];
  /** In sentences. */
  readonly words: readonly string[];
}

export interface Publication {
  readonly version: PolicyVersionView;
  /** False where the content is what is in force already, so that nothing was published. */
  readonly isNew: boolean;
  readonly warnings: readonly PolicyProblem[];
  /** Cases and invariants that hold. */
  readonly testsHeld: number;
  /** Against the version before. */
  readonly diff: BundleDiff;
}

/** A version by its number, files that are not published, or what is in force. */
export type PolicySide = { readonly number: number } | { readonly files: BundleFiles } | "live";

export interface MatrixQuestion {
  /** Absent: every role that the policy names. */
  readonly roles?: readonly string[] | undefined;
  /** Tags as text. Absent: what the policy's own rows speak of. */
  readonly data?: readonly string[] | undefined;
  readonly actions?: readonly Action[] | undefined;
}

export interface MatrixLine {
  readonly role: string;
  readonly data: Sensitivity;
  readonly action: Action;
  readonly deployments: readonly Deployment[];
}

export interface PolicyMatrix {
  readonly policyVersion: number;
  readonly lines: readonly MatrixLine[];
  /** What happens to answers, by role and data. */
  readonly safety: readonly {
    readonly role: string;
    readonly data: Sensitivity;
    readonly terms: SafetyTerms;
  }[];
}

/** A request that nobody made. */
export interface PolicyQuestion {
  /** `role:…`, `team:…`, `key:…`, with or without others. */
  readonly who: readonly string[];
  readonly does: string;
  readonly data: string;
  /** What a provider promises, or `vendor:x`: for one that need not exist. */
  readonly provider?: readonly string[] | undefined;
  /** Or a model, deployment or route of the catalog. */
  readonly model?: string | undefined;
  readonly purpose?: string | undefined;
}

export interface PolicyAnswer extends Explanation {
  /** Absent where the provider was described by its promises. */
  readonly deployment: Deployment | undefined;
  readonly safety: SafetyTerms;
}

export interface RequestExplanation {
  readonly id: string;
  readonly at: Date;
  readonly outcome: string;
  readonly who: {
    readonly key: string;
    readonly user?: string | undefined;
    readonly team: string;
    readonly roles: readonly string[];
  };
  readonly action: string;
  readonly model: string;
  readonly purpose: string | undefined;
  readonly sensitivity: SensitivityReport;
  /** Why the data was read so, in sentences. */
  readonly reasons: readonly string[];
  readonly policyVersion: number;
  /** What decided then, deployment by deployment, as it was recorded. */
  readonly decided: readonly RecordedDecision[];
  readonly policyVersionNow: number;
  /** The same question under what is in force now. */
  readonly answersNow: readonly PolicyAnswer[];
  /** In sentences: what would have to be otherwise for more to be allowed. */
  readonly couldChange: readonly string[];
}

export interface RecordedDecision {
  readonly deploymentId: string;
  readonly allowed: boolean;
  readonly because: string;
  readonly rule: string | undefined;
}

/** Every one throws a `Failure` where what is asked makes no sense. */
export interface PolicyAdministration {
  /** Passes the gate or throws INVALID_REQUEST with every problem; then appends the next version. */
  publishPolicy(files: BundleFiles, options: PublishOptions, by: Caller): Promise<Publication>;
  /** Publishes an older content as a new version. */
  rollbackPolicy(number: number, options: PublishOptions, by: Caller): Promise<Publication>;
  policyVersions(): Promise<readonly PolicyVersionView[]>;
  /** Absent number: the one in force here. Undefined where there is none of that number. */
  policyVersion(number?: number): Promise<PolicyVersionView | undefined>;
  policyDiff(before: PolicySide, after: PolicySide): Promise<BundleDiff>;
  policyMatrix(question: MatrixQuestion): Promise<PolicyMatrix>;
  explainPolicy(question: PolicyQuestion): Promise<readonly PolicyAnswer[]>;
  /** Undefined where nothing is recorded of it, or the caller may not see it. */
  explainRequest(id: string, by: Caller): Promise<RequestExplanation | undefined>;
}
