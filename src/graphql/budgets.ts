// Budgets, what was used of them, and by whom.

import { Failure } from "../core/errors.ts";
import { formatUsd, parseUsd } from "../core/money.ts";
import type { UsageLine } from "../gateway/administration.ts";
import type { Budget } from "../metering/budgets.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { BudgetPeriod } from "./enums.ts";
import { attemptedDeployment } from "./past-deployments.ts";

const BudgetType = builder.objectRef<Budget>("Budget").implement({
  description: "How much may be spent in a period, and how much has been.",
  extensions: adminOnly,
  fields: (t) => ({
    scope: t.exposeString("scope", { description: "key:…, user:…, team:… or organisation." }),
    limitUsd: t.field({
      type: "Decimal",
      description: "The most that may be spent.",
      resolve: (budget) => formatUsd(budget.limit),
    }),
    period: t.field({
      type: BudgetPeriod,
      description: "After how long it starts anew.",
      resolve: (budget) => budget.period,
    }),
    spentUsd: t.field({
      type: "Decimal",
      description: "What has been spent in this period.",
      resolve: (budget) => formatUsd(budget.spent),
    }),
    heldUsd: t.field({
      type: "Decimal",
      description: "What is held for requests that run now.",
      resolve: (budget) => formatUsd(budget.held),
    }),
    resetsAt: t.field({
      type: "DateTime",
      description: "When it starts anew.",
      resolve: (budget) => budget.resetsAt,
    }),
  }),
});

const BudgetResult = builder.unionType("BudgetResult", {
  description: "A budget, or why there is none.",
  extensions: adminOnly,
  types: [BudgetType, ...adminFailureTypes],
  resolveType: resolveAdminResult("Budget"),
});

const SetBudgetInput = builder.inputType("SetBudgetInput", {
  description: "A budget, new or changed.",
  extensions: adminOnly,
  fields: (t) => ({
    scope: t.string({ required: true, description: "key:…, user:…, team:… or organisation." }),
    limitUsd: t.field({ type: "Decimal", required: true, description: "The most that may be spent." }),
    period: t.field({
      type: BudgetPeriod,
      required: true,
      defaultValue: "month",
      description: "After how long it starts anew.",
    }),
  }),
});

const UsageLineType = builder.objectRef<UsageLine>("UsageLine").implement({
  description: "What one key, or one user of it, used on one deployment.",
  extensions: adminOnly,
  fields: (t) => ({
    team: t.exposeString("team", { description: "Whose key." }),
    key: t.exposeID("key", { description: "The key." }),
    user: t.id({
      nullable: true,
      description:
        "The user who asked with a token or through a router; null where the key asked for itself.",
      resolve: (line) => line.user,
    }),
    deployment: t.field({
      type: "Deployment",
      description: "Where.",
      resolve: (line, _arguments, { catalog }) => attemptedDeployment(catalog, line.deploymentId),
    }),
    requests: t.exposeInt("requests", { description: "How many requests." }),
    inputTokens: t.exposeFloat("inputTokens", { description: "Input, cached included." }),
    outputTokens: t.exposeFloat("outputTokens", { description: "Output, reasoning included." }),
    costUsd: t.field({ type: "Decimal", description: "What it cost.", resolve: (line) => line.costUsd }),
  }),
});

builder.queryFields((t) => ({
  budgets: t.field({
    type: [BudgetType],
    description: "Every budget.",
    authScopes: ["keys"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listBudgets())],
  }),
  usage: t.field({
    type: [UsageLineType],
    description: "What every key used since a moment.",
    authScopes: ["metrics"],
    extensions: adminOnly,
    args: { since: t.arg({ type: "DateTime", required: true, description: "The moment." }) },
    resolve: async (_root, { since }, { parts }) => [...(await parts.administration.usage(since))],
  }),
}));

builder.mutationField("setBudget", (t) =>
  t.field({
    type: BudgetResult,
    description: "Sets how much a key, a user, a team or everyone together may spend.",
    authScopes: ["keys"],
    extensions: adminOnly,
    args: { input: t.arg({ type: SetBudgetInput, required: true, description: "The budget." }) },
    resolve: (_root, { input }, context) =>
      orFailure(context, async () => {
        const limit = parseUsd(input.limitUsd);
        if (limit === undefined) {
          throw new Failure("INVALID_REQUEST", 'limitUsd must be a decimal string such as "250".', {
            path: "limitUsd",
          });
        }
        const { scope, period } = input;
        return await context.parts.administration.setBudget({ scope, limit, period }, context.caller);
      }),
  }),
);
