// Reads a policy folder for a command, and shows problems as people and machines want them.
// The commands of `policy.ts` and `policy-versions.ts` share it.

import { readBundle } from "../app/policy-source.ts";
import { policyFile } from "../policy/parse-policy.ts";
import { formatProblem, type PolicyProblem } from "../policy/problems.ts";
import type { BundleFiles } from "../policy/version-book.ts";
import { CommandError } from "./command.ts";

export async function readFolder(folder: string): Promise<BundleFiles> {
  const files = await readBundle(folder).catch(() => {
    throw new CommandError(`No policy folder can be read at ${folder}`);
  });
  if (files[policyFile] === undefined) throw new CommandError(`${folder} holds no ${policyFile}`);
  return files;
}

/** As GraphQL takes them. */
export const fileList = (files: BundleFiles): readonly { name: string; text: string }[] =>
  Object.entries(files).map(([name, text]) => ({ name, text }));

/** `live`, the number of a version, or a folder: as GraphQL takes it. */
export async function sideOf(word: string): Promise<Record<string, unknown> | undefined> {
  if (word === "live") return undefined;
  if (/^\d+$/.test(word)) return { number: Number(word) };
  return { files: fileList(await readFolder(word)) };
}

type Shown = Omit<PolicyProblem, "suggestion"> & { readonly suggestion?: string | null | undefined };

export const problemLines = (problems: readonly Shown[]): string =>
  problems.map((one) => formatProblem({ ...one, suggestion: one.suggestion ?? undefined })).join("\n");
