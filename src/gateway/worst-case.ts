// The most a request can cost at a deployment: input as estimated, output to its limit, tools as often as may be.
// Plan, reservation and quote use it; undefined where the price is unknown.

import { toolFeesOf } from "../catalog/tool-fees.ts";
import type { Deployment } from "../core/deployment.ts";
import type { Picodollars } from "../core/money.ts";
import type { ModelRequest } from "../core/request.ts";
import { estimateInputTokens, maxOutputTokens } from "../metering/estimate.ts";
import { picturesCost, worstCase } from "../metering/reckon.ts";
import { worstCaseOfUses } from "../metering/tool-uses.ts";

export function worstCaseOf(request: ModelRequest, deployment: Deployment): Picodollars | undefined {
  if (deployment.price === undefined) return undefined;
  const output = maxOutputTokens(request, deployment.model.maxOutputTokens);
  const tokens = worstCase(estimateInputTokens(request), output, deployment.price);
  if (request.action === "image") return tokens + picturesCost(request.n, deployment.price);
  return tokens + worstCaseOfUses(request, toolFeesOf(deployment.provider.id));
}
