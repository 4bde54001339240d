// Everything a door is made of. `main.ts` puts it together; doors hold no rules of their own.

import type { Catalog } from "../catalog/catalog.ts";
import type { Caller } from "../core/caller.ts";
import type { Soon } from "../core/soon.ts";
import type { EntityType } from "../policy/graph-file.ts";
import type { Administration } from "./administration.ts";
import type { Enquiries, Gateway } from "./contract.ts";
import type { TrustedDocuments } from "./trusted-documents.ts";

/** For routers that take the events of a subscription at an address of their own. */
export interface CallbackPort {
  /** PORTCULLIS_CALLBACK_ORIGINS: nothing else is ever called. */
  readonly origins: readonly string[];
  /** The status; rejects where nobody answers. */
  post(url: URL, text: string, header: readonly [name: string, value: string]): Promise<number>;
}

export interface DoorParts {
  readonly gateway: Gateway;
  readonly enquiries: Enquiries;
  readonly administration: Administration;
  /** The values of the headers Authorization and x-end-user-id; throws UNAUTHENTICATED or FORBIDDEN. */
  authenticate(authorization: string | undefined, endUser?: string): Soon<Caller>;
  /** The catalog that is current now. */
  catalog(): Catalog;
  /** graph.yaml of the policy in force; absent: no such fields are served. */
  entityTypes?(): readonly EntityType[];
  /** Documents that clients may name by their ids; absent: none. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  /** No others run, save for who may run any. */
  readonly onlyTrustedDocuments?: boolean | undefined;
  /** Told of each document while any are trusted: what would be refused shows before it is. */
  documentAsked?(document: "trusted" | "freeform" | "other"): void;
  newRequestId(): string;
  /** DESIGN: stricter, introspection and GraphiQL by scope. */
  readonly production: boolean;
  /** GRAPHQL_PREFIX: what GraphQL's types and root fields are led by; undefined where they keep their names. */
  readonly graphqlPrefix?: string | undefined;
  /** Absent: no subscription is called back. */
  readonly callbacks?: CallbackPort | undefined;
  /** Logs what is not ours, once, with the request id. Never give it a prompt, an answer or a key. */
  reportFault(error: unknown, requestId: string): void;
  /** Seals a continuation so that nobody can forge reasoning signatures; opens it or answers undefined. */
  seal(text: string): string;
  unseal(sealed: string): string | undefined;
}
