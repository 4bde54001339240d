// Moves policy files from the folder into the database, where versions live.
// An empty database takes the folder as version 1; later changes publish themselves outside production,
// through the same gate as every other version.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Catalog } from "../catalog/catalog.ts";
import { bundleFileNames, hashBundle } from "../policy/bundle.ts";
import { policyFile } from "../policy/parse-policy.ts";
import { formatProblem, PolicyProblems } from "../policy/problems.ts";
import type { BundleFiles, PolicyVersion } from "../policy/version-book.ts";
import type { PolicyBook } from "../store/policies.ts";
import { passGate } from "./policy-gate.ts";

export interface ImportedPolicies {
  readonly version: PolicyVersion;
  /** What a person must know about the folder; empty where it is what is in force. */
  readonly notes: readonly string[];
}

/** There is nothing to decide by, so nothing starts. */
export class NoPolicy extends Error {
  override readonly name = "NoPolicy";
}

/** What routes are looked up in; asked only where there is something to publish. */
type CatalogInUse = () => Promise<Catalog>;

/** Who published what came from the folder. */
const author = "files";

/** Anything else in the folder is for people. */
export async function readBundle(folder: string): Promise<BundleFiles> {
  const present = new Set(await readdir(folder));
  const names = bundleFileNames.filter((name) => present.has(name));
  const files = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
  );
  return Object.fromEntries(files);
}

/** Throws where the database is empty and the folder holds no policy that passes the gate. */
export async function importPolicies(
  versions: PolicyBook,
  folder: string,
  mayPublishChanges: boolean,
  catalogInUse: CatalogInUse,
): Promise<ImportedPolicies> {
  const newest = await versions.newest();
  if (newest === undefined) return { version: await importFirst(versions, folder, catalogInUse), notes: [] };
  if (!mayPublishChanges) return { version: newest, notes: [] };
  return await importChange(versions, folder, newest, catalogInUse);
}

async function importFirst(
  versions: PolicyBook,
  folder: string,
  catalogInUse: CatalogInUse,
): Promise<PolicyVersion> {
  const files: BundleFiles = await readBundle(folder).catch(() => ({}));
  if (files[policyFile] === undefined)
    throw new NoPolicy(`PORTCULLIS_POLICIES: expected a folder with a policy.csv, found none in ${folder}`);
  try {
    const catalog = await catalogInUse();
    const { sha256 } = await passGate(files, 1, () => catalog);
    return await versions.importFirst(files, sha256, author);
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    throw new NoPolicy(
      `there is no policy yet, and the one in ${folder} is refused:\n${listed(error.problems)}`,
      { cause: error },
    );
  }
}

/** The version in force stays where the folder cannot be read, is refused, or is as it was. */
async function importChange(
  versions: PolicyBook,
  folder: string,
  newest: PolicyVersion,
  catalogInUse: CatalogInUse,
): Promise<ImportedPolicies> {
  const files = await readBundle(folder).catch(() => undefined);
  if (files === undefined) return { version: newest, notes: [] };
  const sha256 = hashBundle(files);
  if (newest.sha256 === sha256) return { version: newest, notes: [] };
  const unchanged = await alreadyPublished(versions, sha256);
  if (unchanged !== undefined) {
    const note = `version ${newest.number} is in force; the files in ${folder} are those of version ${unchanged}`;
    return { version: newest, notes: [note] };
  }
  try {
    const catalog = await catalogInUse();
    await passGate(files, newest.number + 1, () => catalog);
    return { version: await versions.append(files, sha256, author), notes: [] };
  } catch (error) {
    if (!(error instanceof PolicyProblems)) throw error;
    const note = `THE FILES IN ${folder} ARE REFUSED; version ${newest.number} stays in force:\n${listed(error.problems)}`;
    return { version: newest, notes: [note] };
  }
}

/**
 * A folder that was published once, and not changed since, must not undo what was published or rolled
 * back after it. One that was changed back by hand is a change.
 */
async function alreadyPublished(versions: PolicyBook, sha256: string): Promise<number | undefined> {
  const known = await versions.list();
  const last = known.findLast((version) => version.sha256 === sha256);
  const changedSince = known.some(
    (version) => version.author === author && last !== undefined && version.number > last.number,
  );
  return changedSince ? undefined : last?.number;
}

const listed = (problems: PolicyProblems["problems"]): string =>
  problems.map((problem) => `  ${formatProblem(problem)}`).join("\n");
