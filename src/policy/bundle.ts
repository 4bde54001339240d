// What a policy bundle is made of, and the hash that names its content.
// Whoever publishes reads it from a folder; `load-policy.ts` reads it from a stored version.

import { createHash } from "node:crypto";

import { modelText } from "./model-file.ts";
import { suggest, type PolicyProblem } from "./problems.ts";
import type { BundleFiles } from "./version-book.ts";

/** All a bundle can hold. `model.conf` and the README belong to the package, not to a bundle. */
export const bundleFileNames = [
  "policy.csv",
  "words.csv",
  "routes.yaml",
  "graph.yaml",
  "tests.yaml",
] as const;

/** Hex sha256 over names and contents, each led by its length so that nothing can be shifted between them. */
export function hashBundle(files: BundleFiles): string {
  const hash = createHash("sha256");
  for (const name of Object.keys(files).sort()) {
    for (const text of [name, files[name] ?? ""]) {
      const bytes = Buffer.from(text, "utf8");
      hash.update(`${bytes.length}:`).update(bytes);
    }
  }
  return hash.digest("hex");
}

/** The files of a policies folder that make the bundle, out of all that lie there. */
export function bundleOf(folder: BundleFiles): BundleFiles {
  const chosen = bundleFileNames.flatMap((name) => {
    const text = folder[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(chosen);
}

/** A file that would be ignored is a file somebody believes in, so it is refused. */
export function strayFiles(files: BundleFiles): readonly PolicyProblem[] {
  const known: readonly string[] = bundleFileNames;
  return Object.keys(files)
    .filter((name) => !known.includes(name) && name !== "README.md")
    .flatMap((name): PolicyProblem[] => {
      if (name === "model.conf" && files[name] === modelText) return [];
      const message =
        name === "model.conf"
          ? "differs from the package's own, which alone is used; rows go into policy.csv"
          : "is no file of a policy bundle";
      return [
        {
          file: name,
          line: 0,
          column: 0,
          message,
          suggestion: name === "model.conf" ? undefined : suggest(name, known),
        },
      ];
    });
}
