// A trusted document: GraphQL text that an administrator imported, and the id by which clients name it.
// `store/` keeps them, `gateway/trusted-documents.ts` finds them; whether it fits the schema is the GraphQL door's to say.

export interface NewTrustedDocument {
  /** A bare sha256 of the text, or what its client calls it. */
  readonly id: string;
  readonly sha256: string;
  readonly text: string;
  /** Of its operations, for people. */
  readonly name: string | undefined;
}

export interface TrustedDocument extends NewTrustedDocument {
  readonly at: Date;
  /** Who imported it. */
  readonly by: string;
}

export interface TrustedDocumentBook {
  /** What there is, without the texts. An id always means the same text until it is removed. */
  ids(): Promise<readonly Pick<TrustedDocument, "id" | "sha256">[]>;
  read(ids: readonly string[]): Promise<readonly TrustedDocument[]>;
  /** By name, then id. */
  list(): Promise<readonly TrustedDocument[]>;
  /** All or none. Answers the ids that are new; INVALID_REQUEST where one already means another text. */
  add(documents: readonly NewTrustedDocument[], by: string, at: Date): Promise<readonly string[]>;
  /** Answers the ids that were there. */
  remove(ids: readonly string[]): Promise<readonly string[]>;
}

/** Whether documents are found by their ids, and whether any others run in production. */
export const trustedDocumentModes = ["off", "prefer", "only"] as const;
export type TrustedDocumentMode = (typeof trustedDocumentModes)[number];
