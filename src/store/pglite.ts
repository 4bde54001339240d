// Opens the embedded database in its folder, making it first where there is none.
// Only one process may have a folder open: whoever calls this holds the data folder's lock.

import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import type { Database } from "./database.ts";
import { preparedStatements } from "./pglite-statements.ts";

export async function openPglite(dataFolder: string, migrationsFolder: string): Promise<Database> {
  const [{ PGlite }, { drizzle }, { migrate }] = await Promise.all([
    import("@electric-sql/pglite"),
    import("drizzle-orm/pglite/driver"),
    import("drizzle-orm/pglite/migrator"),
  ]);
  const client = await openFolder(dataFolder, (folder) =>
    PGlite.create({ dataDir: folder, postgresqlconf: settings }),
  );
  try {
    const orm = drizzle(client);
    await migrate(orm, { migrationsFolder });
    const query = preparedStatements(client);
    return {
      embedded: true,
      orm,
      query,
      queryOften: query,
      listen: async (channel, wake) => void (await client.listen(channel, wake)),
      tidy: tidier(client),
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Nothing here runs in the background as a server's checkpointer and autovacuum do: without this the
 * write-ahead log grows for ever, and with it the next start after a crash. Both stop the event loop
 * for some milliseconds, so the log may grow a little first.
 */
function tidier(client: PGlite): () => Promise<void> {
  let rounds = 0;
  return async () => {
    const [log] = (await client.query<{ due: boolean }>(checkpointDue)).rows;
    if (log?.due) await client.exec("checkpoint");
    rounds += 1;
    if (rounds % vacuumRounds === 0) await client.exec("vacuum");
  };
}

/** Rounds come twice a minute (upkeep.ts): an hour. */
const vacuumRounds = 120;

const checkpointDue = `
  select pg_wal_lsn_diff(pg_current_wal_lsn(), "redo_lsn") > 32 * 1024 * 1024 as "due"
  from pg_control_checkpoint()`;

const settings = [
  // The defaults take 150 MB more and make nothing faster: the operating system caches the files.
  "shared_buffers=16MB",
  "max_wal_size=64MB",
  "min_wal_size=32MB",
  // Else each 16 MB of log are first filled with zeros, in single pages: 40 ms in which nothing else happens.
  "wal_init_zero=off",
];

/**
 * A new database is made beside its place and moved there when it is whole: a process killed
 * while it makes one must not leave half of it to the next start.
 */
async function openFolder(dataFolder: string, open: (folder: string) => Promise<PGlite>): Promise<PGlite> {
  const folder = join(dataFolder, "pglite");
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  if (await exists(folder)) return open(folder);

  const unfinished = join(dataFolder, "pglite.unfinished");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await (await open(unfinished)).close();
  await rename(unfinished, folder);
  return open(folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch {
    return false;
  }
}
