// Lets pages of the configured origins call this server from a browser. None by default.
// `server.ts` asks for every exchange. Cookies are never involved: browsers come with bearer tokens.
// https://fetch.spec.whatwg.org/#http-cors-protocol

import type { IncomingMessage, ServerResponse } from "node:http";

export interface Cors {
  /** True where it was a preflight, which is answered with that. */
  admit(request: IncomingMessage, response: ServerResponse): boolean;
}

const methods = "GET, HEAD, POST, PUT, DELETE";
const exposed = [
  "retry-after",
  "x-request-id",
  "x-should-retry",
  ...["request-id", "deployment", "sensitivity", "policy-version", "cost-usd", "attempts", "params"].map(
    (name) => `x-portcullis-${name}`,
  ),
  ...["classifiers", "not-run"].map((name) => `x-portcullis-${name}`),
].join(", ");
const preflightSeconds = "600";

export function createCors(origins: readonly string[]): Cors {
  const admitted = new Set(origins);
  return {
    admit(request, response) {
      const { origin } = request.headers;
      if (admitted.size === 0 || origin === undefined) return false;
      response.setHeader("vary", "origin");
      if (!admitted.has(origin)) return false;
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", exposed);
      const asked = request.headers["access-control-request-method"];
      if (request.method !== "OPTIONS" || asked === undefined) return false;
      response.setHeader("access-control-allow-methods", methods);
      const headers = request.headers["access-control-request-headers"];
      if (headers !== undefined) response.setHeader("access-control-allow-headers", headers);
      response.setHeader("access-control-max-age", preflightSeconds);
      response.writeHead(204).end();
      return true;
    },
  };
}
