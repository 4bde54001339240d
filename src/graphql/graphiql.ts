// The GraphiQL page for browsers, with one tab for each example. The editor itself comes from a CDN:
// without the internet the page stays empty, and any GraphQL client does the same.

import { renderGraphiQL } from "graphql-yoga";
import { mayUse } from "../core/caller.ts";
import { examples } from "./examples.ts";
import type { Exchange } from "./exchange.ts";

const headers = JSON.stringify({ authorization: "Bearer pc_…" }, null, 2);

/** In production only keys that may introspect see it: it would show them nothing otherwise. */
export function wantsGraphiql({ request, asker, path }: Exchange, production: boolean): boolean {
  if (request.method !== "GET" || path !== "/graphql") return false;
  if (!(request.headers.accept ?? "").includes("text/html")) return false;
  return !production || (asker.caller !== undefined && mayUse(asker.caller, "introspect"));
}

export function graphiqlPage(): string {
  return renderGraphiQL({
    title: "Portcullis",
    headers,
    defaultHeaders: headers,
    shouldPersistHeaders: false,
    subscriptionsProtocol: "GRAPHQL_SSE",
    defaultTabs: examples.map(({ query, variables }) => ({
      query,
      variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
      headers,
    })),
  });
}
