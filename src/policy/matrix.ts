// Who may send what where, as a table over today's deployments: role × sensitivity × action.
// `Query.policyMatrix` and `portcullis policy matrix` show it; it asks the same permit as requests do.

import { emptyRequest } from "../core/request.ts";
import type { Deployment } from "../core/deployment.ts";
import type { Action } from "../core/request.ts";
import { sensitivity, type Sensitivity } from "../core/sensitivity.ts";
import type { Policy } from "./policy.ts";

export interface MatrixAxes {
  /** `role:…` */
  readonly roles: readonly string[];
  readonly data: readonly Sensitivity[];
  readonly actions: readonly Action[];
  readonly purpose?: string | undefined;
}

export interface MatrixCell {
  readonly role: string;
  readonly data: Sensitivity;
  readonly action: Action;
  /** Ids, in the order of the deployments given. */
  readonly deployments: readonly string[];
}

export function policyMatrix(
  policy: Policy,
  axes: MatrixAxes,
  deployments: readonly Deployment[],
): readonly MatrixCell[] {
  return axes.roles.flatMap((role) =>
    axes.data.flatMap((data) =>
      axes.actions.map((action) => {
        const permit = policy.permit(asRole(role, data, action, axes.purpose), deployments);
        return { role, data, action, deployments: permit.allowed.map((one) => one.deployment.id) };
      }),
    ),
  );
}

/** A request that nobody made: a caller with this role alone, and nothing special in it. */
function asRole(
  role: string,
  data: Sensitivity,
  action: MatrixAxes["actions"][number],
  purpose: string | undefined,
) {
  const caller = {
    key: "key:matrix",
    name: "matrix",
    team: "team:matrix",
    roles: [role],
    scopes: new Set<never>(),
    floor: sensitivity("public"),
    ceiling: data,
    defaultSensitivity: data,
    purposes: purpose === undefined ? [] : [purpose],
  };
  return {
    request: emptyRequest(action),
    caller,
    requestId: "matrix",
    declared: data,
    purpose,
    at: 0,
    sensitivity: { effective: data, detected: [], underDeclared: false },
  };
}
