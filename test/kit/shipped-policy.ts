// The policy that ships with the package, as files to publish with a change of a test's own.

import { readFileSync } from "node:fs";
import type { BundleFiles } from "../../src/policy/version-book.ts";

const folder = new URL("../../policies/", import.meta.url);

export const shippedFiles: BundleFiles = Object.fromEntries(
  ["policy.csv", "routes.yaml", "tests.yaml"].map((name) => [
    name,
    readFileSync(new URL(name, folder), "utf8"),
  ]),
);

export const withRows = (...rows: readonly string[]): BundleFiles => ({
  ...shippedFiles,
  "policy.csv": `${shippedFiles["policy.csv"]}\n${rows.join("\n")}\n`,
});

export const denyOllama =
  "p, no-ollama, deny, anyone, anything, public or above, if provider:ollama, always, Incident 7";

export const fileList = (files: BundleFiles): readonly { name: string; text: string }[] =>
  Object.entries(files).map(([name, text]) => ({ name, text }));
