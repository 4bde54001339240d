// What several requests of one document can cost together, before any of them begins: each at the dearest deployment
// that would be tried, as `reserve.ts` would hold it. `enquiries.ts` answers with it; no provider and no webhook is asked.

import { asFailure, Failure } from "../core/errors.ts";
import { formatUsd, type Picodollars } from "../core/money.ts";
import type { ModelRequest } from "../core/request.ts";
import type { Asked, Weighed } from "../core/stages.ts";
import { estimateInputTokens } from "../metering/estimate.ts";
import { worstCase } from "../metering/reckon.ts";
import { foresee } from "./foresee.ts";
import type { GatewayParts } from "./parts.ts";
import { holdFor, withinOwnLimit, worstOf } from "./reserve.ts";
import type { Snapshot } from "./snapshots.ts";

/** Nobody need wait for a webhook: it orders candidates, and the dearest stays the dearest. */
const unasked: GatewayParts["webhooks"] = { ask: () => Promise.resolve(undefined) };

/** Throws BUDGET_EXCEEDED where it is more than the limit, or than a budget of the caller has left. */
export async function priceTogether(
  parts: GatewayParts,
  requests: readonly Asked[],
  limit: Picodollars | undefined,
): Promise<Picodollars> {
  const snapshot = parts.snapshots.current();
  let total = 0;
  for (const asked of requests) total += await worstCaseOf(asked, snapshot, parts);
  const [first] = requests;
  if (first === undefined || total === 0) return total;
  try {
    if (limit !== undefined && total > limit) throw tooDear(requests.length, total, limit);
    // Held and given back: that the money is there now is all that is asked.
    await (await holdFor(first, total, parts.budgets)).settle(0);
    return total;
  } catch (error) {
    const { code, detail } = asFailure(error);
    parts.telemetry.requestRefused(first.door ?? "graphql", code);
    if (code !== "BUDGET_EXCEEDED") throw error;
    throw new Failure(code, wordsOf(requests.length, total), {
      fix: fixOf(total),
      ...detail,
      worstCase: total,
    });
  }
}

/** What the policy or the caller's own limit refuses costs nothing, and says so in its place. */
async function worstCaseOf(asked: Asked, snapshot: Snapshot, parts: GatewayParts): Promise<Picodollars> {
  try {
    const plan = await foresee(asked, snapshot, { ...parts, webhooks: unasked });
    const { request } = plan;
    const isForAll = request.action === "moderate" && request.model === "";
    return isForAll ? ofClassifiers(plan, snapshot, parts) : worstOf(withinOwnLimit(plan));
  } catch (error) {
    if (asFailure(error).code === "INTERNAL") throw error;
    return 0;
  }
}

/** Of a check, beside its text: what servers add to it, and the longest verdict of those that think first. */
const templateTokens = 800;
const verdictTokens = 1_024;

/** All that may judge are asked about each text. */
function ofClassifiers(
  weighed: Weighed,
  { catalog, policy }: Snapshot,
  { roster }: GatewayParts,
): Picodollars {
  const request: ModelRequest = weighed.request;
  const texts = request.action === "moderate" ? request.inputs.length : 0;
  const input = estimateInputTokens(request) + templateTokens * texts;
  let sum = 0;
  for (const { id } of roster.seats) {
    const deployment = catalog.deployment(id);
    if (!deployment?.price || policy.permit(weighed, [deployment]).allowed.length === 0) continue;
    sum += worstCase(input, verdictTokens * texts, deployment.price);
  }
  return sum;
}

const wordsOf = (count: number, total: Picodollars): string =>
  `The worst case of this document is ${formatUsd(total)} USD over ${count} requests, more than it may cost. None was begun.`;

const fixOf = (total: Picodollars): string =>
  `Allow ${formatUsd(total)} USD, lower the most output tokens, or send fewer requests in one document.`;

const tooDear = (count: number, total: Picodollars, limit: Picodollars): Failure =>
  new Failure("BUDGET_EXCEEDED", wordsOf(count, total), {
    budget: `request ${formatUsd(limit)} USD`,
    fix: fixOf(total),
  });
