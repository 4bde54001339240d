// What the policy in force permits, as tables: who may send what where, and what happens to answers.
// For holders of the scope `policy`.

import { formatSensitivity } from "../core/sensitivity.ts";
import type { MatrixLine, PolicyMatrix } from "../gateway/policy-administration.ts";
import { builder } from "./builder.ts";
import { MatrixAction } from "./enums.ts";
import { SafetyTermsType } from "./safety-terms.ts";

const MatrixLineType = builder.objectRef<MatrixLine>("PolicyMatrixLine").implement({
  description: "Where one role may go with one kind of data.",
  fields: (t) => ({
    role: t.exposeString("role", { description: "role:…" }),
    data: t.field({
      type: "Sensitivity",
      description: "How sensitive it is.",
      resolve: (line) => formatSensitivity(line.data),
    }),
    action: t.field({ type: MatrixAction, description: "What is done.", resolve: (line) => line.action }),
    deployments: t.field({
      type: ["Deployment"],
      description: "The permitted ones, of those that are switched on.",
      resolve: (line) => [...line.deployments],
    }),
  }),
});

const SafetyLineType = builder.objectRef<PolicyMatrix["safety"][number]>("PolicySafetyLine").implement({
  description: "What happens to answers for one role and one kind of data.",
  fields: (t) => ({
    role: t.exposeString("role", { description: "role:…" }),
    data: t.field({
      type: "Sensitivity",
      description: "How sensitive it is.",
      resolve: (line) => formatSensitivity(line.data),
    }),
    terms: t.field({
      type: SafetyTermsType,
      description: "How they are judged, and what becomes of findings.",
      resolve: (line) => line.terms,
    }),
  }),
});

const PolicyMatrixType = builder.objectRef<PolicyMatrix>("PolicyMatrix").implement({
  description: "Who may send what where, now.",
  fields: (t) => ({
    policyVersion: t.exposeInt("policyVersion", { description: "The policy that decided." }),
    lines: t.field({
      type: [MatrixLineType],
      description: "One for each role, kind of data and action.",
      resolve: (matrix) => [...matrix.lines],
    }),
    safety: t.field({
      type: [SafetyLineType],
      description: "What happens to answers, one for each role and kind of data.",
      resolve: (matrix) => [...matrix.safety],
    }),
  }),
});

builder.queryFields((t) => ({
  policyMatrix: t.field({
    type: PolicyMatrixType,
    description: "Role × sensitivity × action → deployments, under the policy in force. Calls no provider.",
    authScopes: ["policy"],
    args: {
      roles: t.arg.stringList({ description: "role:clinical or clinical; absent means all that it names." }),
      data: t.arg({ type: ["Sensitivity"], description: "Absent means all kinds that its rows speak of." }),
      actions: t.arg({ type: [MatrixAction], description: "Absent means complete and embed." }),
    },
    resolve: (_root, { roles, data, actions }, { parts }) =>
      parts.administration.policyMatrix({
        roles: roles ?? undefined,
        data: data ?? undefined,
        actions: actions ?? undefined,
      }),
  }),
}));
