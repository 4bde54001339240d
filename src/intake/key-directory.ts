// What authentication needs to know of a key, and where it asks. `store/` keeps the rows;
// the secret itself is never stored, only its sha256.

import type { Scope } from "../core/caller.ts";
import type { Sensitivity } from "../core/sensitivity.ts";

export interface KeyRecord {
  /** `key:…`, minted by the server. */
  readonly id: string;
  readonly name: string;
  /** `team:…` */
  readonly team: string;
  /** `role:…`, besides those the policy gives the team. */
  readonly roles: readonly string[];
  readonly scopes: readonly Scope[];
  readonly floor: Sensitivity;
  readonly ceiling: Sensitivity;
  readonly defaultSensitivity: Sensitivity;
  readonly purposes: readonly string[];
  readonly createdAt: Date;
  readonly expiresAt: Date | undefined;
  readonly revokedAt: Date | undefined;
  /** First characters of the secret, so that a person can tell keys apart. */
  readonly hint: string;
}

export interface KeyDirectory {
  /** `digest` is the hex sha256 of the whole secret. Rejects where the store cannot be asked. */
  findByDigest(digest: string): Promise<{ readonly record: KeyRecord; readonly digest: string } | undefined>;
}
