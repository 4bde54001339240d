// Why the policy said what it said: rules as sentences, the nearest permission with a tick for each of
// its columns, and what could change an answer. For holders of the scope `policy`.

import type { Tick, TickedGrant } from "../policy/explanation.ts";
import type { PolicyAnswer, RecordedDecision, RequestExplanation } from "../gateway/policy-administration.ts";
import { builder } from "./builder.ts";
import { attemptedDeployment } from "./past-deployments.ts";
import { RuleType } from "./policy-rules.ts";
import { SafetyTermsType } from "./safety-terms.ts";

const TickType = builder.objectRef<Tick>("PolicyTick").implement({
  description: "Whether one column of a permission is met.",
  fields: (t) => ({
    column: t.exposeString("column", { description: "who, does, data, provider or when." }),
    ok: t.exposeBoolean("ok", { description: "True where it is met." }),
    asks: t.exposeString("asks", { description: "What the permission asks for there." }),
  }),
});

export const NearestGrant = builder.objectRef<TickedGrant>("NearestGrant").implement({
  description: "The permission that comes nearest to the request.",
  fields: (t) => ({
    rule: t.field({ type: RuleType, description: "The row.", resolve: (grant) => grant }),
    ticks: t.field({
      type: [TickType],
      description: "Column by column.",
      resolve: (grant) => [...grant.ticks],
    }),
  }),
});

const PolicyAnswerType = builder.objectRef<PolicyAnswer>("PolicyAnswer").implement({
  description: "What the policy in force says about one deployment, or about a provider described in words.",
  fields: (t) => ({
    deployment: t.field({
      type: "Deployment",
      nullable: true,
      description: "Which one; null where the provider was described by its promises.",
      resolve: (answer) => answer.deployment,
    }),
    allowed: t.exposeBoolean("allowed", { description: "True where the policy permits it." }),
    because: t.exposeString("because", { description: "Why, or why not." }),
    decidedBy: t.field({
      type: RuleType,
      nullable: true,
      description: "The row that decided; null where none permits it.",
      resolve: (answer) => answer.decidedBy,
    }),
    nearestGrant: t.field({
      type: NearestGrant,
      nullable: true,
      description: "The closest permission, with ticks.",
      resolve: (answer) => answer.nearest,
    }),
    failedColumn: t.string({
      nullable: true,
      description: "The first column in which the closest permission is not met.",
      resolve: (answer) => answer.failed,
    }),
    missing: t.stringList({
      description: "The guarantees that are missing.",
      resolve: (answer) => [...answer.missing],
    }),
    safety: t.field({
      type: SafetyTermsType,
      description: "What would happen to the answer, wherever it came from.",
      resolve: (answer) => answer.safety,
    }),
  }),
});

const RecordedDecisionType = builder.objectRef<RecordedDecision>("RecordedDecision").implement({
  description: "What was decided about one deployment, as it was recorded.",
  fields: (t) => ({
    deployment: t.field({
      type: "Deployment",
      description: "Which one.",
      resolve: ({ deploymentId }, _arguments, { catalog }) => attemptedDeployment(catalog, deploymentId),
    }),
    allowed: t.exposeBoolean("allowed", { description: "True where it was permitted." }),
    because: t.exposeString("because", { description: "Why, or why not." }),
    rule: t.string({
      nullable: true,
      description: "The row that decided.",
      resolve: (decision) => decision.rule,
    }),
  }),
});

const RequestExplanationType = builder.objectRef<RequestExplanation>("RequestExplanation").implement({
  description: "One request that is over, explained from its record. The prompt is not in it.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id of the request." }),
    at: t.field({ type: "DateTime", description: "When it came.", resolve: (one) => one.at }),
    outcome: t.exposeString("outcome", { description: "ok, a failure code, cancelled or open." }),
    key: t.id({ description: "Whose key it was.", resolve: ({ who }) => who.key }),
    user: t.id({
      nullable: true,
      description: "The user who asked; null where the key asked for itself.",
      resolve: ({ who }) => who.user,
    }),
    team: t.string({ description: "Of which team.", resolve: ({ who }) => who.team }),
    roles: t.stringList({ description: "The roles it has now.", resolve: ({ who }) => [...who.roles] }),
    action: t.exposeString("action", { description: "complete or embed." }),
    model: t.exposeString("model", { description: "As it was asked for." }),
    purpose: t.string({
      nullable: true,
      description: "The purpose that was named.",
      resolve: (one) => one.purpose,
    }),
    sensitivity: t.field({
      type: "SensitivityReport",
      description: "How sensitive it was.",
      resolve: (one) => one.sensitivity,
    }),
    reasons: t.stringList({
      description: "Why the data was read so, in sentences.",
      resolve: (one) => [...one.reasons],
    }),
    policyVersion: t.exposeInt("policyVersion", { description: "The policy that decided then." }),
    decided: t.field({
      type: [RecordedDecisionType],
      description: "What was decided then.",
      resolve: (one) => [...one.decided],
    }),
    policyVersionNow: t.exposeInt("policyVersionNow", { description: "The policy in force now." }),
    answersNow: t.field({
      type: [PolicyAnswerType],
      description: "The same question, asked now.",
      resolve: (one) => [...one.answersNow],
    }),
    couldChange: t.stringList({
      description: "What would have to be otherwise for more to be permitted.",
      resolve: (one) => [...one.couldChange],
    }),
  }),
});

const PolicyQuestionInput = builder.inputType("PolicyQuestionInput", {
  description: "A request that nobody made.",
  fields: (t) => ({
    who: t.stringList({ required: true, description: "role:clinical, team:berlin, key:…, user:…" }),
    does: t.string({ defaultValue: "complete", description: "complete, embed, image or moderate." }),
    data: t.field({ type: "Sensitivity", required: true, description: "How sensitive the data is." }),
    provider: t.stringList({
      description: "What the provider promises: baa, zero-retention … It need not exist.",
    }),
    model: t.string({ description: "Or a model, deployment or route; absent means all that are on." }),
    purpose: t.string({ description: "The purpose that the caller names." }),
  }),
});

builder.queryFields((t) => ({
  explainPolicy: t.field({
    type: [PolicyAnswerType],
    description: "What the policy in force would say to a request that nobody made. Calls no provider.",
    authScopes: ["policy"],
    args: { input: t.arg({ type: PolicyQuestionInput, required: true, description: "The request." }) },
    resolve: async (_root, { input }, { parts }) => [
      ...(await parts.administration.explainPolicy({
        who: input.who,
        does: input.does ?? "complete",
        data: input.data,
        provider: input.provider ?? undefined,
        model: input.model ?? undefined,
        purpose: input.purpose ?? undefined,
      })),
    ],
  }),
  explainRequest: t.field({
    type: RequestExplanationType,
    nullable: true,
    description: "Why one request was decided as it was; of other keys' requests with the scope records.",
    authScopes: ["policy"],
    args: { id: t.arg.id({ required: true, description: "The id of the request." }) },
    resolve: (_root, { id }, { parts, caller }) => parts.administration.explainRequest(id, caller),
  }),
}));
