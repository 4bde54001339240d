// A deployment as rows can speak of it: the guarantees it holds at this moment for this request, and
// its names. Unknown means absent; what cannot be vouched for counts as named.

import type { Deployment } from "../core/deployment.ts";
import { identityAtom, type DeploymentPoint } from "./cells/provider.ts";
import { choosesUpstream, dropsGuarantee } from "./features.ts";
import type { Links } from "./links.ts";
import { identityKinds } from "./vocabulary.ts";

export interface PointInTime {
  readonly point: DeploymentPoint;
  /** When the first of the guarantees that count expires. */
  readonly validUntil: number;
}

export function pointOf(deployment: Deployment, features: number, now: number, implied: Links): PointInTime {
  const atoms = new Set<string>();
  let validUntil = Number.POSITIVE_INFINITY;
  for (const guarantee of deployment.guarantees) {
    const until = guarantee.until?.getTime() ?? Number.POSITIVE_INFINITY;
    if (!guarantee.held || until <= now) continue;
    validUntil = Math.min(validUntil, until);
    // What is implied is dropped by a feature as well: a stored answer is stored in house too.
    for (const name of implied.reach(guarantee.name)) if (!dropsGuarantee(features, name)) atoms.add(name);
  }
  for (const name of namesOf(deployment)) atoms.add(identityAtom(name));
  return { point: { atoms, uncertain: uncertainOf(deployment, features) }, validUntil };
}

function namesOf({ model, provider, upstreamModel }: Deployment): readonly string[] {
  const family = model.family === undefined ? [] : [`family:${model.family}`];
  return [
    `vendor:${model.vendor}`,
    ...family,
    `model:${model.id}`,
    `model:${upstreamModel}`,
    `provider:${provider.id}`,
  ];
}

/** Nobody has looked at an unlisted model, so a rail against a vendor holds for it. */
function uncertainOf(deployment: Deployment, features: number): DeploymentPoint["uncertain"] {
  if (choosesUpstream(features)) return identityKinds;
  return deployment.unlisted ? ["vendor", "family"] : [];
}
