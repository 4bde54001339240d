// Which processes run now, and by which policy version each of them decides.
// The process reports itself on every swap of its snapshot; administrators ask for the list.

import type { ReplicaState } from "../policy/version-book.ts";
import type { Database } from "./database.ts";

export interface ReplicaBook {
  /** Of this process. */
  readonly id: string;
  /** What this process decides by from now on; an outage makes the next heartbeat tell it. */
  reportVersion(policyVersion: number): Promise<void>;
  /** Those seen within the last minute, by id; this one is always among them. */
  list(): Promise<readonly ReplicaState[]>;
}

export interface OpenedReplicaBook extends ReplicaBook {
  /** Shows that this process lives, and what it decides by. */
  heartbeat(): Promise<void>;
}

export function openReplicaBook(database: Database, replicaId: string): OpenedReplicaBook {
  let reported: number | null = null;
  const heartbeat = async (): Promise<void> => {
    await database.query(heartbeatStatement, [replicaId, reported]);
  };
  return {
    id: replicaId,
    heartbeat,
    async reportVersion(policyVersion) {
      if (reported === policyVersion) return;
      reported = policyVersion;
      await heartbeat();
    },
    async list() {
      const rows = await database.query<ReplicaRow>(listStatement, [replicaId, database.embedded]);
      return rows.map(({ id, policyVersion, seenAt }) => ({
        id,
        policyVersion: policyVersion ?? undefined,
        seenAt: new Date(Number(seenAt)),
      }));
    },
  };
}

interface ReplicaRow {
  readonly id: string;
  readonly policyVersion: number | null;
  readonly seenAt: string;
}

const heartbeatStatement = `
  update "replica" set "seen_at" = now(), "policy_version" = coalesce($2::integer, "policy_version")
  where "id" = $1::text`;

/** $1 this replica, $2 whether it is the only one that can be: an embedded database needs no heartbeat. */
const listStatement = `
  select "id", "policy_version" as "policyVersion",
    (extract(epoch from case when "id" = $1::text then now() else "seen_at" end) * 1000)::bigint::text as "seenAt"
  from "replica"
  where "id" = $1::text or (not $2::boolean and "seen_at" > now() - interval '60 seconds')
  order by 1`;
