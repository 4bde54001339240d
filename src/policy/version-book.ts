// Where policy versions live: immutable, numbered, whole files, so that export gives the same bytes.

/** File name → content, as `policy.csv`. */
export type BundleFiles = Readonly<Record<string, string>>;

export interface PolicyVersion {
  readonly number: number;
  /** Hex sha256 over names and contents. */
  readonly sha256: string;
  readonly files: BundleFiles;
  readonly author: string;
  readonly at: Date;
}

export interface VersionBook {
  newest(): Promise<PolicyVersion | undefined>;
  version(number: number): Promise<PolicyVersion | undefined>;
  list(): Promise<readonly Omit<PolicyVersion, "files">[]>;
  /** Appends the next number, or answers the newest one where its content is the same. */
  append(files: BundleFiles, sha256: string, author: string): Promise<PolicyVersion>;
}
