// Keeps one migrated, empty PGlite folder ready to be copied, since making one takes seconds.
// `stores.ts` copies it for each test; it lies in the system's temporary folder, one per schema.

import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, readdir, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openStore } from "../../src/store/store.ts";

/** Puts a fresh database where a store with this data folder will open it. */
export async function copyPgliteTemplate(dataFolder: string): Promise<void> {
  template ??= findOrMake();
  await cp(join(await template, "pglite"), join(dataFolder, "pglite"), { recursive: true });
}

let template: Promise<string> | undefined;

async function findOrMake(): Promise<string> {
  const place = join(tmpdir(), `portcullis-pglite-template-${await schemaHash()}`);
  if (await stat(place).catch(() => undefined)) return place;
  const making = await mkdtemp(`${place}-`);
  const store = await openStore({ dataFolder: making, replicaId: "template", onFault: () => {} });
  await store.close();
  // Several test processes may make it at once: one wins, the others throw theirs away.
  await rename(making, place).catch(() => rm(making, { recursive: true, force: true }));
  return place;
}

/** Another schema, another PGlite, or another user of this machine: another template. */
async function schemaHash(): Promise<string> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const migrations = (await readdir(join(root, "drizzle"))).filter((name) => name.endsWith(".sql")).sort();
  const files = [...migrations.map((name) => join("drizzle", name)), "package-lock.json"];
  const hash = createHash("sha256").update(String(process.getuid?.()));
  for (const file of files) hash.update(await readFile(join(root, file)));
  return hash.digest("hex").slice(0, 16);
}
