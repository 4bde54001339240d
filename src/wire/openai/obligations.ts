// Applies what the policy obliges a call to: as fields of the body, or not at all.
// Used by the request encoders; an obligation that a provider has no way to keep is never passed over.

import type { Destination, UnsupportedParam } from "../../core/dialect.ts";
import type { Obligation } from "../../core/permit.ts";
import { type ProviderHabits, habitsOf } from "./provider-habits.ts";

type Application = (habits: ProviderHabits) => Readonly<Record<string, unknown>> | undefined;

/** Undefined: this provider cannot. `no-client-metadata` is kept by `request-extras`, everywhere. */
const applications: Readonly<Record<Obligation, Application>> = {
  "store:false": ({ storing }) => ({ "by-flag": { store: false }, never: {}, unknown: undefined })[storing],
  "no-client-metadata": () => ({}),
  "zdr-routing": (habits) =>
    habits.zeroRetentionRouting
      ? { provider: { zdr: true, data_collection: "deny", allow_fallbacks: false } }
      : undefined,
};

export interface AppliedObligations {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly unsupported: readonly UnsupportedParam[];
}

export function applyObligations(to: Destination): AppliedObligations {
  const fields: Record<string, unknown> = {};
  const unsupported: UnsupportedParam[] = [];
  for (const obligation of to.obligations) {
    const applied = applications[obligation]?.(habitsOf(to.providerId));
    if (applied) Object.assign(fields, applied);
    else {
      const param = `obligation:${obligation}`;
      unsupported.push({ param, path: param, droppable: false, from: obligation });
    }
  }
  return { fields, unsupported };
}
