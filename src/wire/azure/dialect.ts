// Azure OpenAI: OpenAI's chat dialect at addresses and with a header of Azure's own.
// `providers/` picks it for rows whose dialect is `azure`. Pure: nothing is called from here.
// https://learn.microsoft.com/azure/foundry/openai/latest

import type { Dialect, EncodedRequest } from "../../core/dialect.ts";
import { decodeImages, encodeImages } from "../openai/images.ts";
import { openaiDialect } from "../openai/dialect.ts";

/** Azure filters by itself and has no address to ask for a verdict. */
const { moderation: _notThere, ...chat } = openaiDialect;

export const azureDialect: Dialect = {
  ...chat,
  name: "azure",
  credentialHeaders: (key) => ({ "api-key": key }),
  address,
  encodeCompletion: (request, to) =>
    atDeployment(openaiDialect.encodeCompletion(request, to), to.upstreamModel),
  encodeEmbedding: (request, to) =>
    atDeployment(openaiDialect.encodeEmbedding(request, to), to.upstreamModel),
  images: {
    encode: (request, to) => atDeployment(encodeImages(request, to), to.upstreamModel),
    decode: decodeImages,
  },
  // Azure has neither address.
  moderation: undefined,
};

const deployments = "/deployments/";

const atDeployment = (encoded: EncodedRequest, deployment: string): EncodedRequest => ({
  ...encoded,
  path: `${deployments}${encodeURIComponent(deployment)}${encoded.path}`,
});

/**
 * Three forms of base URL: the resource alone or `…/openai/v1` speak the v1 API, which finds the deployment by the
 * body's model; `…/openai?api-version=2024-10-21` speaks the older one, which has it in the path.
 */
function address(baseUrl: string, path: string): URL {
  const url = new URL(baseUrl);
  const base = url.pathname.replace(/\/+$/, "");
  const older = url.searchParams.has("api-version") && !base.endsWith("/v1");
  const root = base === "" ? (older ? "/openai" : "/openai/v1") : base;
  url.pathname = root + (older ? path : withoutDeployment(path));
  return url;
}

const withoutDeployment = (path: string): string => path.replace(/^\/deployments\/[^/]+/, "");
