// A rehearsal: which deployments fail on purpose in one request, and how, so that its failover can be seen.
// `intake/` reads it, `providers/` plays the faults, `gateway/` keeps what comes of it from everybody else.

export type Fault = { readonly text: string } & (
  | { readonly kind: "status"; readonly status: number }
  /** Nothing comes until the candidate's time is over. */
  | { readonly kind: "timeout" }
  /** Nobody listens at its address. */
  | { readonly kind: "refused" }
  /** It answers with what cannot be read. */
  | { readonly kind: "malformed" }
  /** Its own filter stops the question. */
  | { readonly kind: "filtered" }
  /** A made-up answer breaks off after so many pieces of text. */
  | { readonly kind: "cut"; readonly pieces: number }
  /** A made-up answer that keeps one waiting first. */
  | { readonly kind: "slow"; readonly milliseconds: number }
);

export interface Rehearsal {
  /** As the caller wrote it, tidied: it stands in records. */
  readonly text: string;
  /** Undefined where the deployment is called as always. */
  faultOf(deploymentId: string): Fault | undefined;
}
