// The schema: every domain file adds its part to the builder, and here it is built, once.
// `door.ts` executes it, `print.ts` prints it.

import type { GraphQLSchema } from "graphql";
import { builder } from "./builder.ts";
import { federationLink } from "./directives.ts";
import "./scalars.ts";
import "./callers.ts";
import "./models.ts";
import "./providers.ts";
import "./deployments.ts";
import "./parameters.ts";
import "./deployment-health.ts";
import "./provider-keys.ts";
import "./receipts.ts";
import "./safety.ts";
import "./plans.ts";
import "./routes.ts";
import "./simulation.ts";
import "./completions.ts";
import "./events.ts";
import "./embeddings.ts";
import "./moderations.ts";
import "./images.ts";
import "./keys.ts";
import "./budgets.ts";
import "./evidence.ts";
import "./break-glass.ts";
import "./policy.ts";
import "./policy-matrix.ts";
import "./policy-publishing.ts";
import "./explanations.ts";
import "./trusted-documents.ts";
import "./federation.ts";

builder.queryType({ description: "Questions. None of them calls a provider or costs anything." });
builder.mutationType({ description: "Whole answers, and what administrators change." });
builder.subscriptionType({ description: "Answers as they come." });

export const schema: GraphQLSchema = builder.toSchema({
  sortSchema: false,
  extensions: { directives: { link: [federationLink] } },
});
