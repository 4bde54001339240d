// What a deployment makes of each parameter, from the capability table of its dialect, and whether it takes a whole request.
// The catalog's doors show the table; the plan asks the rest where a caller would rather be rerouted.

import type { Deployment } from "../core/deployment.ts";
import {
  type Destination,
  type Dialect,
  type EncodedRequest,
  parameterNames,
  type Support,
  type UnsupportedParam,
} from "../core/dialect.ts";
import type { PermittedDeployment } from "../core/permit.ts";
import type { CompletionRequest, ModelRequest, OnUnsupported } from "../core/request.ts";
import { encodeInWordsOf } from "../wire/in-words-of.ts";
import { dialectFor, dialectOf, dialects } from "./dialects.ts";

export type ParameterRow = Support & { readonly name: string };

/** Stands for what OpenAI does not document. */
const others = "*";

/** Empty for the demo, which only plays. */
export function parameterRows(deployment: Deployment): ParameterRow[] {
  const dialect = dialectOf(deployment);
  if (dialect === "demo") return [];
  const table = dialects[dialect].parameters(about(deployment));
  const unknown: Support = table.others === "passed" ? { is: "taken" } : { is: "refused" };
  return [...parameterNames.map((name) => ({ ...table.of[name], name })), { ...unknown, name: others }];
}

/** True where nothing of the request would have to be left out. */
export function takesWhole(target: PermittedDeployment, request: ModelRequest): boolean {
  const name = dialectFor(target.deployment, request);
  // What a classifier is asked has no parameters of a caller's.
  if (name === "demo" || request.action === "moderate") return true;
  const dialect = dialects[name];
  const to = destinationOf(target, undefined);
  try {
    const encoded = encode(dialect, request, to);
    return encoded !== undefined && encoded.unsupported.length === 0;
  } catch {
    return false;
  }
}

/** The parts by address that it would carry by their bytes at most. */
export function remotePartsRefused(
  target: PermittedDeployment,
  request: CompletionRequest,
): readonly UnsupportedParam[] {
  const name = dialectFor(target.deployment, request);
  if (name === "demo") return [];
  const { unsupported } = encodeInWordsOf(dialects[name], request, destinationOf(target, undefined));
  return unsupported.filter(({ byAddress }) => byAddress !== undefined);
}

/** Undefined where the dialect has no place for it at all. */
function encode(
  dialect: Dialect,
  request: Exclude<ModelRequest, { action: "moderate" }>,
  to: Destination,
): EncodedRequest | undefined {
  if (request.action === "complete") return encodeInWordsOf(dialect, request, to);
  return request.action === "embed"
    ? dialect.encodeEmbedding(request, to)
    : dialect.images?.encode(request, to);
}

/** The same for each request that a permission serves: codecs keep what they find out about one. */
export function destinationOf(
  target: PermittedDeployment,
  onUnsupported: OnUnsupported | undefined,
): Destination {
  const known = onUnsupported === "drop" ? droppingDestinations : destinations;
  let to = known.get(target);
  if (to === undefined) {
    const { deployment, obligations } = target;
    to = { ...about(deployment), obligations, mayDrop: onUnsupported === "drop" };
    known.set(target, to);
  }
  return to;
}

const destinations = new WeakMap<PermittedDeployment, Destination>();
const droppingDestinations = new WeakMap<PermittedDeployment, Destination>();

const about = ({ provider, model, upstreamModel }: Deployment): Destination => ({
  providerId: provider.id,
  upstreamModel,
  maxOutputTokens: model.maxOutputTokens,
  capabilities: model.capabilities,
  obligations: [],
});
