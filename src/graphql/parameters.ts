// ParameterSupport: what a deployment makes of each parameter, row by row from the capability table of its dialect.
// `Deployment.parameters` shows it, so that a client can know beforehand what would be refused.

import { builder } from "./builder.ts";
import { SupportKind } from "./enums.ts";

builder.objectType("ParameterSupport", {
  description: "What becomes of one parameter at a deployment.",
  fields: (t) => ({
    name: t.exposeString("name", {
      description: "As OpenAI names it, a response format with its type; * is any other field.",
    }),
    support: t.field({ type: SupportKind, description: "Whether it is honoured.", resolve: (row) => row.is }),
    to: t.string({
      nullable: true,
      description: "Where it goes, where it is said in other words.",
      resolve: (row) => (row.is === "mapped" ? row.to : undefined),
    }),
    least: t.float({
      nullable: true,
      description: "The least value, where it is clamped.",
      resolve: (row) => (row.is === "clamped" ? row.least : undefined),
    }),
    most: t.float({
      nullable: true,
      description: "The most, where it is clamped.",
      resolve: (row) => (row.is === "clamped" ? row.most : undefined),
    }),
    whileThinking: t.boolean({
      description: "True where it is refused only as long as the model thinks.",
      resolve: (row) => row.is === "refused" && row.while === "thinking",
    }),
  }),
});
