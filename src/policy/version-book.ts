// Where policy versions live: immutable, numbered, whole files, so that export gives the same bytes.
// `store/` keeps them; publishing appends, and every replica says which one it decides by.

/** File name → content, as `policy.csv`. */
export type BundleFiles = Readonly<Record<string, string>>;

/** What its author says with a version, beside its content. */
export interface PublishOptions {
  readonly reason?: string | undefined;
  /** Streams that run on deployments which the version denies end at once. */
  readonly revoke?: "abort" | undefined;
}

export interface PolicyVersion {
  readonly number: number;
  /** Hex sha256 over names and contents. */
  readonly sha256: string;
  readonly files: BundleFiles;
  readonly author: string;
  readonly at: Date;
  readonly reason: string | undefined;
  readonly revoke: "abort" | undefined;
}

export interface VersionBook {
  newest(): Promise<PolicyVersion | undefined>;
  version(number: number): Promise<PolicyVersion | undefined>;
  list(): Promise<readonly Omit<PolicyVersion, "files">[]>;
  /** Appends the next number, or answers the newest one where its content is the same. */
  append(
    files: BundleFiles,
    sha256: string,
    author: string,
    options?: PublishOptions,
  ): Promise<PolicyVersion>;
}

/** One process, and what it decides by. */
export interface ReplicaState {
  readonly id: string;
  /** Undefined until it has loaded one. */
  readonly policyVersion: number | undefined;
  readonly seenAt: Date;
}
