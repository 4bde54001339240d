// Model: a thing people name, and the queries that find one or many.
// The same for every caller: `usable` is a filter, never a field.

import { builder } from "./builder.ts";
import { entity, pagedBy } from "./directives.ts";
import { Capability, Modality, ModelSort, ModelStatus, type ToldCapability } from "./enums.ts";
import { ModelFilterInput, modelFilterOf } from "./model-filter.ts";
import { ModelConnection, pageOf } from "./model-pages.ts";

builder.objectType("Model", {
  description: "A thing people name, such as claude-sonnet-4-5, wherever it is served.",
  extensions: entity,
  fields: (t) => ({
    id: t.exposeID("id", { description: "What to ask for it by." }),
    name: t.exposeString("name", { description: "What people call it." }),
    vendor: t.exposeString("vendor", { description: "Who made it." }),
    family: t.string({
      nullable: true,
      description: "The line it belongs to.",
      resolve: (model) => model.family,
    }),
    contextTokens: t.int({
      nullable: true,
      description: "How many tokens input and output may have together.",
      resolve: (model) => model.contextTokens,
    }),
    maxOutputTokens: t.int({
      nullable: true,
      description: "How many tokens it can answer at most.",
      resolve: (model) => model.maxOutputTokens,
    }),
    capabilities: t.field({
      type: [Capability],
      description: "What it can do.",
      resolve: (model) => model.capabilities.filter((one): one is ToldCapability => one !== "MODERATION"),
    }),
    deployments: t.field({
      type: ["Deployment"],
      description: "Everywhere it is served.",
      resolve: (model, _arguments, { catalog }) => [...catalog.deploymentsOfModel(model.id)],
    }),
    inputModalities: t.field({
      type: [Modality],
      description: "What it takes.",
      resolve: (model) => [...model.inputModalities],
    }),
    outputModalities: t.field({
      type: [Modality],
      description: "What it gives.",
      resolve: (model) => [...model.outputModalities],
    }),
    knowledge: t.string({
      nullable: true,
      description: "Until when it knows the world: 2024-10 or 2024-10-01.",
      resolve: (model) => model.knowledge,
    }),
    released: t.string({
      nullable: true,
      description: "When it came out: 2025-09-29.",
      resolve: (model) => model.released,
    }),
    status: t.field({
      type: ModelStatus,
      description: "How far it is.",
      resolve: (model) => model.status,
    }),
    openWeights: t.exposeBoolean("openWeights", { description: "True where anyone may run it." }),
  }),
});

builder.queryField("models", (t) =>
  t.field({
    type: ModelConnection,
    description: "The catalog: every model that matches, page by page.",
    authScopes: ["catalog"],
    extensions: pagedBy("first", ["nodes", "edges"]),
    args: {
      filter: t.arg({ type: ModelFilterInput, description: "Which ones; absent means all." }),
      sort: t.arg({ type: ModelSort, defaultValue: "NAME_ASC", description: "In which order." }),
      first: t.arg.int({ defaultValue: 20, description: "How many on this page, at most 500." }),
      after: t.arg.string({ description: "The endCursor of the page before." }),
    },
    resolve(_root, { filter, sort, first, after }, context) {
      const { catalog, caller } = context;
      const matching = catalog.search(filter ? modelFilterOf(filter) : {}, sort ?? "NAME_ASC");
      const usable = filter?.usable ?? undefined;
      const shown =
        usable === undefined
          ? matching
          : matching.filter((model) => context.parts.enquiries.usableModel(model.id, caller) === usable);
      return pageOf(shown, first ?? 20, after ?? undefined);
    },
  }),
);

builder.queryField("model", (t) =>
  t.field({
    type: "Model",
    nullable: true,
    description: "One model by its id; null where there is none.",
    authScopes: ["catalog"],
    args: { id: t.arg.id({ required: true, description: "Its id." }) },
    resolve: (_root, { id }, { catalog }) => catalog.model(id),
  }),
);
