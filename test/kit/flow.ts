// The flow alone, in this process: real stages over a policy, a catalog and providers that a test gives.
// Money and records are taken and forgotten; for those, start a whole gateway (gateway.ts).

import type { Catalog } from "../../src/catalog/catalog.ts";
import type { Deployment } from "../../src/core/deployment.ts";
import type { CompletionRequest, EmbeddingRequest } from "../../src/core/request.ts";
import type { Asked } from "../../src/core/stages.ts";
import type { Gateway } from "../../src/gateway/contract.ts";
import { createGateway } from "../../src/gateway/gateway.ts";
import type { GatewayParts } from "../../src/gateway/parts.ts";
import { createRevocations } from "../../src/gateway/revocation.ts";
import { createRuns } from "../../src/gateway/runs.ts";
import type { Snapshots } from "../../src/gateway/snapshots.ts";
import type { Providers } from "../../src/providers/providers.ts";
import type { RouteWebhooks } from "../../src/providers/route-webhook.ts";
import { createHealth, type Health } from "../../src/routing/health.ts";
import { createRetryBudget } from "../../src/routing/retry-budget.ts";
import { silentTelemetry } from "./silent-telemetry.ts";

export interface FlowParts {
  readonly snapshots: Snapshots;
  readonly providers: Providers;
  now(): number;
  readonly health?: Health;
  readonly webhooks?: RouteWebhooks;
}

export const flowOver = (parts: FlowParts): Gateway => createGateway(gatewayPartsOf(parts));

export function gatewayPartsOf(parts: FlowParts): GatewayParts {
  const nothing = (): Promise<void> => Promise.resolve();
  return {
    ...parts,
    budgets: { hold: async () => ({ ok: true, settle: nothing }) },
    records: {
      requireRoom: () => undefined,
      decide: nothing,
      settle: nothing,
      receipt: async () => undefined,
    },
    revocations: createRevocations({ activeFor: () => undefined }),
    runs: createRuns({
      claims: { claim: async () => ({ kind: "ours" }), release: nothing },
      secret: "s",
      lingerMilliseconds: 10,
    }),
    grants: { activeFor: () => undefined },
    callerMedia: { of: () => undefined },
    sessions: { recall: async () => ({ point: undefined, join: nothing, keep: nothing }) },
    places: {
      enter: () => undefined,
      enterAtOnce: () => undefined,
      limit: () => undefined,
      keys: () => [],
      slots: () => [],
    },
    health: parts.health ?? createHealth(parts.now),
    roster: { seats: [], start: nothing, close: () => undefined },
    retryBudget: createRetryBudget(parts.now),
    escalations: { recall: () => ({ enough: 0, escalated: 0 }), note: () => undefined },
    webhooks: parts.webhooks ?? { ask: async () => undefined },
    telemetry: silentTelemetry,
    secret: "s",
    reportFault: () => undefined,
  };
}

/** Only what the flow asks of a catalog. A name that no deployment has means nothing. */
export function catalogOf(deployments: readonly Deployment[]): Catalog {
  const byId = new Map(deployments.map((deployment) => [deployment.id, deployment]));
  const providers = [...new Map(deployments.map(({ provider }) => [provider.id, provider])).values()];
  return {
    providers,
    models: deployments.map(({ model }) => model),
    deployments,
    validUntil: Infinity,
    provider: (id) => providers.find((provider) => provider.id === id),
    model: (id) => deployments.find(({ model }) => model.id === id)?.model,
    deployment: (id) => byId.get(id),
    deploymentsOfModel: (id) => deployments.filter(({ model }) => model.id === id),
    deploymentsOfProvider: (id) => deployments.filter(({ provider }) => provider.id === id),
    resolve(name) {
      const exact = byId.get(name);
      return exact ? [exact] : deployments.filter(({ model }) => model.id === name);
    },
    search: () => [],
  };
}

/** Reads an answer to its end; undefined where it failed, which is what most of these are about. */
export async function outcomeOf(
  gateway: Gateway,
  asked: Asked<CompletionRequest> | Asked<EmbeddingRequest>,
): Promise<unknown> {
  const { signal } = new AbortController();
  try {
    if (isEmbedding(asked)) await gateway.embed(asked, signal);
    else await readToTheEnd(gateway.complete(asked, signal));
    return undefined;
  } catch (error) {
    return error;
  }
}

const isEmbedding = (
  asked: Asked<CompletionRequest> | Asked<EmbeddingRequest>,
): asked is Asked<EmbeddingRequest> => asked.request.action === "embed";

async function readToTheEnd(events: AsyncIterable<unknown>): Promise<void> {
  const iterator = events[Symbol.asyncIterator]();
  while (!(await iterator.next()).done) continue;
}
