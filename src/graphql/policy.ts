// Policy versions, which replica decides by which, and what one changes against another.
// For holders of the scope `policy`; publishing stands in `policy-publishing.ts`.

import { formatSensitivity } from "../core/sensitivity.ts";
import type { BundleDiff, PolicySide, PolicyVersionView } from "../gateway/policy-administration.ts";
import type { PolicyDiff } from "../policy/diff-policies.ts";
import type { RouteChange } from "../policy/diff-routes.ts";
import type { SafetyChange } from "../policy/diff-safety.ts";
import type { ReplicaState } from "../policy/version-book.ts";
import { builder } from "./builder.ts";
import { RevokeMode } from "./enums.ts";
import { bundleFrom, PolicyFileInput, PolicyFileType } from "./policy-files.ts";

const PolicyReplica = builder.objectRef<ReplicaState>("PolicyReplica").implement({
  description: "One process that decides by a version.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its name." }),
    seenAt: t.field({
      type: "DateTime",
      description: "When it last showed that it lives.",
      resolve: (replica) => replica.seenAt,
    }),
  }),
});

export const PolicyVersionType = builder.objectRef<PolicyVersionView>("PolicyVersion").implement({
  description: "One published policy: numbered, hashed, never changed.",
  fields: (t) => ({
    number: t.exposeInt("number", { description: "Counts from 1 without a gap." }),
    sha256: t.exposeString("sha256", { description: "Of its files: names the content." }),
    author: t.exposeString("author", { description: "Whose key published it, or files." }),
    at: t.field({ type: "DateTime", description: "When.", resolve: (version) => version.at }),
    reason: t.string({
      nullable: true,
      description: "Why, in its author's words.",
      resolve: (version) => version.reason,
    }),
    revoke: t.field({
      type: RevokeMode,
      description: "What it did to answers that were running.",
      resolve: (version) => version.revoke ?? "none",
    }),
    inForce: t.exposeBoolean("inForce", { description: "True for the one that decides here now." }),
    replicas: t.field({
      type: [PolicyReplica],
      description: "The processes that decide by it now.",
      resolve: (version) => [...version.replicas],
    }),
    files: t.field({
      type: [PolicyFileType],
      description: "As they were published, byte for byte.",
      async resolve(version, _arguments, { parts }) {
        const whole = await parts.administration.policyVersion(version.number);
        return Object.entries(whole?.files ?? {}).map(([name, text]) => ({ name, text }));
      },
    }),
  }),
});

type Change = PolicyDiff["opens"][number];

const PolicyChangedRow = builder.objectRef<Change["rows"][number]>("PolicyChangedRow").implement({
  description: "A row behind a change.",
  fields: (t) => ({
    version: t.exposeString("version", { description: "before or after: in which of the two it stands." }),
    rule: t.exposeString("rule", { description: "Its name." }),
    line: t.exposeInt("line", { description: "Its line in policy.csv." }),
    csv: t.exposeString("csv", { description: "The row itself." }),
  }),
});

const PolicyChangeType = builder.objectRef<Change>("PolicyChange").implement({
  description: "Something that opens or closes.",
  fields: (t) => ({
    sentence: t.exposeString("sentence", { description: "In words." }),
    who: t.string({ description: "For whom; anyone.", resolve: ({ who }) => (who === "" ? "anyone" : who) }),
    actions: t.stringList({ description: "For which actions.", resolve: (change) => [...change.actions] }),
    data: t.field({
      type: "Sensitivity",
      description: "Up to which data.",
      resolve: (change) => formatSensitivity(change.data),
    }),
    provider: t.stringList({
      description: "At a provider that promises this much.",
      resolve: (change) => [...change.provider],
    }),
    rows: t.field({
      type: [PolicyChangedRow],
      description: "The rows behind it.",
      resolve: (change) => [...change.rows],
    }),
  }),
});

const SafetyChangeType = builder.objectRef<SafetyChange>("SafetyChange").implement({
  description: "Something that happens otherwise to answers.",
  fields: (t) => ({
    sentence: t.exposeString("sentence", { description: "In words." }),
    who: t.string({ description: "For whom; anyone.", resolve: ({ who }) => (who === "" ? "anyone" : who) }),
    categories: t.stringList({
      description: "To which findings; none where it is about how answers are judged.",
      resolve: (change) => [...change.categories],
    }),
    from: t.field({
      type: ["Sensitivity"],
      description: "The least sensitive data of which it is so.",
      resolve: (change) => change.from.map(formatSensitivity),
    }),
    upTo: t.field({
      type: ["Sensitivity"],
      description: "The most sensitive data of which it is so.",
      resolve: (change) => change.upTo.map(formatSensitivity),
    }),
    before: t.exposeString("before", { description: "What happens by the first." }),
    after: t.exposeString("after", { description: "What happens by the second." }),
    rows: t.field({
      type: [PolicyChangedRow],
      description: "The rows behind it.",
      resolve: (change) => [...change.rows],
    }),
  }),
});

const RouteChangeType = builder.objectRef<RouteChange>("RouteChange").implement({
  description: "A route, a group, a tier or the breaker that is not what it was.",
  fields: (t) => ({
    entry: t.exposeString("entry", { description: "Which one: routes.auto." }),
    kind: t.exposeString("kind", { description: "added, removed or changed." }),
    sentence: t.exposeString("sentence", { description: "In words." }),
  }),
});

export const PolicyDiffType = builder.objectRef<BundleDiff>("PolicyDiff").implement({
  description: "What one policy opens and closes against another, for every provider there could be.",
  fields: (t) => ({
    opens: t.field({
      type: [PolicyChangeType],
      description: "What is permitted only by the second.",
      resolve: (diff) => [...diff.opens],
    }),
    closes: t.field({
      type: [PolicyChangeType],
      description: "What is permitted only by the first.",
      resolve: (diff) => [...diff.closes],
    }),
    fields: t.stringList({
      description: "What changes in the fields of graph.yaml, in sentences.",
      resolve: (diff) => [...diff.fields],
    }),
    words: t.stringList({
      description: "What changes in the lists of words.csv, in sentences.",
      resolve: (diff) => [...diff.words],
    }),
    loosens: t.field({
      type: [SafetyChangeType],
      description: "What happens more loosely to answers by the second.",
      resolve: ({ safety }) => [...safety.loosens],
    }),
    tightens: t.field({
      type: [SafetyChangeType],
      description: "What happens more strictly to answers by the second.",
      resolve: ({ safety }) => [...safety.tightens],
    }),
    routes: t.field({
      type: [RouteChangeType],
      description: "What changed in routes.yaml.",
      resolve: (diff) => [...diff.routes],
    }),
  }),
});

export const PolicySideInput = builder.inputType("PolicySideInput", {
  description: "A version by its number, or files that are not published; nothing means what is in force.",
  fields: (t) => ({
    number: t.int({ description: "A published version." }),
    files: t.field({ type: [PolicyFileInput], description: "Files that need not be published." }),
  }),
});

type SideValue = typeof PolicySideInput.$inferInput;

export function sideOf(value: SideValue | null | undefined): PolicySide {
  if (value?.files) return { files: bundleFrom(value.files) };
  return value?.number == null ? "live" : { number: value.number };
}

builder.queryFields((t) => ({
  policyVersion: t.field({
    type: PolicyVersionType,
    nullable: true,
    description: "One version with its files; without a number, the one in force.",
    authScopes: ["policy"],
    args: { number: t.arg.int({ description: "Which one." }) },
    resolve: (_root, { number }, { parts }) => parts.administration.policyVersion(number ?? undefined),
  }),
  policyVersions: t.field({
    type: [PolicyVersionType],
    description: "Every version, oldest first, and who decides by it.",
    authScopes: ["policy"],
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.policyVersions())],
  }),
  policyDiff: t.field({
    type: PolicyDiffType,
    description: "What opens and what closes between two policies. Publishes nothing.",
    authScopes: ["policy"],
    args: {
      before: t.arg({ type: PolicySideInput, description: "Absent means the one in force." }),
      after: t.arg({ type: PolicySideInput, description: "Absent means the one in force." }),
    },
    resolve: (_root, { before, after }, { parts }) =>
      parts.administration.policyDiff(sideOf(before), sideOf(after)),
  }),
}));
