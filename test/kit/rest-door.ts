// The REST door on a real port, in front of whatever gateway a test hands it.
// Tests of `rest/` and of the server call it; each gets a server of its own, closed after the test.

import type { TestContext } from "node:test";
import { allScopes, type Caller, type Scope } from "../../src/core/caller.ts";
import { Failure } from "../../src/core/errors.ts";
import { publicData } from "../../src/core/sensitivity.ts";
import type { Gateway, UsableName } from "../../src/gateway/contract.ts";
import { createRestDoor, type RestDoor } from "../../src/rest/door.ts";
import type { RestDoorParts } from "../../src/rest/handler.ts";
import { createServer, type Server } from "../../src/server.ts";

export const testKey = "pc_test";
export const bearer = { authorization: `Bearer ${testKey}` };

export function testCaller(scopes: readonly Scope[] = allScopes): Caller {
  return {
    key: "key:test",
    name: "test",
    team: "team:test",
    roles: [],
    scopes: new Set(scopes),
    floor: publicData,
    ceiling: { level: "restricted", labels: [] },
    defaultSensitivity: { level: "internal", labels: [] },
    purposes: [],
  };
}

export const usableNames: readonly UsableName[] = [
  { id: "auto", kind: "route", ownedBy: "portcullis", created: 1_760_000_000 },
  { id: "openai/gpt-oss-120b", kind: "model", ownedBy: "openai", created: 1_754_000_000 },
  { id: "groq/openai/gpt-oss-120b@eu", kind: "deployment", ownedBy: "groq", created: 1_754_000_000 },
];

export interface RunningDoor {
  readonly port: number;
  readonly baseURL: string;
  readonly server: Server;
  readonly door: RestDoor;
  /** What was reported as nobody's failure. */
  readonly faults: unknown[];
  /** Codes refused before the gateway. */
  readonly refused: string[];
}

export async function runDoor(
  context: TestContext,
  gateway: Gateway,
  parts: Partial<RestDoorParts> & { readonly scopes?: readonly Scope[] } = {},
): Promise<RunningDoor> {
  const faults: unknown[] = [];
  const refused: string[] = [];
  let requests = 0;
  const reportFault = (error: unknown): void => void faults.push(error);
  const newRequestId = (): string => `req_${++requests}`;
  const door = createRestDoor({
    gateway,
    enquiries: {
      usableNames: () => Promise.resolve(usableNames),
      usableModel: () => true,
      priceTogether: () => Promise.reject(new Error("not asked")),
      health: () => ({ state: "closed", cause: undefined, until: undefined, vitals: undefined }),
      troubled: () => [],
      providerKeys: () => [],
      providerSlots: () => [],
      plan: () => Promise.reject(new Error("not asked by this door")),
      quote: () => Promise.reject(new Error("not asked by this door")),
      receipt: () => Promise.reject(new Error("not asked by this door")),
    },
    authenticate: (authorization) =>
      authorization === bearer.authorization
        ? Promise.resolve(testCaller(parts.scopes))
        : Promise.reject(new Failure("UNAUTHENTICATED")),
    newRequestId,
    reportFault,
    requestRefused: (_, code) => void refused.push(code),
    ...parts,
  });
  const server = createServer({ rest: door, newRequestId, reportFault });
  const address = await server.listen({ host: "127.0.0.1", port: 0 });
  if (typeof address === "string") throw new Error("expected a port");
  context.after(() => server.close());
  return {
    port: address.port,
    baseURL: `http://127.0.0.1:${address.port}/v1`,
    server,
    door,
    faults,
    refused,
  };
}
