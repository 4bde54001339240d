// Routes: what came of them and of the arms of experiments, and the scores that they order by.
// For administrators; a route itself is used by its name, as a model is.

import type { QualityScore } from "../catalog/quality.ts";
import { formatUsd } from "../core/money.ts";
import type { LearnedCategory, RouteOutcome } from "../gateway/route-administration.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";

const RouteResultType = builder.objectRef<RouteOutcome>("RouteResult").implement({
  description: "What came of one route, or of one arm of an experiment.",
  extensions: adminOnly,
  fields: (t) => ({
    route: t.exposeString("route", { description: "Its name." }),
    arm: t.string({
      nullable: true,
      description: "The arm; null where the route is no experiment.",
      resolve: ({ arm }) => arm,
    }),
    requests: t.exposeInt("requests", { description: "How many requests it served." }),
    failures: t.exposeInt("failures", { description: "How many of them failed." }),
    costUsd: t.field({
      type: "Decimal",
      description: "What they cost.",
      resolve: ({ cost }) => formatUsd(cost),
    }),
    outputTokens: t.exposeFloat("outputTokens", { description: "What they wrote." }),
    milliseconds: t.float({
      nullable: true,
      description: "How long one took, on average.",
      resolve: (result) => result.milliseconds,
    }),
    firstTokenMilliseconds: t.float({
      nullable: true,
      description: "How long its first token took, on average.",
      resolve: (result) => result.firstTokenMilliseconds,
    }),
  }),
});

const QualityScoreType = builder.objectRef<QualityScore>("QualityScore").implement({
  description: "How well a model does, as an evaluation found.",
  extensions: adminOnly,
  fields: (t) => ({
    model: t.exposeID("model", { description: "The model." }),
    task: t.string({
      nullable: true,
      description: "At what, as x-task names it; null: overall.",
      resolve: ({ task }) => (task === "" ? undefined : task),
    }),
    score: t.exposeFloat("score", { description: "The more, the better." }),
    source: t.exposeString("source", { description: "Where it was measured." }),
  }),
});

interface Imported {
  readonly scores: readonly QualityScore[];
}

const QualityScoresType = builder.objectRef<Imported>("QualityScores").implement({
  description: "Every score that is known.",
  extensions: adminOnly,
  fields: (t) => ({
    scores: t.field({
      type: [QualityScoreType],
      description: "By model and task.",
      resolve: ({ scores }) => [...scores],
    }),
  }),
});

const ImportScoresResult = builder.unionType("ImportQualityScoresResult", {
  description: "The scores, or what is wrong with the table.",
  extensions: adminOnly,
  types: [QualityScoresType, ...adminFailureTypes],
  resolveType: resolveAdminResult("QualityScores"),
});

const LearnedType = builder.objectRef<LearnedCategory>("EscalationCategory").implement({
  description: "What a route's escalation learned of one kind of request.",
  extensions: adminOnly,
  fields: (t) => ({
    route: t.exposeString("route", { description: "Whose." }),
    category: t.exposeString("category", { description: "Task, length and labels." }),
    enough: t.exposeInt("enough", { description: "First answers that were kept." }),
    escalated: t.exposeInt("escalated", { description: "First answers that were not." }),
  }),
});

builder.queryFields((t) => ({
  escalationMemory: t.field({
    type: [LearnedType],
    description: "What escalation learned: how often a cheap first answer was good enough.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { route: t.arg.string({ description: "Of this one only." }) },
    resolve: async (_root, { route }, { parts }) => [
      ...(await parts.administration.escalationMemory(route ?? undefined)),
    ],
  }),
  routeResults: t.field({
    type: [RouteResultType],
    description: "What came of each route, and of each arm of an experiment, since a day.",
    authScopes: ["metrics"],
    extensions: adminOnly,
    args: {
      since: t.arg({ type: "DateTime", required: true, description: "From that day on, UTC." }),
      route: t.arg.string({ description: "Of this one only." }),
    },
    resolve: async (_root, { since, route }, { parts }) => [
      ...(await parts.administration.routeResults(since, route ?? undefined)),
    ],
  }),
  qualityScores: t.field({
    type: [QualityScoreType],
    description: "The scores that routes order by.",
    authScopes: ["evidence"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listScores())],
  }),
}));

builder.mutationField("resetEscalationMemory", (t) =>
  t.int({
    description: "Forgets what a route's escalation learned; answers how many kinds of requests that were.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { route: t.arg.string({ required: true, description: "Whose." }) },
    resolve: (_root, { route }, { parts }) => parts.administration.resetEscalationMemory(route),
  }),
);

builder.mutationField("importQualityScores", (t) =>
  t.field({
    type: ImportScoresResult,
    description: "Takes in an evaluation table. A score takes the place of the one before it.",
    authScopes: ["evidence"],
    extensions: adminOnly,
    args: {
      csv: t.arg.string({
        required: true,
        description: "With a header: model, task, score, source. An empty task means overall.",
      }),
    },
    resolve: (_root, { csv }, context) =>
      orFailure(context, async () => ({ scores: await context.parts.administration.importScores(csv) })),
  }),
);
