// The one door to the database: opens it, brings it to the newest schema, and hands out the books.
// `main.ts` opens one store per process; everyone else gets the book it needs as an argument.

import { fileURLToPath } from "node:url";
import type { TrustedDocumentBook } from "../core/trusted-document.ts";
import type { SessionMemory } from "../intake/session-memory.ts";
import type { Claims } from "../metering/claims.ts";
import type { BreakGlassBook } from "../policy/break-glass.ts";
import { openBreakerHints } from "./breaker-hints.ts";
import type { BreakerHints } from "./breaker-hints.ts";
import { openBudgetBook } from "./budgets.ts";
import type { BudgetBook } from "./budgets.ts";
import { openClaims } from "./claims.ts";
import { openBreakGlassBook } from "./break-glass.ts";
import type { Database } from "./database.ts";
import { openEscalationMemory } from "./escalations.ts";
import type { EscalationMemory } from "./escalations.ts";
import { openEvidenceBook } from "./evidence.ts";
import type { EvidenceBook } from "./evidence.ts";
import { openGeneration } from "./generation.ts";
import type { Generation } from "./generation.ts";
import { openKeyBook } from "./keys.ts";
import type { KeyBook } from "./keys.ts";
import { usageSince } from "./ledger.ts";
import type { UsageSum } from "./ledger.ts";
import { openPolicyBook } from "./policies.ts";
import type { PolicyBook } from "./policies.ts";
import { openRecords } from "./records.ts";
import type { Records } from "./records.ts";
import { openPastTraffic } from "./past-traffic.ts";
import type { PastTraffic } from "./past-traffic.ts";
import { openReplicaBook } from "./replicas.ts";
import type { ReplicaBook } from "./replicas.ts";
import { openRouteResults } from "./route-results.ts";
import type { RouteResults } from "./route-results.ts";
import { openScoreBook } from "./scores.ts";
import type { ScoreBook } from "./scores.ts";
import { openSessions } from "./sessions.ts";
import { openSyncedBook } from "./synced.ts";
import type { SyncedBook } from "./synced.ts";
import { openTrustedDocumentBook } from "./trusted-documents.ts";
import { startUpkeep } from "./upkeep.ts";

export interface StoreSettings {
  /** Absent: PGlite in `<dataFolder>/pglite`. */
  readonly databaseUrl?: string | undefined;
  /** Given where `databaseUrl` may be a pooler: for migrations, locks and LISTEN. */
  readonly directUrl?: string | undefined;
  readonly dataFolder: string;
  /** Names this process's chain of records; no two processes that run at once may share one. */
  readonly replicaId: string;
  /** Where the SQL lies, when not beside the sources. */
  readonly migrationsFolder?: string | undefined;
  readonly now?: (() => Date) | undefined;
  /** Told of whatever fails in the background. Never holds a prompt, an answer or a secret. */
  readonly onFault: (error: unknown) => void;
}

export interface Store {
  readonly keys: KeyBook;
  readonly budgets: BudgetBook;
  readonly claims: Claims;
  readonly records: Records;
  readonly evidence: EvidenceBook;
  readonly policies: PolicyBook;
  readonly breakGlass: BreakGlassBook;
  readonly replicas: ReplicaBook;
  readonly sessions: SessionMemory;
  readonly synced: SyncedBook;
  readonly documents: TrustedDocumentBook;
  readonly generation: Generation;
  readonly routeResults: RouteResults;
  readonly pastTraffic: PastTraffic;
  readonly scores: ScoreBook;
  readonly escalations: EscalationMemory;
  readonly breakerHints: BreakerHints;
  /** Sums of the ledger by team, key and deployment. */
  usage(since: Date): Promise<readonly UsageSum[]>;
  /** Rejects where the database does not answer. */
  ping(): Promise<void>;
  /** Writes what waits, then lets go of the database. Closing twice is closing once. */
  close(): Promise<void>;
}

/** How long closing waits for rows that the database does not take. */
const drainMilliseconds = 5_000;

export async function openStore(settings: StoreSettings): Promise<Store> {
  const { now = () => new Date(), onFault, replicaId } = settings;
  const database = await openDatabase(settings);
  try {
    const generation = await openGeneration(database, now, onFault);
    const routeResults = openRouteResults(database);
    const escalations = await openEscalationMemory(database);
    const records = await openRecords(database, replicaId, onFault, routeResults.note);
    const budgets = openBudgetBook(database, now);
    generation.watch(budgets.forgetScopes);
    const replicas = openReplicaBook(database, replicaId);
    const stopUpkeep = await startUpkeep({
      database,
      replicaId,
      replicas,
      records,
      budgets,
      routeResults,
      escalations,
      now,
      onFault,
    });

    let closing: Promise<void> | undefined;
    const close = async () => {
      await records.stop(drainMilliseconds);
      await Promise.all([routeResults.flush(), escalations.exchange()]).catch(onFault);
      generation.stop();
      stopUpkeep();
      await database.close();
    };
    return {
      keys: openKeyBook(database, now),
      budgets,
      claims: openClaims(database, now),
      records,
      evidence: openEvidenceBook(database),
      policies: openPolicyBook(database, now),
      breakGlass: openBreakGlassBook(database, now),
      replicas,
      sessions: openSessions(database, now),
      synced: openSyncedBook(database),
      documents: openTrustedDocumentBook(database),
      generation,
      routeResults,
      pastTraffic: openPastTraffic(database),
      scores: openScoreBook(database),
      escalations,
      breakerHints: openBreakerHints(database, replicaId, onFault),
      usage: (since) => usageSince(database, since),
      ping: async () => void (await database.query("select 1")),
      close: () => (closing ??= close()),
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Each driver is loaded only where it is used: together they would double the start. */
async function openDatabase(settings: StoreSettings): Promise<Database> {
  const { databaseUrl, directUrl, dataFolder, migrationsFolder = besideSources } = settings;
  if (databaseUrl === undefined) {
    const { openPglite } = await import("./pglite.ts");
    return openPglite(dataFolder, migrationsFolder);
  }
  const { openPostgres } = await import("./postgres.ts");
  return openPostgres({ databaseUrl, directUrl }, migrationsFolder);
}

const besideSources = fileURLToPath(new URL("../../drizzle", import.meta.url));
