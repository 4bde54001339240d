// RoutePlan and Quote: what would happen to a request and what it would cost, before anything is paid.

import { formatUsd } from "../core/money.ts";
import type { QuoteLine } from "../gateway/contract.ts";
import { askedCompletion, askedImage } from "./asked.ts";
import { builder } from "./builder.ts";
import { CompletionInput } from "./completion-input.ts";
import { NearestGrant } from "./explanations.ts";
import { failureAsData, resultMembers } from "./failures.ts";
import { GenerateImageInput } from "./image-input.ts";

builder.objectType("RoutePlan", {
  description: "What would happen to a request now. Send its hash along to have exactly this or nothing.",
  fields: (t) => ({
    hash: t.exposeID("hash", { description: "Of this plan: give it as planHash." }),
    sensitivity: t.field({
      type: "SensitivityReport",
      description: "How sensitive the request is, and why.",
      resolve: (plan) => plan.sensitivity,
    }),
    candidates: t.field({
      type: ["Candidate"],
      description: "Every deployment that was looked at, those that would be tried first.",
      resolve: (plan) => [...plan.candidates],
    }),
    policyVersion: t.exposeInt("policyVersion", { description: "The policy that decided." }),
  }),
});

builder.objectType("Candidate", {
  description: "One deployment, and what was decided about it for one request.",
  fields: (t) => ({
    deployment: t.field({
      type: "Deployment",
      description: "Which one.",
      resolve: (candidate) => candidate.deployment,
    }),
    allowed: t.exposeBoolean("allowed", { description: "True where the policy permits it." }),
    rank: t.int({
      nullable: true,
      description: "When it would be tried, from 1; null where it is not allowed.",
      resolve: (candidate) => candidate.rank,
    }),
    because: t.exposeString("because", { description: "One sentence a person can act on." }),
    rule: t.string({
      nullable: true,
      description: "The rule that decided, where one did.",
      resolve: (candidate) => candidate.rule,
    }),
    missing: t.stringList({
      description: "The guarantees that would open it.",
      resolve: (candidate) => [...candidate.missing],
    }),
    worstCaseUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "What it would cost at most; null where the price is unknown.",
      resolve: ({ worstCase }) => (worstCase === undefined ? undefined : formatUsd(worstCase)),
    }),
    healthy: t.exposeBoolean("healthy", { description: "False while it is failing and rested." }),
    sentence: t.string({
      nullable: true,
      description: "The rule as a sentence; for holders of the scope policy.",
      resolve: (candidate) => candidate.sentence,
    }),
    nearestGrant: t.field({
      type: NearestGrant,
      nullable: true,
      description: "The closest permission, column by column; for holders of the scope policy.",
      resolve: (candidate) => candidate.nearest,
    }),
    failedColumn: t.string({
      nullable: true,
      description: "What the closest permission lacks first: who, does, data, provider or when.",
      resolve: (candidate) => candidate.failed,
    }),
    obligations: t.stringList({
      description: "What the call would have to apply: store:false, no-client-metadata, zdr-routing.",
      resolve: (candidate) => [...(candidate.obligations ?? [])],
    }),
  }),
});

const planFailures = ["InvalidRequest", "OtherFailure"] as const;

const RoutePlanResult = builder.unionType("RoutePlanResult", {
  description: "A plan, or why there is none.",
  ...resultMembers("RoutePlan" as const, "RoutePlan", planFailures),
});

builder.queryField("routePlan", (t) =>
  t.field({
    type: RoutePlanResult,
    description: "Every candidate with its reason and worst-case price. Calls no provider, costs nothing.",
    authScopes: ["complete"],
    args: { input: t.arg({ type: CompletionInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        return await context.parts.enquiries.plan(askedCompletion(input, context, info, requestId, false));
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);

interface Quote {
  readonly lines: readonly QuoteLine[];
}

const QuoteType = builder.objectRef<Quote>("Quote").implement({
  description: "What one request would cost on each deployment that could serve it.",
  fields: (t) => ({
    lines: t.field({
      type: ["QuoteLine"],
      description: "One for each deployment, cheapest first, unknown prices last.",
      resolve: (quote) => [...quote.lines],
    }),
  }),
});

builder.objectType("QuoteLine", {
  description: "What one request would cost on one deployment, before paying.",
  fields: (t) => ({
    deployment: t.field({ type: "Deployment", description: "Where.", resolve: (line) => line.deployment }),
    allowed: t.exposeBoolean("allowed", { description: "True where the policy permits it." }),
    because: t.exposeString("because", { description: "Why, or why not, in a sentence." }),
    worstCaseUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "Input as estimated and output at its most; null where the price is unknown.",
      resolve: ({ worstCase }) => (worstCase === undefined ? undefined : formatUsd(worstCase)),
    }),
    inputUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "The input alone; null where the price is unknown.",
      resolve: ({ inputCost }) => (inputCost === undefined ? undefined : formatUsd(inputCost)),
    }),
    estimatedInputTokens: t.exposeInt("estimatedInputTokens", {
      description: "Reckoned from the text, not counted by the provider.",
    }),
    maxOutputTokens: t.exposeInt("maxOutputTokens", { description: "What the worst case allows for." }),
  }),
});

const QuoteResult = builder.unionType("QuoteResult", {
  description: "A quote, or why there is none.",
  ...resultMembers(QuoteType, "Quote", planFailures),
});

builder.queryField("quote", (t) =>
  t.field({
    type: QuoteResult,
    description: "The price of this request on each deployment, before paying. Calls no provider.",
    authScopes: ["complete"],
    args: { input: t.arg({ type: CompletionInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        const asked = askedCompletion(input, context, info, requestId, false);
        return { lines: (await context.parts.enquiries.quote(asked)).toSorted(byCost) };
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);

builder.queryField("quoteImage", (t) =>
  t.field({
    type: QuoteResult,
    description: "The price of these pictures on each deployment, before paying. Calls no provider.",
    authScopes: ["complete"],
    args: { input: t.arg({ type: GenerateImageInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        const asked = askedImage(input, context, info, requestId);
        return { lines: (await context.parts.enquiries.quote(asked)).toSorted(byCost) };
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);

const byCost = (a: QuoteLine, b: QuoteLine): number =>
  (a.worstCase ?? Number.MAX_SAFE_INTEGER) - (b.worstCase ?? Number.MAX_SAFE_INTEGER);
