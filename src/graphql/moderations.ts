// Moderation: the safety layer as a service. Findings come with their place and what the policy does
// about them, never with the text itself.

import type { ModerationFinding, ModerationResult } from "../gateway/contract.ts";
import { askedModeration } from "./asked.ts";
import { builder } from "./builder.ts";
import { paid } from "./directives.ts";
import { SafetyAction } from "./enums.ts";
import { everyFailureType, failureAsData, resultMembers } from "./failures.ts";
import { ModerateInput } from "./moderation-input.ts";

const strictest = ["block", "redact", "flag"] as const;

const SafetyFinding = builder.objectRef<ModerationFinding>("SafetyFinding").implement({
  description: "Something that was found, and where. Never the text itself.",
  fields: (t) => ({
    category: t.exposeString("category", { description: "What it is: pii.us-ssn, secret.jwt, S10 …" }),
    start: t.int({
      nullable: true,
      description: "Where it begins, in UTF-16 units; null where the classifier only says that it is there.",
      resolve: (finding) => finding.start,
    }),
    end: t.int({ nullable: true, description: "Behind its last unit.", resolve: (finding) => finding.end }),
    score: t.float({
      nullable: true,
      description: "How sure the classifier is, from 0 to 1, where it says so.",
      resolve: (finding) => finding.score,
    }),
    classifier: t.exposeString("classifier", {
      description: "Who found it: deterministic, or a deployment.",
    }),
    action: t.field({
      type: SafetyAction,
      description: "What the policy does about it in an answer shown to the caller.",
      resolve: (finding) => finding.action,
    }),
  }),
});

const ModeratedText = builder.objectRef<readonly ModerationFinding[]>("ModeratedText").implement({
  description: "What was found in one text.",
  fields: (t) => ({
    flagged: t.boolean({
      description: "True where anything was.",
      resolve: (findings) => findings.length > 0,
    }),
    action: t.field({
      type: SafetyAction,
      nullable: true,
      description: "The strictest that the policy does about any of it; null where nothing was found.",
      resolve: (findings) => strictest.find((action) => findings.some((one) => one.action === action)),
    }),
    categories: t.stringList({
      description: "Each once.",
      resolve: (findings) => [...new Set(findings.map(({ category }) => category))],
    }),
    findings: t.field({
      type: [SafetyFinding],
      description: "All of them, in the order of the text.",
      resolve: (findings) => [...findings],
    }),
  }),
});

const ClassifierType = builder.objectRef<ModerationResult["classifiers"][number]>("Classifier").implement({
  description: "Something that judges texts.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "deterministic, or a deployment." }),
    kind: t.exposeString("kind", { description: "deterministic, model or remote-api." }),
    categories: t.stringList({
      description: "All that it can find; what is not here it did not look for.",
      resolve: (classifier) => [...classifier.categories],
    }),
  }),
});

const Moderation = builder.objectRef<ModerationResult>("Moderation").implement({
  description: "Texts, judged.",
  fields: (t) => ({
    results: t.field({
      type: [ModeratedText],
      description: "One for each text, in their order.",
      resolve: ({ results }) => [...results],
    }),
    classifiers: t.field({
      type: [ClassifierType],
      description: "Those that looked at every text.",
      resolve: ({ classifiers }) => [...classifiers],
    }),
    notRun: t.stringList({
      description: "Those that should have looked and did not: never take them for a pass.",
      resolve: ({ notRun }) => [...notRun],
    }),
    receipt: t.field({
      type: "Receipt",
      description: "What happened, and what it cost.",
      resolve: (one) => one.receipt,
    }),
  }),
});

/** Whatever is found, a finding blocks nothing here. */
const unlessBlocked = everyFailureType.filter((name) => name !== "SafetyBlocked");

const ModerateResult = builder.unionType("ModerateResult", {
  description: "Findings, or why there are none.",
  ...resultMembers(Moderation, "Moderation", unlessBlocked),
});

builder.mutationField("moderate", (t) =>
  t.field({
    type: ModerateResult,
    description: "Judges texts by every classifier that the policy permits for them.",
    authScopes: ["moderate"],
    extensions: paid(100),
    args: { input: t.arg({ type: ModerateInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        const asked = askedModeration(input, context, info, requestId);
        return await context.parts.gateway.moderate(asked, context.signal);
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);
