// What a caller's `model` means: the deployments that could serve it, before any permission.
// Names are read in the order of the contract: route, deployment, model, alias, provider/anything.

import type { Catalog } from "../catalog/catalog.ts";
import type { Capability, Deployment } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import type { CompletionRequest, MediaKind, ModelRequest } from "../core/request.ts";

/** One row of `policies/routes.yaml`. */
export interface Route {
  readonly name: string;
  readonly description: string;
  readonly pick: "cheapest";
  /** Models or deployments; absent means all that can serve the request. */
  readonly models?: readonly string[] | undefined;
}

/** Empty where nothing has that name. */
export function resolve(
  request: ModelRequest,
  catalog: Catalog,
  routes: readonly Route[],
): readonly Deployment[] {
  const route = routes.find((candidate) => candidate.name === request.model);
  if (!route) return catalog.resolve(request.model);
  const named = route.models?.flatMap((name) => catalog.resolve(name)) ?? catalog.deployments;
  return named.filter((deployment) => canServe(deployment, request));
}

const capabilityOfMedia: Readonly<Record<MediaKind, Capability>> = {
  image: "VISION",
  file: "DOCUMENTS",
  audio: "AUDIO",
  video: "VIDEO",
};

/** Nothing is known of a model that the catalog does not list: whoever put it on a route knows better. */
function canServe(deployment: Deployment, request: ModelRequest): boolean {
  if (deployment.unlisted) return true;
  const { model } = deployment;
  if (!isMadeFor(model, request.action)) return false;
  if (request.action !== "complete") return true;
  if (model.capabilities.includes("MODERATION")) return false;
  return neededCapabilities(request).every((needed) => model.capabilities.includes(needed));
}

function neededCapabilities(request: CompletionRequest): readonly Capability[] {
  const needed = new Set<Capability>();
  if (request.tools !== undefined && request.tools.length > 0) needed.add("TOOLS");
  if (request.responseFormat?.type === "schema") needed.add("JSON_SCHEMA");
  for (const message of request.messages) {
    for (const part of message.parts) if (part.type !== "text") needed.add(capabilityOfMedia[part.type]);
  }
  return [...needed];
}
