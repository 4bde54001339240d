// What a caller's `model` means: the deployments that could serve it, before any permission.
// Names are read in the order of the contract: route, deployment, model, alias, provider/anything.

import type { Catalog } from "../catalog/catalog.ts";
import type { Capability, Deployment } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import type { MediaKind, ModelRequest } from "../core/request.ts";
import type { CandidateSettings, Route, RouteFacts, Way } from "../core/route.ts";
import { choose, everyBranch, type Choice } from "./choose.ts";

export interface Resolved {
  readonly deployments: readonly Deployment[];
  /** Undefined where the name is no route. */
  readonly way: Way | undefined;
}

/** For one request; `factsOf` is asked only where the name is a route. */
export function resolveFor(
  request: ModelRequest,
  catalog: Catalog,
  routes: readonly Route[],
  factsOf: () => RouteFacts,
): Resolved {
  if (!routes.some(({ name }) => name === request.model))
    return { deployments: catalog.resolve(request.model), way: undefined };
  const facts = factsOf();
  const choice = choose(request.model, routes, facts);
  if (choice === undefined) return { deployments: [], way: undefined };
  const places = new Map<string, number>();
  const settings = new Map<string, CandidateSettings>();
  const deployments = choice.names
    ? placed(choice, choice.names, catalog, places, settings)
    : catalog.deployments;
  const { route, order, arm, task } = choice;
  const needed = neededCapabilities(request);
  return {
    deployments: deployments.filter(
      (deployment) => canServe(deployment, request, needed) && holdsPrompt(deployment, facts.promptTokens),
    ),
    way: { route, order, arm, task, places, settings },
  };
}

/** All that a name could come to, whatever the request. Empty where nothing has that name. */
export function resolve(
  request: ModelRequest,
  catalog: Catalog,
  routes: readonly Route[],
): readonly Deployment[] {
  const branches = everyBranch(request.model, routes);
  if (branches.length === 0) return catalog.resolve(request.model);
  const named = branches.flatMap(
    ({ names }) => names?.flatMap((name) => catalog.resolve(name)) ?? catalog.deployments,
  );
  return ableTo(request, [...new Set(named)]);
}

/** Those that could serve the request, were they permitted. */
export function ableTo(request: ModelRequest, deployments: readonly Deployment[]): readonly Deployment[] {
  const needed = neededCapabilities(request);
  return deployments.filter((deployment) => canServe(deployment, request, needed));
}

/** A name that several deployments serve shares its weight among them. */
function placed(
  { route }: Choice,
  names: readonly string[],
  catalog: Catalog,
  places: Map<string, number>,
  settings: Map<string, CandidateSettings>,
): readonly Deployment[] {
  return names.flatMap((name) => {
    const own = route.settings?.get(name);
    const fresh = catalog.resolve(name).filter(({ id }) => !places.has(id));
    for (const { id } of fresh) {
      places.set(id, places.size);
      settings.set(id, { ...own, weight: (own?.weight ?? 1) / fresh.length });
    }
    return fresh;
  });
}

const capabilityOfMedia: Readonly<Record<MediaKind, Capability>> = {
  image: "VISION",
  file: "DOCUMENTS",
  audio: "AUDIO",
  video: "VIDEO",
};

/** Nothing is known of a model that the catalog does not list: whoever put it on a route knows better. */
function canServe(deployment: Deployment, request: ModelRequest, needed: readonly Capability[]): boolean {
  if (deployment.unlisted) return true;
  const { model } = deployment;
  if (!isMadeFor(model, request.action)) return false;
  if (request.action !== "complete") return true;
  if (model.capabilities.includes("MODERATION")) return false;
  return needed.every((one) => model.capabilities.includes(one));
}

/** An estimate is a high reading, so what is just too long by it may still fit. */
const estimateSlack = 1.5;

const holdsPrompt = ({ model }: Deployment, promptTokens: number): boolean =>
  model.contextTokens === undefined || promptTokens <= model.contextTokens * estimateSlack;

function neededCapabilities(request: ModelRequest): readonly Capability[] {
  if (request.action !== "complete") return [];
  const needed = new Set<Capability>();
  if (request.tools !== undefined && request.tools.length > 0) needed.add("TOOLS");
  if (request.responseFormat?.type === "schema") needed.add("JSON_SCHEMA");
  for (const message of request.messages) {
    for (const part of message.parts) if (part.type !== "text") needed.add(capabilityOfMedia[part.type]);
  }
  return [...needed];
}
