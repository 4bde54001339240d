// Does what administrators ask: checks their input, writes it, and makes this process see it at once.
// The doors have checked the scope; other replicas see the change by the generation.

import type { Administration, CatalogDiff, NewAttestation, NewKey } from "../gateway/administration.ts";
import { personOf, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { Store } from "../store/store.ts";
import type { Snapshots } from "../gateway/snapshots.ts";
import type { CatalogSyncInput } from "./catalog-sync.ts";
import { checkedBreakGlass } from "./check-break-glass.ts";
import { createDocumentDesk } from "./document-desk.ts";
import { mintSecret, newKeyRecord } from "./mint-key.ts";
import { newAttestation } from "./new-attestation.ts";
import type { Health } from "../routing/health.ts";
import { createPolicyDesk } from "./policy-desk.ts";
import { createRouteDesk } from "./route-desk.ts";

export interface AdministrationParts {
  readonly store: Store;
  readonly snapshots: Snapshots;
  readonly health: Health;
  /** Forgets cached callers and builds a new snapshot, in this process. */
  seeChanges(): Promise<void>;
  syncCatalog(input: CatalogSyncInput, by: Caller): Promise<CatalogDiff>;
  now(): Date;
}

export function createAdministration(parts: AdministrationParts): Administration {
  const { store, snapshots, now } = parts;

  /** Every change is seen here before its answer goes out. */
  async function seen<T>(change: Promise<T>): Promise<T> {
    const result = await change;
    await parts.seeChanges();
    return result;
  }

  return {
    ...createPolicyDesk(parts),
    ...createRouteDesk(parts),
    ...createDocumentDesk(store, seen, now),
    async createKey(input: NewKey) {
      const minted = mintSecret();
      const record = newKeyRecord(input, minted.hint, snapshots.current().policy.labels, now());
      await seen(store.keys.insert(record, minted.digest));
      return { record, secret: minted.secret };
    },
    listKeys: () => store.keys.list(),
    async rotateKey(id) {
      const minted = mintSecret();
      const record = await seen(store.keys.replaceDigest(keyId(id), minted.digest, minted.hint));
      return { record, secret: minted.secret };
    },
    revokeKey: (id) => seen(store.keys.revoke(keyId(id))),

    attest: async (input: NewAttestation, by: Caller) => {
      const attestation = newAttestation(input, by, snapshots.current().catalog, now());
      await seen(store.evidence.insert(attestation));
      return attestation;
    },
    listAttestations: () => store.evidence.list(),

    syncCatalog: (input, by) =>
      input.apply ? seen(parts.syncCatalog(input, by)) : parts.syncCatalog(input, by),

    setBudget: (input) => seen(store.budgets.set(budgetScope(input.scope), input.limit, input.period)),
    listBudgets: () => store.budgets.list(),

    requestBreakGlass: async (input, by) =>
      seen(store.breakGlass.request(checkedBreakGlass(input, await store.keys.list()), personOf(by))),
    approveBreakGlass: (id, by) => seen(store.breakGlass.approve(id, personOf(by))),
    endBreakGlass: (id, by) => seen(store.breakGlass.end(id, personOf(by))),
    listBreakGlass: () => store.breakGlass.list(),
    usage: (since) => store.usage(since),
    verifyRecords: () => store.records.verify(),
  };
}

const keyId = (id: string): string => (id.startsWith("key:") ? id : `key:${id}`);

function budgetScope(scope: string): string {
  if (scope === "organisation" || /^(key|team):[a-z0-9][a-z0-9._-]*$/i.test(scope)) return scope;
  throw new Failure("INVALID_REQUEST", "A budget is for key:…, team:… or organisation.", { path: "scope" });
}
