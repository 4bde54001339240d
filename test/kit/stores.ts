// Runs a store test on PGlite and on PostgreSQL, each with a database of its own.
// Tests of `store/` and of whatever is built on it call `forEachStore`.

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, test } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import postgres from "postgres";
import { openStore } from "../../src/store/store.ts";
import type { Store, StoreSettings } from "../../src/store/store.ts";
import { copyPgliteTemplate } from "./pglite-template.ts";
import { closeSharedPostgres, sharedPostgres } from "./postgres.ts";
import { scratchFolder } from "./scratch.ts";

/** Where one test's data lives; every store that it opens sees the same. */
export interface StorePlace {
  readonly kind: "pglite" | "postgres";
  readonly databaseUrl: string | undefined;
  readonly dataFolder: string;
  /** Opens a store here (a second one on PGlite only after the first is closed); closed after the test. */
  open(settings?: Partial<StoreSettings>): Promise<Store>;
  /** Changes rows behind the store's back, as somebody with psql would. Close PGlite stores before. */
  execute(statement: string): Promise<void>;
  /** What the stores reported through `onFault`. */
  readonly faults: unknown[];
}

export function forEachStore(name: string, run: (place: StorePlace) => Promise<void>): void {
  test(`${name} (PGlite)`, () => atFreshPlace("pglite", undefined, run));
  onPostgres(name, run);
}

/** For what takes several processes: PGlite serves one only. */
export function onPostgres(name: string, run: (place: StorePlace) => Promise<void>): void {
  test(`${name} (PostgreSQL)`, async (context) => {
    const server = await sharedPostgres();
    if (!server) return context.skip("no PostgreSQL server binaries on this machine");
    await atFreshPlace("postgres", await server.freshDatabase(), run);
  });
}

after(closeSharedPostgres);

async function atFreshPlace(
  kind: StorePlace["kind"],
  databaseUrl: string | undefined,
  run: (place: StorePlace) => Promise<void>,
): Promise<void> {
  const dataFolder = await scratchFolder("store");
  const opened: Store[] = [];
  const faults: unknown[] = [];
  try {
    if (kind === "pglite") await copyPgliteTemplate(dataFolder);
    await run({
      kind,
      databaseUrl,
      dataFolder,
      faults,
      execute: (statement) => execute(databaseUrl, dataFolder, statement),
      async open(settings) {
        const store = await openStore({
          dataFolder,
          replicaId: "test",
          onFault: (error) => faults.push(error),
          ...(databaseUrl === undefined ? {} : { databaseUrl }),
          ...settings,
        });
        opened.push(store);
        return store;
      },
    });
  } finally {
    await Promise.all(opened.map((store) => store.close()));
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function execute(
  databaseUrl: string | undefined,
  dataFolder: string,
  statement: string,
): Promise<void> {
  if (databaseUrl === undefined) {
    const client = await PGlite.create({ dataDir: join(dataFolder, "pglite") });
    await client.exec(statement);
    await client.close();
  } else {
    const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    await client.unsafe(statement);
    await client.end();
  }
}
