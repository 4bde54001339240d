// Why a guarantee that is needed is not there: the catalog's reason, or a wish of the request itself.
// Permits and explanations add it to what they say.

import type { Deployment } from "../core/deployment.ts";
import { featuresThatDrop } from "./features.ts";

/** What the catalog, or the request itself, has to do with a guarantee that is not there. */
export function whyMissing(
  deployment: Deployment,
  features: number,
  missing: readonly string[],
): readonly string[] {
  return missing.flatMap((name) => {
    const dropped = featuresThatDrop(features, name);
    if (dropped.length > 0) return [`${dropped.join(" and ")} drops ${name}.`];
    const because = deployment.guarantees.find((guarantee) => guarantee.name === name)?.because;
    return because === undefined ? [] : [`${name}: ${because}${/[.!?]$/.test(because) ? "" : "."}`];
  });
}
