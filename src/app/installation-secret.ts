// The secret that keys hashes and seals: from the environment, or made once in the data folder.

import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Secret } from "../core/secret.ts";

export async function installationSecret(given: Secret | undefined, dataFolder: string): Promise<string> {
  if (given) return given.reveal();
  const path = join(dataFolder, "secret");
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  try {
    // Fails where another process was first: then its secret counts.
    await writeFile(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
  return (await readFile(path, "utf8")).trim();
}
