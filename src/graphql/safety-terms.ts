// What happens to answers for one reader and one kind of data: how they are judged, and what becomes of
// findings. The matrix and the explanations show it, to holders of the scope `policy`.

import type { SafetyTerm, SafetyTerms } from "../policy/safety-terms.ts";
import { builder } from "./builder.ts";
import { InputCheck, ReleaseMode, SafetyAction } from "./enums.ts";
import { RuleType } from "./policy-rules.ts";

const SafetyTermType = builder.objectRef<SafetyTerm>("SafetyTerm").implement({
  description: "What is done about one category of findings.",
  fields: (t) => ({
    category: t.exposeString("category", { description: "As rows name it: secret, pii.us, S10 …" }),
    action: t.field({ type: SafetyAction, description: "What is done.", resolve: (term) => term.action }),
    decidedBy: t.field({
      type: RuleType,
      nullable: true,
      description: "The row that says so; null where none does, and it is blocked for that.",
      resolve: (term) => term.decidedBy,
    }),
  }),
});

export const SafetyTermsType = builder.objectRef<SafetyTerms>("SafetyTerms").implement({
  description: "What happens to answers for one reader and one kind of data.",
  fields: (t) => ({
    mode: t.field({
      type: ReleaseMode,
      description: "How they are let out.",
      resolve: (terms) => terms.mode,
    }),
    input: t.field({
      type: InputCheck,
      description: "When input is judged.",
      resolve: (terms) => terms.input,
    }),
    needsSemantic: t.exposeBoolean("needsSemantic", {
      description: "True where there is no answer without a semantic classifier.",
    }),
    failOpen: t.exposeBoolean("failOpen", {
      description: "True where they are shown unjudged when the classifiers fail.",
    }),
    decidedBy: t.field({
      type: [RuleType],
      description: "The rows behind all this.",
      resolve: (terms) => [...terms.decidedBy],
    }),
    findings: t.field({
      type: [SafetyTermType],
      description: "What is done about each category that rows, groups or the built-in classifier name.",
      resolve: (terms) => [...terms.findings],
    }),
  }),
});
