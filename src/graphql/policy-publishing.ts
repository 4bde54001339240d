// Publishing and rolling back: every version passes the gate, and what is wrong comes back as data,
// each problem with its file, line and column.

import type { FileProblem } from "../core/errors.ts";
import type { Publication } from "../gateway/policy-administration.ts";
import { adminFailureTypes, orFailure } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { RevokeMode } from "./enums.ts";
import { FailureInterface, FailureView, resolveResult } from "./failures.ts";
import { bundleFrom, PolicyFileInput } from "./policy-files.ts";
import { PolicyDiffType, PolicyVersionType } from "./policy.ts";

const PolicyProblem = builder.objectRef<FileProblem>("PolicyProblem").implement({
  description: "Something that is wrong with a policy, and where.",
  extensions: adminOnly,
  fields: (t) => ({
    file: t.exposeString("file", { description: "In which file." }),
    line: t.exposeInt("line", { description: "From 1; 0 where it is the whole file." }),
    column: t.exposeInt("column", {
      description: "The cell's place in its row, from 1; 0 where it is the whole row.",
    }),
    message: t.exposeString("message", { description: "What is wrong." }),
    suggestion: t.string({
      nullable: true,
      description: "What was probably meant.",
      resolve: (problem) => problem.suggestion,
    }),
  }),
});

const PolicyPublication = builder.objectRef<Publication>("PolicyPublication").implement({
  description: "A version that was published.",
  extensions: adminOnly,
  fields: (t) => ({
    version: t.field({
      type: PolicyVersionType,
      description: "It decides here from now on, and on every replica within a second.",
      resolve: (publication) => publication.version,
    }),
    isNew: t.exposeBoolean("isNew", {
      description: "False where the content was in force already, so that nothing was published.",
    }),
    warnings: t.field({
      type: [PolicyProblem],
      description: "What is right but surely not meant.",
      resolve: (publication) => [...publication.warnings],
    }),
    testsHeld: t.exposeInt("testsHeld", { description: "How many cases and invariants hold: all of them." }),
    diff: t.field({
      type: PolicyDiffType,
      description: "Against the version before.",
      resolve: (publication) => publication.diff,
    }),
  }),
});

const PolicyRefused = builder.objectRef<FailureView>("PolicyRefused").implement({
  interfaces: [FailureInterface],
  description: "The files did not pass the gate; nothing was published.",
  extensions: adminOnly,
  fields: (t) => ({
    problems: t.field({
      type: [PolicyProblem],
      description: "All that is wrong.",
      resolve: ({ failure }) => [...(failure.detail.problems ?? [])],
    }),
  }),
});

const otherwise = resolveResult("PolicyPublication", ["InvalidRequest", "OtherFailure"]);

const PublishPolicyResult = builder.unionType("PublishPolicyResult", {
  description: "A new version, or why there is none.",
  extensions: adminOnly,
  types: [PolicyPublication, PolicyRefused, ...adminFailureTypes],
  resolveType: (value) =>
    value instanceof FailureView && value.failure.detail.problems !== undefined
      ? "PolicyRefused"
      : otherwise(value),
});

const PublishPolicyInput = builder.inputType("PublishPolicyInput", {
  description: "A policy to publish.",
  extensions: adminOnly,
  fields: (t) => ({
    files: t.field({
      type: [PolicyFileInput],
      required: true,
      description: "policy.csv, tests.yaml and, where there are any, words.csv, routes.yaml and graph.yaml.",
    }),
    reason: t.string({ description: "Why, for whoever reads the versions later." }),
    revoke: t.field({ type: RevokeMode, description: "ABORT ends running answers that it denies." }),
  }),
});

builder.mutationFields((t) => ({
  publishPolicy: t.field({
    type: PublishPolicyResult,
    description: "Publishes files as the next version, once schema, tests and invariants hold.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: { input: t.arg({ type: PublishPolicyInput, required: true, description: "The policy." }) },
    resolve: (_root, { input: { files, reason, revoke } }, context) =>
      orFailure(context, () =>
        context.parts.administration.publishPolicy(
          bundleFrom(files),
          { reason: reason ?? undefined, revoke: revoke === "abort" ? revoke : undefined },
          context.caller,
        ),
      ),
  }),
  rollbackPolicy: t.field({
    type: PublishPolicyResult,
    description: "Publishes an older content as a new version.",
    authScopes: ["policy"],
    extensions: adminOnly,
    args: {
      number: t.arg.int({ required: true, description: "The version whose content comes back." }),
      reason: t.arg.string({ description: "Why." }),
      revoke: t.arg({ type: RevokeMode, description: "ABORT ends running answers that it denies." }),
    },
    resolve: (_root, { number, reason, revoke }, context) =>
      orFailure(context, () =>
        context.parts.administration.rollbackPolicy(
          number,
          { reason: reason ?? undefined, revoke: revoke === "abort" ? revoke : undefined },
          context.caller,
        ),
      ),
  }),
}));
