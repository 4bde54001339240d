// Role × sensitivity × action → deployments, under the policy and the catalog in force.
// `policy-desk.ts` calls it; it asks the same permit as requests do, and lets others run in between.

import { isMadeFor } from "../core/made-for.ts";
import { setImmediate } from "node:timers/promises";
import { Failure } from "../core/errors.ts";
import { formatSensitivity, levels, sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { MatrixLine, MatrixQuestion, PolicyMatrix } from "../gateway/policy-administration.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { parseTag } from "../intake/normalise.ts";
import { policyMatrix } from "../policy/matrix.ts";
import type { PolicyRows } from "../policy/rows.ts";
import { safetyTerms } from "../policy/safety-terms.ts";

const mostLines = 2_000;

export async function answerMatrix(question: MatrixQuestion, snapshot: Snapshot): Promise<PolicyMatrix> {
  const { policy, catalog } = snapshot;
  const roles = question.roles?.map(roleId) ?? rolesIn(policy.rows);
  const data = question.data?.map((tag) => parseTag(tag, policy.labels, "data")) ?? dataIn(policy.rows);
  const actions = question.actions ?? ["complete", "embed"];
  if (roles.length * data.length * actions.length > mostLines)
    throw new Failure("INVALID_REQUEST", `A matrix has at most ${mostLines} lines; name roles or data.`);
  const lines: MatrixLine[] = [];
  const safety: PolicyMatrix["safety"][number][] = [];
  for (const role of roles) {
    const termsOf = safetyTerms(policy.rows, role);
    for (const one of data) safety.push({ role, data: one, terms: termsOf(one) });
    for (const action of actions) {
      const fitting = catalog.deployments.filter(
        ({ provider, model }) => provider.enabled && isMadeFor(model, action),
      );
      const cells = policyMatrix(policy, { roles: [role], data, actions: [action] }, fitting);
      for (const cell of cells) {
        const deployments = cell.deployments.flatMap((id) => catalog.deployment(id) ?? []);
        lines.push({ role, data: cell.data, action, deployments });
      }
      await setImmediate();
    }
  }
  return { policyVersion: policy.version, lines, safety };
}

const roleId = (role: string): string => (role.startsWith("role:") ? role : `role:${role}`);

function rolesIn(rows: PolicyRows): readonly string[] {
  const named = [...rows.grants, ...rows.safety, ...rows.regime]
    .map((row) => row.who)
    .concat(rows.links.map((link) => link.to));
  return [...new Set(named.filter((who) => who.startsWith("role:")))].sort();
}

/** Every level alone, every ceiling, and each label of a rail: where the answer can change. */
function dataIn(rows: PolicyRows): readonly Sensitivity[] {
  const points = [
    ...levels.map((level) => sensitivity(level)),
    ...[...rows.grants, ...rows.safety, ...rows.regime].flatMap(({ data }) => {
      if (data.kind === "ceiling") return [data.ceiling];
      return data.kind === "label" ? [sensitivity("public", [data.label])] : [];
    }),
  ];
  const distinct = [...new Map(points.map((point) => [formatSensitivity(point), point])).values()];
  return distinct.sort(
    (a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || a.labels.length - b.labels.length,
  );
}
