// Deployments for tests that need one without a catalog, and the permit that lets it be called.
// The cast stands here because tests of `providers/` are strangers to `policy/`.

import type { Deployment, Provider } from "../../src/core/deployment.ts";
import type { PermittedDeployment } from "../../src/core/permit.ts";

export function deploymentAt(baseUrl: string | undefined, id = "openai/test-model"): Deployment {
  const provider: Provider = {
    id: id.split("/")[0] ?? "openai",
    name: "Test provider",
    dialect: "openai",
    baseUrl,
    atOwnOrigin: false,
    enabled: true,
    disabledReason: undefined,
  };
  return {
    id,
    provider,
    model: {
      id: "test-model",
      name: "Test model",
      vendor: "test",
      family: undefined,
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
    upstreamModel: "test-model",
    region: undefined,
    guarantees: [],
    price: undefined,
    prices: [],
    unlisted: false,
  };
}

export const permitted = (deployment: Deployment): PermittedDeployment =>
  ({ deployment, rule: "test", obligations: [] }) as unknown as PermittedDeployment;
