// What administrators may do with trusted documents. The GraphQL door checks scope and schema first;
// `app/document-desk.ts` does the work.

import type { Caller } from "../core/caller.ts";
import type { NewTrustedDocument, TrustedDocument } from "../core/trusted-document.ts";

export interface DocumentAdministration {
  /** Answers those that were not known yet. All or none. */
  addDocuments(documents: readonly NewTrustedDocument[], by: Caller): Promise<readonly TrustedDocument[]>;
  listDocuments(): Promise<readonly TrustedDocument[]>;
  /** Answers the ids that were there. */
  removeDocuments(ids: readonly string[]): Promise<readonly string[]>;
}
