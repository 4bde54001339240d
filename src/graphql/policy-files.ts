// The files of a policy as they go in and come out: name and text, nothing else.
// Publishing, export and diff share them.

import type { BundleFiles } from "../policy/version-book.ts";
import { builder } from "./builder.ts";

interface PolicyFile {
  readonly name: string;
  readonly text: string;
}

export const PolicyFileType = builder.objectRef<PolicyFile>("PolicyFile").implement({
  description: "One file of a policy.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "policy.csv, words.csv, tests.yaml, routes.yaml or graph.yaml.",
    }),
    text: t.exposeString("text", { description: "All of it." }),
  }),
});

export const PolicyFileInput = builder.inputType("PolicyFileInput", {
  description: "One file of a policy.",
  fields: (t) => ({
    name: t.string({
      required: true,
      description: "policy.csv, words.csv, tests.yaml, routes.yaml or graph.yaml.",
    }),
    text: t.string({ required: true, description: "All of it." }),
  }),
});

export const bundleFrom = (files: readonly PolicyFile[]): BundleFiles =>
  Object.fromEntries(files.map(({ name, text }) => [name, text]));
