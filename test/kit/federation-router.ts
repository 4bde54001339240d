// A real federation router on loopback, over Portcullis and the example subgraph.
// Tests of federation call it; the caller's key travels through it to Portcullis.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { createGatewayRuntime } from "@graphql-hive/gateway-runtime";
import { buildHTTPExecutor } from "@graphql-tools/executor-http";
import { composeServices } from "@theguild/federation-composition";
import { parse } from "graphql";

export interface Subgraph {
  readonly name: string;
  readonly url: string;
  readonly sdl: string;
}

/** Where the router answers. `ownHeaders` go to every subgraph, beside the caller's authorization. */
export async function runRouter(
  context: TestContext,
  subgraphs: readonly Subgraph[],
  ownHeaders: Readonly<Record<string, string>> = {},
): Promise<string> {
  const composed = composeServices(
    subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) })),
  );
  if (composed.supergraphSdl === undefined) {
    throw new Error(composed.errors?.map(({ message }) => message).join("\n"));
  }
  const router = createGatewayRuntime({
    supergraph: composed.supergraphSdl,
    logging: false,
    graphqlEndpoint: "/graphql",
    transports: {
      http: {
        getSubgraphExecutor: ({ transportEntry, fetch }) =>
          buildHTTPExecutor({ endpoint: transportEntry.location ?? "", ...(fetch && { fetch }) }),
      },
    },
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => ({
        authorization: request.headers.get("authorization") ?? "",
        ...ownHeaders,
      }),
    },
  });
  const server = createServer((request, response) => void router(request, response));
  context.after(async () => {
    await router[Symbol.asyncDispose]();
    await closeServer(server);
  });
  return `${await listen(server)}/graphql`;
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
