// An administrator's word that a contract-bound guarantee holds, and what it rests on.
// `store/` keeps the rows; the catalog counts them in while they last and the origin is the same.

export interface Attestation {
  readonly id: string;
  /** A provider id (all its deployments) or a deployment id. */
  readonly subject: string;
  readonly guarantee: string;
  /** The provider's base URL when it was attested; another origin does not inherit it. */
  readonly origin: string;
  readonly evidenceUrl: string;
  readonly reason: string;
  /** `key:…` of who attested. */
  readonly by: string;
  readonly at: Date;
  /** Undefined: as long as the evidence itself does not expire. */
  readonly until: Date | undefined;
}
