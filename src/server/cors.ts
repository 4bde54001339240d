// Lets pages of the configured origins call this server from a browser. None by default.
// `server.ts` asks for every exchange. Cookies are never involved: browsers come with their users' tokens,
// in production never with a key, which anybody who opens the page could read.
// https://fetch.spec.whatwg.org/#http-cors-protocol

import type { IncomingMessage, ServerResponse } from "node:http";
import { Failure } from "../core/errors.ts";

export interface Cors {
  /** True where it was a preflight, which is answered with that. Throws where a page brings a key. */
  admit(request: IncomingMessage, response: ServerResponse): boolean;
}

const methods = "GET, HEAD, POST, PUT, DELETE";
const exposed = [
  "retry-after",
  "x-request-id",
  "x-should-retry",
  "request-id",
  ...[
    "request-id",
    "deployment",
    "sensitivity",
    "policy-version",
    "cost-usd",
    "attempts",
    "tried",
    "rehearsed",
    "params",
    "estimated",
    "classifiers",
    "not-run",
  ].map((name) => `x-portcullis-${name}`),
].join(", ");
const preflightSeconds = "600";

export function createCors(origins: readonly string[], production: boolean): Cors {
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
      if (request.method !== "OPTIONS" || asked === undefined) {
        if (production && isKey(request.headers.authorization)) throw keyInPage();
        return false;
      }
      response.setHeader("access-control-allow-methods", methods);
      const headers = request.headers["access-control-request-headers"];
      if (headers !== undefined) response.setHeader("access-control-allow-headers", headers);
      response.setHeader("access-control-max-age", preflightSeconds);
      response.writeHead(204).end();
      return true;
    },
  };
}

const isKey = (authorization: string | undefined): boolean => /^bearer +pc_/i.test(authorization ?? "");

const keyInPage = (): Failure =>
  new Failure("UNAUTHENTICATED", "Pages of other origins must not hold a key.", {
    fix: "Send the token of the page's user (OIDC_ISSUER), or call from your own server.",
  });
