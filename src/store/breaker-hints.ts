// Which deployments replicas found failing, so that each need not find out for itself.
// A hint is only that: it ends by itself, and losing one costs a few failed calls. An embedded database
// has no second replica, and is not asked.

import type { Database } from "./database.ts";
import { within } from "./deadline.ts";

interface BreakerHint {
  readonly deploymentId: string;
  readonly cause: "rate-limit" | "errors";
  /** From now. */
  readonly milliseconds: number;
}

export interface BreakerHints {
  open(hint: BreakerHint): Promise<void>;
  /** It answers again. */
  close(deploymentId: string): Promise<void>;
  /** Tells what other replicas found, about once a second; answers what stops it. */
  watch(onHints: (hints: readonly BreakerHint[]) => void): () => void;
}

const pollMilliseconds = 1_000;
const longestPoll = 5_000;

export function openBreakerHints(
  database: Database,
  replicaId: string,
  onFault: (error: unknown) => void,
): BreakerHints {
  if (database.embedded) return { open: nothing, close: nothing, watch: () => () => undefined };
  let polling = false;
  let failing = false;

  async function poll(onHints: (hints: readonly BreakerHint[]) => void): Promise<void> {
    if (polling) return;
    polling = true;
    try {
      const rows = await within(longestPoll, database.query<HintRow>(othersStatement, [replicaId]));
      failing = false;
      if (rows.length > 0) onHints(rows.map((row) => ({ ...row, milliseconds: Number(row.milliseconds) })));
    } catch (error) {
      // An outage is told once, not every second.
      if (!failing) onFault(error);
      failing = true;
    } finally {
      polling = false;
    }
  }

  return {
    async open({ deploymentId, cause, milliseconds }) {
      await database.query(openStatement, [deploymentId, cause, replicaId, Math.round(milliseconds)]);
    },
    close: async (deploymentId) => void (await database.query(closeStatement, [deploymentId])),
    watch(onHints) {
      const timer = setInterval(() => void poll(onHints), pollMilliseconds);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

interface HintRow {
  readonly deploymentId: string;
  readonly cause: BreakerHint["cause"];
  readonly milliseconds: string;
}

const openStatement = `
  insert into "breaker_hint" ("deployment", "cause", "replica", "until")
  values ($1::text, $2::text, $3::text, now() + $4::integer * interval '1 millisecond')
  on conflict ("deployment") do update
  set "cause" = excluded."cause", "replica" = excluded."replica",
    "until" = greatest("breaker_hint"."until", excluded."until")`;

const closeStatement = `delete from "breaker_hint" where "deployment" = $1::text`;

/** The database's clock counts: those of replicas differ. */
const othersStatement = `
  select "deployment" as "deploymentId", "cause",
    (extract(epoch from "until" - now()) * 1000)::bigint::text as "milliseconds"
  from "breaker_hint" where "replica" <> $1::text and "until" > now()`;
