// Callers, deployments and weighed requests for tests of what the policy permits.
// Each takes only what a test is about; everything else is plain and allowed by nothing.

import type { Caller } from "../../src/core/caller.ts";
import type { Deployment, Guarantee, Provider } from "../../src/core/deployment.ts";
import type { CompletionRequest, Extras } from "../../src/core/request.ts";
import { parseSensitivity, sensitivity, type Sensitivity } from "../../src/core/sensitivity.ts";
import type { Weighed } from "../../src/core/stages.ts";
import { loadPolicy, type LoadedPolicy, type LoadPolicy } from "../../src/policy/load-policy.ts";

/** Rows of policy.csv as a snapshot. */
export const policyOf = (csv: string, more: Partial<LoadPolicy> = {}): Promise<LoadedPolicy> =>
  loadPolicy({ files: { "policy.csv": csv }, version: 1, ...more });

export function tag(text: string): Sensitivity {
  const parsed = parseSensitivity(text, { has: () => true });
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

export const callerWith = (...roles: readonly string[]): Caller => ({
  key: "key:k1",
  name: "test",
  team: "team:test",
  roles,
  scopes: new Set(["complete"]),
  floor: sensitivity("public"),
  ceiling: sensitivity("restricted"),
  defaultSensitivity: sensitivity("internal"),
  purposes: ["support"],
});

export const completion = (extras: Extras = {}): CompletionRequest => ({
  action: "complete",
  model: "any",
  messages: [{ role: "user", parts: [{ type: "text", text: "hello" }] }],
  stream: false,
  n: 1,
  extras,
});

export interface WeighedParts {
  readonly caller: Caller;
  readonly data: string;
  readonly request?: Weighed["request"];
  readonly purpose?: string;
}

export const weighed = ({ caller, data, request, purpose }: WeighedParts): Weighed => ({
  request: request ?? completion(),
  caller,
  requestId: "r1",
  declared: undefined,
  purpose,
  at: 0,
  sensitivity: { effective: tag(data), detected: [], underDeclared: false },
});

export const held = (name: string, until?: Date): Guarantee => ({
  name,
  held: true,
  source: "https://example.com/terms",
  read: "2026-11-01",
  until,
  attestedBy: "vendor",
  because: undefined,
});

export interface DeploymentParts {
  readonly provider?: Partial<Provider>;
  readonly vendor?: string;
  readonly unlisted?: boolean;
  readonly guarantees?: readonly (string | Guarantee)[];
}

export function deploymentWith(parts: DeploymentParts = {}): Deployment {
  const provider: Provider = {
    id: "acme",
    name: "Acme",
    dialect: "openai",
    baseUrl: "https://example.com/v1",
    atOwnOrigin: true,
    enabled: true,
    disabledReason: undefined,
    ...parts.provider,
  };
  return {
    id: `${provider.id}/m1`,
    provider,
    model: {
      id: "m1",
      name: "M1",
      vendor: parts.vendor ?? "Acme Labs",
      family: "m",
      capabilities: [],
      inputModalities: ["text"],
      outputModalities: ["text"],
      contextTokens: undefined,
      maxOutputTokens: undefined,
      knowledge: undefined,
      released: undefined,
      status: "active",
      openWeights: false,
    },
    upstreamModel: "m1",
    region: undefined,
    guarantees: (parts.guarantees ?? []).map((one) => (typeof one === "string" ? held(one) : one)),
    price: undefined,
    prices: [],
    unlisted: parts.unlisted ?? false,
  };
}
