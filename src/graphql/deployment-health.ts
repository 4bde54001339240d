// Deployment.health: how this replica finds a deployment to be doing, the same for every caller.
// And the short list for operators of those that the breaker keeps from being called.

import type { Deployment } from "../core/deployment.ts";
import type { DeploymentHealth as HealthView } from "../gateway/contract.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { attemptedDeployment } from "./past-deployments.ts";

const rounded = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 10) / 10;

const DeploymentHealth = builder.objectRef<HealthView>("DeploymentHealth").implement({
  description: "How a deployment is doing, as this replica measured it lately; older calls count for less.",
  fields: (t) => ({
    state: t.exposeString("state", {
      description: "closed: it is called. open: it is left alone. half-open: one call at a time tries it.",
    }),
    cause: t.string({
      nullable: true,
      description: "Why it is not closed: rate-limit or errors.",
      resolve: ({ cause }) => cause,
    }),
    until: t.field({
      type: "DateTime",
      nullable: true,
      description: "Until when it is left alone.",
      resolve: ({ until }) => (until === undefined ? undefined : new Date(until)),
    }),
    samples: t.float({
      description: "Calls behind the numbers; 0: nothing is known.",
      resolve: ({ vitals }) => rounded(vitals?.samples) ?? 0,
    }),
    errorRate: t.float({
      nullable: true,
      description: "From 0 to 1.",
      resolve: ({ vitals }) => vitals?.errorRate,
    }),
    firstTokenMilliseconds: t.float({
      nullable: true,
      description: "From the call to the first content; a moving average.",
      resolve: ({ vitals }) => rounded(vitals?.firstToken?.average),
    }),
    firstTokenP50Milliseconds: t.float({
      nullable: true,
      description: "Half of the calls were faster.",
      resolve: ({ vitals }) => rounded(vitals?.firstToken?.p50),
    }),
    firstTokenP95Milliseconds: t.float({
      nullable: true,
      description: "Nineteen of twenty calls were faster.",
      resolve: ({ vitals }) => rounded(vitals?.firstToken?.p95),
    }),
    tokensPerSecond: t.float({
      nullable: true,
      description: "How fast it writes after its first word; a moving average.",
      resolve: ({ vitals }) => rounded(vitals?.tokensPerSecond),
    }),
  }),
});

builder.objectField("Deployment", "health", (t) =>
  t.field({
    type: DeploymentHealth,
    description: "How it is doing now, as this replica finds it. The same for every caller.",
    resolve: ({ id }, _arguments, { parts }) => parts.enquiries.health(id),
  }),
);

builder.queryField("troubledDeployments", (t) =>
  t.field({
    type: ["Deployment"],
    description: "Those that are left alone now, or tried again, since they kept failing.",
    authScopes: ["metrics"],
    extensions: adminOnly,
    resolve: (_root, _arguments, { parts, catalog }): Deployment[] =>
      parts.enquiries.troubled().map((id) => attemptedDeployment(catalog, id)),
  }),
);
