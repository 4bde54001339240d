// Moves policy files from the folder into the database, where versions live.
// An empty database takes the folder as version 1; later changes publish themselves outside production.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bundleFileNames, hashBundle } from "../policy/bundle.ts";
import { loadPolicy } from "../policy/load-policy.ts";
import type { BundleFiles, PolicyVersion, VersionBook } from "../policy/version-book.ts";

/** Anything else in the folder is for people. */
export async function readBundle(folder: string): Promise<BundleFiles> {
  const present = new Set(await readdir(folder));
  const names = bundleFileNames.filter((name) => present.has(name));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
  );
  return Object.fromEntries(files);
}

/** Throws where the database is empty and the folder holds no policy that loads. */
export async function importPolicies(
  versions: VersionBook,
  folder: string,
  mayPublishChanges: boolean,
): Promise<PolicyVersion> {
  const newest = await versions.newest();
  if (newest && !mayPublishChanges) return newest;
  const files = await readBundle(folder).catch((error: unknown) => {
    if (newest) return undefined;
    throw error;
  });
  if (files === undefined || files["policy.csv"] === undefined) {
    if (newest) return newest;
    throw new Error(`PORTCULLIS_POLICIES: expected a folder with a policy.csv, found none in ${folder}`);
  }
  const sha256 = hashBundle(files);
  if (newest?.sha256 === sha256) return newest;
  // Nothing is published that does not load: the version would be refused at every start.
  await loadPolicy({ files, version: (newest?.number ?? 0) + 1 });
  return await versions.append(files, sha256, "files");
}
