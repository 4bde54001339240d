// A request that nobody makes, in the shape that the policy is asked with.
// Explanations use it, for a question of a person's own and for a request that is over.

import type { Caller } from "../core/caller.ts";
import { emptyRequest, type ModelRequest } from "../core/request.ts";
import { publicData, type Sensitivity } from "../core/sensitivity.ts";
import type { Weighed } from "../core/stages.ts";

export interface Hypothesis {
  readonly caller: Caller;
  readonly action: ModelRequest["action"];
  readonly model: string;
  readonly data: Sensitivity;
  readonly purpose: string | undefined;
}

export function hypotheticalRequest({ caller, action, model, data, purpose }: Hypothesis): Weighed {
  return {
    request: emptyRequest(action, model),
    caller,
    requestId: "hypothetical",
    declared: data,
    purpose,
    at: 0,
    sensitivity: { effective: data, detected: [], underDeclared: false },
  };
}

/** Somebody with these ids and no more; data of any kind. */
export function hypotheticalCaller(who: readonly string[]): Caller {
  const named = (kind: string): readonly string[] => who.filter((id) => id.startsWith(`${kind}:`));
  return {
    key: named("key")[0] ?? "key:nobody",
    user: named("user")[0],
    name: "hypothetical",
    team: named("team")[0] ?? "team:nobody",
    roles: named("role"),
    scopes: new Set(),
    floor: publicData,
    ceiling: publicData,
    defaultSensitivity: publicData,
    purposes: [],
  };
}
