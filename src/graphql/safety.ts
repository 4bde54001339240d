// What a receipt says of safety: who looked at what, what they found and what became of it. Never the text.
// `receipts.ts` refers to it by name.

import type { SafetyVerdict } from "../core/answer.ts";
import { deterministicClassifier } from "../safety/deterministic.ts";
import { builder } from "./builder.ts";
import { SafetyAction, SafetyPhase, VerdictOutcome } from "./enums.ts";

const Verdict = builder.objectRef<SafetyVerdict>("SafetyVerdict").implement({
  description: "What one classifier said of one stretch of text. Ranges and names, never the text.",
  fields: (t) => ({
    classifier: t.exposeString("classifier", { description: "deterministic, or the id of a deployment." }),
    kind: t.exposeString("kind", { description: "deterministic, model or remote-api." }),
    phase: t.field({
      type: SafetyPhase,
      description: "Of what was asked, or of the answer.",
      resolve: (verdict) => verdict.phase,
    }),
    choice: t.int({
      nullable: true,
      description: "Of which answer, from 0; null for input, and where it speaks of all of them.",
      resolve: (verdict) => verdict.choice,
    }),
    channel: t.string({
      nullable: true,
      description: "text, reasoning, refusal, tool call 0, citations; null where it speaks of all of them.",
      resolve: (verdict) => verdict.channel,
    }),
    outcome: t.field({
      type: VerdictOutcome,
      description: "What it said; an error is no pass.",
      resolve: (verdict) => verdict.outcome,
    }),
    categories: t.stringList({
      description: "What it found.",
      resolve: (verdict) => [...verdict.categories],
    }),
    action: t.field({
      type: SafetyAction,
      nullable: true,
      description: "What became of it; null where nothing was found.",
      resolve: (verdict) => verdict.action,
    }),
    checkedFrom: t.exposeInt("checkedFrom", {
      description: "UTF-16 units of the channel as the model wrote it.",
    }),
    checkedTo: t.exposeInt("checkedTo", { description: "As far as it looked." }),
    windows: t.exposeInt("windows", {
      description: "How many checks stand behind it; 0 for the deterministic one, which reads on and on.",
    }),
    milliseconds: t.exposeInt("milliseconds", { description: "The slowest of them." }),
    retroactive: t.exposeBoolean("retroactive", {
      description: "True where it was said at the end, of text that may have been shown.",
    }),
  }),
});

type Coverage = Pick<typeof deterministicClassifier, "coverage" | "notCovered">;

const CoverageType = builder.objectRef<Coverage>("SafetyCoverage").implement({
  description: "What the deterministic classifier knows by form and checksum. It understands nothing.",
  fields: (t) => ({
    covered: t.stringList({
      description: "What it finds.",
      resolve: ({ coverage }) => [...coverage],
    }),
    notCovered: t.stringList({
      description: "What it does not, and what needs a semantic classifier.",
      resolve: ({ notCovered }) => [...notCovered],
    }),
  }),
});

builder.objectType("SafetySummary", {
  description: "Which classifiers looked at one request, and what they found.",
  fields: (t) => ({
    classifiers: t.stringList({
      description: "Those that ran.",
      resolve: (safety) => [...safety.classifiers],
    }),
    notRun: t.stringList({
      description: "Those that should have run and did not: never shown as passed.",
      resolve: (safety) => [...safety.notRun],
    }),
    categories: t.stringList({
      description: "What was found.",
      resolve: (safety) => [...safety.categories],
    }),
    verdicts: t.field({
      type: [Verdict],
      description: "What each of them said, and of which stretches; equal neighbours are one row.",
      resolve: (safety) => [...(safety.verdicts ?? [])],
    }),
    coverage: t.field({
      type: CoverageType,
      nullable: true,
      description: "What the deterministic one looked for; null where it did not run.",
      resolve: ({ classifiers }) =>
        classifiers.includes(deterministicClassifier.id) ? deterministicClassifier : undefined,
    }),
  }),
});
