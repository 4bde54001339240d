// Who asks: a key, its team and roles, and what it may do. Ids carry prefixes the server mints.
// `intake/` makes callers from credentials; nobody else does, save the CLI's operator below.

import type { Sensitivity } from "./sensitivity.ts";

/** What each scope opens. A new key gets those marked `byDefault`; administrators may give any. */
export const scopes = {
  complete: { opens: "complete, stream and plan completions, and make images", byDefault: true },
  embed: { opens: "make embeddings", byDefault: true },
  moderate: { opens: "have texts judged", byDefault: true },
  catalog: { opens: "read models, providers, deployments and prices", byDefault: true },
  receipts: { opens: "read receipts of this key's own requests", byDefault: true },
  introspect: { opens: "introspect the schema and read _service in production", byDefault: false },
  metrics: { opens: "read /metrics and usage of every team", byDefault: false },
  records: { opens: "read every receipt and verify the record chain", byDefault: false },
  keys: { opens: "create, list, rotate and revoke keys; set budgets", byDefault: false },
  evidence: { opens: "attest guarantees and sync the catalog", byDefault: false },
  policy: { opens: "read and publish policy versions", byDefault: false },
  rehearse: {
    opens: "have deployments fail on purpose for its own requests (x-portcullis-rehearse)",
    byDefault: false,
  },
  documents: { opens: "import, list and remove trusted documents", byDefault: false },
  freeform: {
    opens: "run documents that nobody imported where only trusted ones run, as a router does",
    byDefault: false,
  },
  delegate: { opens: "name the end user it asks for, as a router does (x-end-user-id)", byDefault: false },
} as const;

export type Scope = keyof typeof scopes;

export const allScopes = Object.keys(scopes) as readonly Scope[];
export const defaultScopes: readonly Scope[] = allScopes.filter((scope) => scopes[scope].byDefault);

export interface Caller {
  /** `key:…`: an API key, or the issuer of a token. */
  readonly key: string;
  /** `user:…`: whose token it is, or for whom a router asks; absent where a key asks for itself. */
  readonly user?: string | undefined;
  readonly name: string;
  /** `team:…` */
  readonly team: string;
  /** `role:…`: the key's own. */
  readonly roles: readonly string[];
  /**
   * What the newest policy gives its team, to be shown. A decision never reads it: the policy that
   * decides knows its own links, and two versions must not mix.
   */
  readonly teamRoles?: readonly string[] | undefined;
  readonly scopes: ReadonlySet<Scope>;
  /** Every request of this key is at least this sensitive. */
  readonly floor: Sensitivity;
  readonly ceiling: Sensitivity;
  /** What a request without a tag counts as. */
  readonly defaultSensitivity: Sensitivity;
  /** Purposes this key may name, since a purpose opens grants. */
  readonly purposes: readonly string[];
  readonly expiresAt?: Date | undefined;
}

/** What is one caller's own, as sessions and receipts, is kept under it: users of one key share nothing. */
export const identityOf = ({ key, user }: Pick<Caller, "key" | "user">): string =>
  user === undefined ? key : `${key} ${user}`;

/** Who is answerable for what was done, where an administrator did it. */
export const personOf = ({ key, user }: Pick<Caller, "key" | "user">): string => user ?? key;

export const mayUse = (caller: Caller, scope: Scope): boolean => caller.scopes.has(scope);
