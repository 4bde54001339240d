// The GraphiQL page for browsers, with one tab for each example. It brings its editor along, so that it
// works offline and no third party learns who opens it. `door.ts` serves it.

import { mayUse } from "../core/caller.ts";
import { examples } from "./examples.ts";
import type { Exchange } from "./exchange.ts";
import type { Names } from "./names.ts";
import { renameDocument } from "./renamed.ts";

/** Empty: the schema can be looked at without a key, and a wrong one would be refused. */
const headers = JSON.stringify({ authorization: "" }, null, 2);
const hint = '# First put your key into Headers below: "Bearer pc_…"';

/** In production only keys that may introspect see it: it would show them nothing otherwise. */
export function wantsGraphiql({ request, asker, path }: Exchange, production: boolean): boolean {
  if (request.method !== "GET" || path !== "/graphql") return false;
  if (!(request.headers.accept ?? "").includes("text/html")) return false;
  return !production || (asker.caller !== undefined && mayUse(asker.caller, "introspect"));
}

/** The editor is some megabytes of text, so it is read when somebody first asks for it. */
export async function graphiqlPage(names: Names): Promise<string> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  return renderGraphiQL({
    title: "Portcullis",
    headers,
    defaultHeaders: headers,
    shouldPersistHeaders: false,
    subscriptionsProtocol: "GRAPHQL_SSE",
    defaultTabs: examples.map(({ query, variables }) => ({
      query: `${hint}\n${renameDocument(query, names)}`,
      variables: variables === undefined ? null : JSON.stringify(variables, null, 2),
      headers,
    })),
  });
}
