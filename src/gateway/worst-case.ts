// The most a request can cost at a deployment: input as estimated, output to its limit.
// Plan, reservation and quote use it; undefined where the price is unknown.

import type { Deployment } from "../core/deployment.ts";
import type { Picodollars } from "../core/money.ts";
import type { ModelRequest } from "../core/request.ts";
import { estimateInputTokens, maxOutputTokens } from "../metering/estimate.ts";
import { worstCase } from "../metering/reckon.ts";

export function worstCaseOf(request: ModelRequest, deployment: Deployment): Picodollars | undefined {
  if (deployment.price === undefined) return undefined;
  const output = maxOutputTokens(request, deployment.model.maxOutputTokens);
  return worstCase(estimateInputTokens(request), output, deployment.price);
}
