// The GraphQL door on a real port, in front of whatever gateway a test hands it, over the shipped catalog.
// Tests of `graphql/` call it; each gets a server of its own, closed after the test.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import type { Receipt } from "../../src/core/answer.ts";
import type { Catalog } from "../../src/catalog/catalog.ts";
import { allScopes, type Caller, type Scope } from "../../src/core/caller.ts";
import { Failure } from "../../src/core/errors.ts";
import type { Administration } from "../../src/gateway/administration.ts";
import type { CallbackPort, DoorParts } from "../../src/gateway/door-parts.ts";
import type { Enquiries, Gateway } from "../../src/gateway/contract.ts";
import { createGraphqlDoor, type GraphqlDoor } from "../../src/graphql/door.ts";
import { catalogWith } from "./catalog.ts";
import { testCaller } from "./rest-door.ts";
import { receipt, sensitivity } from "./scripted-answers.ts";

const catalog = catalogWith();

export interface RunningGraphqlDoor {
  readonly url: string;
  readonly port: number;
  readonly door: GraphqlDoor;
  readonly server: Server;
  /** What was reported as nobody's failure. */
  readonly faults: unknown[];
  /** With every scope, unless the key names others: `pc_catalog+receipts`. */
  readonly ask: (
    query: string,
    variables?: Record<string, unknown>,
    headers?: Record<string, string>,
  ) => Promise<Answer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As the test asked for it. */
  readonly data?: unknown;
  readonly errors?: readonly GraphqlError[];
}

export interface GraphqlError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

interface Settings {
  readonly production?: boolean;
  readonly graphqlPrefix?: string;
  readonly callbacks?: CallbackPort;
  readonly enquiries?: Partial<Enquiries>;
  readonly administration?: Partial<Administration>;
  /** What is in force at the moment; absent: the shipped rows. */
  readonly catalogNow?: () => Catalog;
}

/** Frozen: the graphql-sse client writes its token into the headers that it is given. */
export const bearer = Object.freeze({ authorization: "Bearer pc_all" });

export async function runGraphqlDoor(
  context: TestContext,
  gateway: Gateway,
  {
    production = false,
    callbacks,
    graphqlPrefix,
    enquiries = {},
    administration = {},
    catalogNow = () => catalog,
  }: Settings = {},
): Promise<RunningGraphqlDoor> {
  const faults: unknown[] = [];
  let requests = 0;
  const parts: DoorParts = {
    gateway,
    enquiries: { ...plainEnquiries, ...enquiries },
    administration: refusing<Administration>(administration),
    authenticate: (authorization) => Promise.resolve().then(() => callerOf(authorization)),
    catalog: catalogNow,
    newRequestId: () => `req_${++requests}`,
    production,
    graphqlPrefix,
    callbacks,
    reportFault: (error) => void faults.push(error),
    seal: (text) => `sealed.${Buffer.from(text).toString("base64url")}`,
    unseal: (sealed) =>
      sealed.startsWith("sealed.") ? Buffer.from(sealed.slice(7), "base64url").toString() : undefined,
  };
  const door = createGraphqlDoor(parts);
  const server = createServer((request, response) => door.handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  context.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    door.close();
  });
  const url = `http://127.0.0.1:${port}/graphql`;
  return {
    url,
    port,
    door,
    server,
    faults,
    async ask(query, variables = {}, headers = {}) {
      const answer = await fetch(url, {
        method: "POST",
        headers: { ...bearer, "content-type": "application/json", ...headers },
        body: JSON.stringify({ query, variables }),
      });
      return { status: answer.status, headers: answer.headers, ...((await answer.json()) as object) };
    },
  };
}

/** `Bearer pc_all`, or the scopes by name: `Bearer pc_catalog+receipts`. */
function callerOf(authorization: string | undefined): Caller {
  const known = callers.get(authorization);
  const caller = known ?? readCaller(authorization);
  callers.set(authorization, caller);
  return caller;
}

/** The same key is the same caller, as with the real authenticator. */
const callers = new Map<string | undefined, Caller>();

function readCaller(authorization: string | undefined): Caller {
  const named = /^Bearer pc_([a-z+]+)$/.exec(authorization ?? "")?.[1];
  if (named === undefined) throw new Failure("UNAUTHENTICATED");
  if (named === "all") return testCaller();
  const caller = testCaller(allScopes.filter((scope: Scope) => named.split("+").includes(scope)));
  return { ...caller, key: `key:${named}` };
}

const plainEnquiries: Enquiries = {
  plan: (asked) =>
    Promise.resolve({
      hash: "plan-1",
      sensitivity,
      policyVersion: 7,
      candidates: catalog.resolve(asked.request.model).map((deployment, index) => ({
        deployment,
        allowed: true,
        rank: index + 1,
        because: "The policy permits it.",
        rule: "in-house",
        missing: [],
        worstCase: 412_000_000,
        healthy: true,
      })),
    }),
  quote: (asked) =>
    Promise.resolve(
      catalog.resolve(asked.request.model).map((deployment) => ({
        deployment,
        allowed: true,
        because: "The policy permits it.",
        worstCase: undefined,
        inputCost: undefined,
        estimatedInputTokens: 4,
        maxOutputTokens: 100,
      })),
    ),
  receipt: (id): Promise<Receipt | undefined> =>
    Promise.resolve(id.startsWith("req_") ? receipt(id) : undefined),
  usableNames: () => Promise.resolve([]),
  priceTogether: () => Promise.resolve(0),
  usableModel: (id) => id === "demo-echo",
  health: () => ({ state: "closed", cause: undefined, until: undefined, vitals: undefined }),
  troubled: () => [],
  providerKeys: () => [],
  providerSlots: () => [],
};

/** Whatever a test does not give must not be asked. */
function refusing<Port extends object>(given: Partial<Port>): Port {
  return new Proxy(given, {
    get: (target, name) =>
      Reflect.get(target, name) ?? (() => Promise.reject(new Error(`${String(name)} is not asked here`))),
  }) as Port;
}
