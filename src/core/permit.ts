// The policy's answer. A deployment can be called only as a `PermittedDeployment`, and only
// `policy/permit.ts` can make one: the brand below is not exported as a value.

import type { Deployment } from "./deployment.ts";
import type { Consideration } from "./errors.ts";

declare const permitted: unique symbol;

export interface PermittedDeployment {
  readonly [permitted]: true;
  readonly deployment: Deployment;
  /** The allow row that decided. */
  readonly rule: string;
  /** What the call must apply, by name; an adapter that cannot apply one refuses. */
  readonly obligations: readonly Obligation[];
}

/** `store:false`, `no-metadata`, `zdr-routing`: a closed vocabulary, see policy/obligations. */
export type Obligation = "store:false" | "no-client-metadata" | "zdr-routing";

export interface Permit {
  readonly policyVersion: number;
  /** Hex sha256 of the bundle that decided. */
  readonly policyHash: string;
  readonly allowed: readonly PermittedDeployment[];
  /** Every deployment looked at, allowed or not, with its reason. */
  readonly considered: readonly Consideration[];
}
