// Provider: a company or server with an API, and the query that lists them.

import { builder } from "./builder.ts";
import { entity } from "./directives.ts";

builder.objectType("Provider", {
  description: "A company or server with an API that Portcullis can call.",
  extensions: entity,
  fields: (t) => ({
    id: t.exposeID("id", { description: "As it stands before the first slash of a deployment id: openai." }),
    name: t.exposeString("name", { description: "What people call it." }),
    enabled: t.exposeBoolean("enabled", { description: "True where it has a key or an address of its own." }),
    disabledReason: t.string({
      nullable: true,
      description: "What it lacks where it is not enabled.",
      resolve: (provider) => provider.disabledReason,
    }),
    deployments: t.field({
      type: ["Deployment"],
      description: "Every model that it serves.",
      resolve: (provider, _arguments, { catalog }) => [...catalog.deploymentsOfProvider(provider.id)],
    }),
  }),
});

builder.queryField("providers", (t) =>
  t.field({
    type: ["Provider"],
    description: "Every provider in the catalog, also those that are not enabled.",
    authScopes: ["catalog"],
    resolve: (_root, _arguments, { catalog }) => [...catalog.providers],
  }),
);
