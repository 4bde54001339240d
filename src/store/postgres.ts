// Opens a PostgreSQL server: a pool for the work, one connection for what is asked all the time, and a direct one for what
// a pooler cannot carry (migrations under a session lock, LISTEN). Any number of replicas may start at once.

import postgres from "postgres";
import { drizzle } from "drizzle-orm/postgres-js/driver";
import { migrate } from "drizzle-orm/postgres-js/migrator";
import type { Database, Parameter } from "./database.ts";

const poolSize = 10;
/** The second is opened only where the first does not answer. */
const oftenSize = 2;
const connectSeconds = 5;
/** "portcull" as a number: whoever migrates holds this lock. */
const migrationLock = "8101820098873224300";

export interface PostgresAddress {
  readonly databaseUrl: string;
  /** Given where `databaseUrl` may be a pooler that shares connections between transactions. */
  readonly directUrl?: string | undefined;
}

export async function openPostgres(
  { databaseUrl, directUrl }: PostgresAddress,
  migrationsFolder: string,
): Promise<Database> {
  const mayBePooler = directUrl !== undefined;
  await migrateAlone(directUrl ?? databaseUrl, migrationsFolder);

  const settings = {
    ...quiet,
    prepare: !mayBePooler,
    connection: { ...named, ...(mayBePooler ? {} : patience) },
  };
  const pool = postgres(databaseUrl, { ...settings, max: poolSize });
  const often = postgres(databaseUrl, { ...settings, max: oftenSize, fetch_types: false });
  const orm = drizzle(pool);
  const direct = mayBePooler ? postgres(directUrl, { ...quiet, max: 1, connection: named }) : pool;
  return {
    embedded: false,
    orm,
    query: queryOver(pool, !mayBePooler),
    queryOften: queryOver(often, !mayBePooler),
    listen: async (channel, wake) => void (await direct.listen(channel, wake)),
    // The server looks after itself.
    tidy: () => Promise.resolve(),
    close: async () => {
      await Promise.all([
        pool.end({ timeout: 5 }),
        often.end({ timeout: 5 }),
        mayBePooler ? direct.end({ timeout: 1 }) : undefined,
      ]);
    },
  };
}

function queryOver(client: postgres.Sql, prepare: boolean): Database["query"] {
  return async <Row>(statement: string, parameters: readonly Parameter[] = []) => {
    const asked = client.unsafe(statement, [...parameters], { prepare });
    const rows = await asked;
    forgetParameters(asked);
    return rows as unknown as readonly Row[];
  };
}

/**
 * V8 keeps each query of the driver alive until the next full collection, since it assigns functions to its properties:
 * without this with the text of all the rows that it wrote.
 */
const forgetParameters = (asked: object): void => void Object.assign(asked, { args: [], parameters: [] });

const quiet = {
  connect_timeout: connectSeconds,
  /** The driver's own pauses grow to 20 s, and a query that meets one waits: an outage would outlive itself. */
  backoff: (attempt: number) => Math.min(attempt / 10, 1),
  onnotice: () => {},
};

const named = { application_name: "portcullis" };

/** A replica whose machine vanished must not hold rows for hours. Poolers refuse such settings. */
const patience = { lock_timeout: 10_000, idle_in_transaction_session_timeout: 30_000 };

/** The same for the migration lock, where waiting long is right and holding it dead is not. */
const keepalive = { tcp_keepalives_idle: 30, tcp_keepalives_interval: 10, tcp_keepalives_count: 3 };

/** One connection from lock to unlock; replicas that start meanwhile wait for it. */
async function migrateAlone(url: string, migrationsFolder: string): Promise<void> {
  const client = postgres(url, { ...quiet, max: 1, connection: { ...named, ...keepalive } });
  try {
    await client.unsafe("select pg_advisory_lock($1::text::bigint)", [migrationLock]);
    await migrate(drizzle(client), { migrationsFolder });
  } finally {
    // Ending the session gives the lock back.
    await client.end({ timeout: 5 });
  }
}
