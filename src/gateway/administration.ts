// What administrators may change, whichever way they come: GraphQL, or the CLI through it.
// The doors check scopes; the work itself is in `store/` and `catalog/`, joined in `main.ts`.

import type { Attestation } from "../catalog/evidence.ts";
import type { Caller, Scope } from "../core/caller.ts";
import type { Picodollars } from "../core/money.ts";
import type { KeyRecord } from "../intake/key-directory.ts";
import type { Budget } from "../metering/budgets.ts";
import type { BreakGlassRequest, NewBreakGlass } from "../policy/break-glass.ts";
import type { DocumentAdministration } from "./document-administration.ts";
import type { RouteAdministration } from "./route-administration.ts";
import type { PolicyAdministration } from "./policy-administration.ts";

export interface NewKey {
  readonly name: string;
  /** With or without its prefix. */
  readonly team: string;
  readonly roles: readonly string[];
  readonly scopes?: readonly Scope[] | undefined;
  /** Tags as text; absent: public, restricted with every label, internal. */
  readonly floor?: string | undefined;
  readonly ceiling?: string | undefined;
  readonly defaultSensitivity?: string | undefined;
  readonly purposes?: readonly string[] | undefined;
  readonly expiresAt?: Date | undefined;
}

export interface MintedKey {
  readonly record: KeyRecord;
  /** Shown this once; only its hash is kept. */
  readonly secret: string;
}

export interface NewAttestation {
  /** Provider or deployment id. */
  readonly subject: string;
  readonly guarantee: string;
  readonly evidenceUrl: string;
  readonly until?: Date | undefined;
  readonly reason: string;
}

export interface CatalogChange {
  readonly kind: "model-added" | "model-changed" | "price-added" | "price-changed" | "model-gone";
  /** Model or deployment id. */
  readonly subject: string;
  /** In words: `input 2.50 → 2.00 USD per million`. */
  readonly detail: string;
}

export interface CatalogDiff {
  readonly source: string;
  readonly changes: readonly CatalogChange[];
  readonly applied: boolean;
}

/** Every one throws a `Failure` where the input is wrong. `by` is who does it, for the record. */
export interface Administration extends PolicyAdministration, RouteAdministration, DocumentAdministration {
  createKey(input: NewKey, by: Caller): Promise<MintedKey>;
  listKeys(): Promise<readonly KeyRecord[]>;
  /** A new secret for the same key; the old one stops working at once. */
  rotateKey(id: string, by: Caller): Promise<MintedKey>;
  revokeKey(id: string, by: Caller): Promise<KeyRecord>;
  attest(input: NewAttestation, by: Caller): Promise<Attestation>;
  listAttestations(): Promise<readonly Attestation[]>;
  /** Reads a models.dev-shaped document; writes only where `apply` is set. Deletes nothing. */
  syncCatalog(input: { url?: string | undefined; apply: boolean }, by: Caller): Promise<CatalogDiff>;
  setBudget(
    input: { scope: string; limit: Picodollars; period: "month" | "day" },
    by: Caller,
  ): Promise<Budget>;
  listBudgets(): Promise<readonly Budget[]>;
  requestBreakGlass(input: NewBreakGlass, by: Caller): Promise<BreakGlassRequest>;
  /** FORBIDDEN for whoever asked for it. */
  approveBreakGlass(id: string, by: Caller): Promise<BreakGlassRequest>;
  endBreakGlass(id: string, by: Caller): Promise<BreakGlassRequest>;
  listBreakGlass(): Promise<readonly BreakGlassRequest[]>;
  usage(since: Date): Promise<readonly UsageLine[]>;
  verifyRecords(): Promise<ChainReport>;
}

export interface UsageLine {
  readonly team: string;
  readonly key: string;
  readonly user: string | null;
  readonly deploymentId: string;
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: string;
}

export interface ChainReport {
  readonly rows: number;
  readonly chains: number;
  /** Absent where every row is as it was written. */
  readonly firstBroken?:
    | { readonly replica: string; readonly sequence: number; readonly why: string }
    | undefined;
}
