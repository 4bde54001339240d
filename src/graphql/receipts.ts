// Receipt: the account of one request, and everything it is made of. No prompt and no answer is in it.

import { formatSensitivity } from "../core/sensitivity.ts";
import { formatUsd } from "../core/money.ts";
import { builder } from "./builder.ts";
import { receiptOf } from "./context.ts";
import { entity } from "./directives.ts";
import { attemptedDeployment } from "./past-deployments.ts";

builder.objectType("Receipt", {
  description:
    "@key lets your own types point at it: type Ticket { summary: String summaryReceipt: Receipt }",
  extensions: entity,
  fields: (t) => ({
    id: t.exposeID("id", { description: "The id of the request." }),
    at: t.field({ type: "DateTime", description: "When it came.", resolve: (receipt) => receipt.at }),
    user: t.id({
      nullable: true,
      description: "The user who asked with a token or through a router; null where a key asked for itself.",
      resolve: (receipt) => receipt.user,
    }),
    deployment: t.field({
      type: "Deployment",
      nullable: true,
      description: "Which one answered; null where none did.",
      resolve: (receipt, _arguments, { catalog }) =>
        receipt.deploymentId === undefined ? undefined : attemptedDeployment(catalog, receipt.deploymentId),
    }),
    usage: t.field({
      type: "TokenUsage",
      description: "What went in and came out.",
      resolve: (receipt) => receipt.usage,
    }),
    costUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "What it cost; null where the price is unknown.",
      resolve: (receipt) => (receipt.cost === undefined ? undefined : formatUsd(receipt.cost)),
    }),
    estimated: t.exposeBoolean("estimated", {
      description: "True where the provider gave no usage and it was reckoned.",
    }),
    priceVersion: t.id({
      nullable: true,
      description: "The version of the price that was used.",
      resolve: (receipt) => receipt.priceVersion,
    }),
    attempts: t.field({
      type: ["Attempt"],
      description: "Every call that was made, in order.",
      resolve: (receipt) => [...receipt.attempts],
    }),
    params: t.field({
      type: ["ParamChange"],
      description: "Every parameter that was renamed, clamped or dropped.",
      resolve: (receipt) => [...receipt.params],
    }),
    sensitivity: t.field({
      type: "SensitivityReport",
      description: "How sensitive it was, and why.",
      resolve: (receipt) => receipt.sensitivity,
    }),
    policyVersion: t.exposeInt("policyVersion", { description: "The policy that decided." }),
    route: t.string({
      nullable: true,
      description: "The route that served it; null where a model or deployment was named.",
      resolve: (receipt) => receipt.route,
    }),
    arm: t.string({
      nullable: true,
      description: "The arm that it fell into, where the route is an experiment.",
      resolve: (receipt) => receipt.arm,
    }),
    rehearsed: t.string({
      nullable: true,
      description: "The faults that were rehearsed; null where it was no rehearsal.",
      resolve: (receipt) => receipt.rehearsed,
    }),
    breakGlass: t.id({
      nullable: true,
      description: "The break-glass grant that it was permitted under; null where the rules alone did.",
      resolve: (receipt) => receipt.breakGlass,
    }),
    rule: t.string({
      nullable: true,
      description: "The rule that allowed it.",
      resolve: (receipt) => receipt.rule,
    }),
    safety: t.field({
      type: "SafetySummary",
      description: "Which classifiers looked, and what they found.",
      resolve: (receipt) => receipt.safety,
    }),
    outcome: t.exposeString("outcome", {
      description: "open while it runs; then ok, a failure code, cancelled, or interrupted after a crash.",
    }),
  }),
});

builder.objectType("TokenUsage", {
  description: "Tokens, as the provider counted them or as they were reckoned.",
  fields: (t) => ({
    input: t.exposeInt("input", { description: "All input, cached included." }),
    cachedInput: t.exposeInt("cachedInput", { description: "Input that the provider had cached." }),
    output: t.exposeInt("output", { description: "All output, reasoning included." }),
    reasoning: t.exposeInt("reasoning", { description: "Output that was reasoning." }),
  }),
});

builder.objectType("Attempt", {
  description: "One call to one deployment.",
  fields: (t) => ({
    deployment: t.field({
      type: "Deployment",
      description: "Which one.",
      resolve: (attempt, _arguments, { catalog }) => attemptedDeployment(catalog, attempt.deploymentId),
    }),
    outcome: t.exposeString("outcome", { description: "ok, a failure code, or cancelled." }),
    milliseconds: t.int({
      description: "How long it took.",
      resolve: (attempt) => Math.round(attempt.milliseconds),
    }),
    because: t.string({
      nullable: true,
      description: "Why it failed or was left for another, in a sentence.",
      resolve: (attempt) => attempt.because,
    }),
    rehearsed: t.string({
      nullable: true,
      description: "The fault that was played in its place; null where it was called.",
      resolve: (attempt) => attempt.rehearsed,
    }),
    costUsd: t.field({
      type: "Decimal",
      nullable: true,
      description: "What it cost; null where it cost nothing, or the price is unknown.",
      resolve: ({ cost }) => (cost === undefined ? undefined : formatUsd(cost)),
    }),
  }),
});

builder.objectType("ParamChange", {
  description: "What became of one parameter on its way to the provider.",
  fields: (t) => ({
    param: t.exposeString("param", { description: "As the caller named it." }),
    action: t.exposeString("action", { description: "renamed, mapped, clamped, dropped or passed." }),
    from: t.field({
      type: "JSON",
      nullable: true,
      description: "As it was.",
      resolve: (change) => change.from,
    }),
    to: t.field({ type: "JSON", nullable: true, description: "As it went.", resolve: (change) => change.to }),
  }),
});

builder.objectType("SensitivityReport", {
  description: "How sensitive a request is, and why.",
  fields: (t) => ({
    effective: t.field({
      type: "Sensitivity",
      description: "What it counted as: declared and detected together, and never less than the key's floor.",
      resolve: (report) => formatSensitivity(report.effective),
    }),
    declared: t.field({
      type: "Sensitivity",
      nullable: true,
      description: "What the caller said.",
      resolve: (report) => report.declared && formatSensitivity(report.declared),
    }),
    detected: t.field({
      type: ["Detection"],
      description: "What was found in it.",
      resolve: (report) => [...report.detected],
    }),
    session: t.field({
      type: "Sensitivity",
      nullable: true,
      description:
        "What its session had been told before, which counts; null without a session or at its start.",
      resolve: (report) => report.session && formatSensitivity(report.session),
    }),
    underDeclared: t.exposeBoolean("underDeclared", {
      description: "True where less was declared than was found.",
    }),
  }),
});

builder.objectType("Detection", {
  description: "One kind of data that was found. Never the data itself.",
  fields: (t) => ({
    label: t.exposeString("label", { description: "The label that it adds: pii." }),
    kind: t.exposeString("kind", { description: "What it is: iban." }),
    messageIndex: t.exposeInt("messageIndex", {
      description: "In which message, from 0; -1: outside them, as in a tool or a schema.",
    }),
    count: t.exposeInt("count", { description: "How often." }),
  }),
});

builder.queryField("receipt", (t) =>
  t.field({
    type: "Receipt",
    nullable: true,
    description:
      "What happened in one request, for as long as records are kept. Holds no prompt and no answer.",
    authScopes: ["receipts", "records"],
    args: { id: t.arg.id({ required: true, description: "The id of the request." }) },
    resolve: (_root, { id }, context) => receiptOf(context, id),
  }),
);
