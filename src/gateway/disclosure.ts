// The one place that says how much of the policy a caller is told. With the scope `policy`: rules and
// their sentences. Without it: what would have been needed, in words that quote no rule.
// Plans, denials and receipts pass through here; nothing else may show a rule.

import type { Receipt } from "../core/answer.ts";
import { mayUse, type Caller } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import type { Consideration } from "../core/errors.ts";
import type { Weighed } from "../core/stages.ts";
import type { Explanation } from "../policy/explanation.ts";
import type { BreakGlass } from "../policy/policy.ts";
import { ableTo } from "../routing/resolve.ts";
import type { CandidateReport } from "./contract.ts";
import type { Snapshot } from "./snapshots.ts";

type Told = Pick<CandidateReport, "because" | "rule" | "sentence" | "nearest" | "failed" | "missing">;

const mayReadRules = (caller: Caller): boolean => mayUse(caller, "policy");

/** What one candidate of a plan says for itself. */
export function toldOf(
  weighed: Weighed,
  deployment: Deployment,
  { policy }: Snapshot,
  grant?: BreakGlass,
): Told {
  const explanation = policy.explain(weighed, deployment, grant);
  const { because, needs, missing, decidedBy, nearest, failed } = explanation;
  return mayReadRules(weighed.caller)
    ? { because, missing, failed, rule: decidedBy?.id, sentence: decidedBy?.sentence, nearest }
    : { because: needs, missing, failed, rule: undefined, sentence: undefined, nearest: undefined };
}

/** What a denial says about each deployment that was looked at. */
export function toldConsiderations(
  weighed: Weighed,
  considered: readonly Consideration[],
  snapshot: Snapshot,
): readonly Consideration[] {
  const readsRules = mayReadRules(weighed.caller);
  return considered.map((one) => {
    const deployment = snapshot.catalog.deployment(one.deploymentId);
    const explanation = deployment && snapshot.policy.explain(weighed, deployment);
    if (readsRules) return { ...one, sentence: explanation?.decidedBy?.sentence };
    return { ...one, because: neutral(explanation), rule: undefined };
  });
}

const neutral = (explanation: Explanation | undefined): string =>
  explanation?.needs ?? "It is no longer in the catalog.";

export function toldReceipt(receipt: Receipt, caller: Caller): Receipt {
  const readsRules = mayReadRules(caller) || mayUse(caller, "records");
  return readsRules || receipt.rule === undefined ? receipt : { ...receipt, rule: undefined };
}

/** A deployment that may see this very request, whatever was asked for; real ones before demos. */
export function wouldDo(weighed: Weighed, { policy, catalog }: Snapshot): Deployment | undefined {
  const inUse = catalog.deployments.filter(({ provider }) => provider.enabled);
  const permitted = policy
    .permit(weighed, ableTo(weighed.request, inUse))
    .allowed.map(({ deployment }) => deployment);
  return permitted.find(({ provider }) => provider.dialect !== "demo") ?? permitted[0];
}
