// Questions that call no provider: which deployments could serve, at what price, and what happened.
// They use the very stages of the flow, so that an answer here and a request later agree.

import { identityOf, mayUse, type Caller } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import { isMadeFor } from "../core/made-for.ts";
import { emptyRequest, type ModelRequest } from "../core/request.ts";
import type { Plan, Weighed } from "../core/stages.ts";
import { costOf } from "../core/money.ts";
import { estimateInputTokens, maxOutputTokens } from "../metering/estimate.ts";
import { resolve } from "../routing/resolve.ts";
import type { CandidateReport, Enquiries, QuoteLine, UsableName } from "./contract.ts";
import { toldOf, toldReceipt } from "./disclosure.ts";
import { foresee } from "./foresee.ts";
import type { GatewayParts } from "./parts.ts";
import { priceTogether } from "./price-together.ts";
import type { Snapshot } from "./snapshots.ts";
import { worstCaseOf } from "./worst-case.ts";

export function createEnquiries(parts: GatewayParts): Enquiries {
  return {
    async plan(asked) {
      const snapshot = parts.snapshots.current();
      const plan = await foresee(asked, snapshot, parts);
      return {
        hash: plan.hash(),
        sensitivity: plan.sensitivity,
        candidates: candidateReports(plan, snapshot, parts),
        policyVersion: plan.permit.policyVersion,
      };
    },

    async quote(asked) {
      const snapshot = parts.snapshots.current();
      const plan = await foresee<ModelRequest>(asked, snapshot, parts);
      const estimatedInputTokens = estimateInputTokens(asked.request);
      return candidateReports(plan, snapshot, parts).map((report): QuoteLine => ({
        deployment: report.deployment,
        allowed: report.allowed,
        because: report.because,
        worstCase: report.worstCase,
        inputCost: inputCost(estimatedInputTokens, report.deployment),
        estimatedInputTokens,
        maxOutputTokens: maxOutputTokens(asked.request, report.deployment.model.maxOutputTokens),
      }));
    },

    priceTogether: (requests, limit) => priceTogether(parts, requests, limit),

    async receipt(id, caller) {
      const receipt = await parts.records.receipt(id);
      if (!receipt) return undefined;
      const isOwn = identityOf(receipt) === identityOf(caller) && mayUse(caller, "receipts");
      return isOwn || mayUse(caller, "records") ? toldReceipt(receipt, caller) : undefined;
    },

    health(deploymentId) {
      const change = parts.health.troubled().find((one) => one.deploymentId === deploymentId);
      return {
        state: parts.health.state(deploymentId),
        cause: change?.cause,
        until: change?.until,
        vitals: parts.health.vitals(deploymentId),
      };
    },
    providerKeys: () => parts.places.keys(),
    providerSlots: () => parts.places.slots(),
    troubled: () => parts.health.troubled().map(({ deploymentId }) => deploymentId),

    usableNames: async (caller) => usableNames(caller, parts.snapshots.current(), parts.now()),

    usableModel(modelId, caller) {
      const snapshot = parts.snapshots.current();
      const deployments = snapshot.catalog.deploymentsOfModel(modelId);
      return usableDeployments(deployments, caller, snapshot, parts.now()).length > 0;
    },
  };
}

function candidateReports(
  planned: Plan,
  snapshot: Snapshot,
  parts: GatewayParts,
): readonly CandidateReport[] {
  const ranks = new Map(planned.candidates.map(({ target }, index) => [target.deployment.id, index + 1]));
  const targets = new Map(planned.permit.allowed.map((target) => [target.deployment.id, target]));
  const grant = planned.breakGlass === undefined ? undefined : parts.grants.activeFor(planned.caller);
  const reports = planned.considered.flatMap((considered): readonly CandidateReport[] => {
    const deployment = snapshot.catalog.deployment(considered.deploymentId);
    if (!deployment) return [];
    return [
      {
        ...toldOf(planned, deployment, snapshot, grant),
        ...passedOver(planned, deployment),
        deployment,
        allowed: considered.allowed,
        obligations: targets.get(deployment.id)?.obligations ?? [],
        rank: ranks.get(deployment.id),
        worstCase: worstCaseOf(planned.request, deployment),
        healthy: parts.health.isHealthy(deployment.id),
      },
    ];
  });
  return reports.sort(
    (a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || (a.deployment.id < b.deployment.id ? -1 : 1),
  );
}

/** Permitted, and yet not tried: that is what its caller wants to know. */
function passedOver({ passedOver: reasons }: Plan, { id }: Deployment): Partial<CandidateReport> {
  const because = reasons.get(id);
  return because === undefined ? {} : { because };
}

const inputCost = (tokens: number, { price }: Deployment): number | undefined =>
  price === undefined ? undefined : costOf(tokens, price.inputUsdPerMillion);

/** With data of the key's default sensitivity: what a plain first request would be. */
function usableDeployments(
  deployments: readonly Deployment[],
  caller: Caller,
  snapshot: Snapshot,
  now: number,
): readonly Deployment[] {
  const enabled = deployments.filter((deployment) => deployment.provider.enabled);
  return (["complete", "embed", "image"] as const).flatMap((action) => {
    // Of models that the catalog does not list nothing is known; people name them to complete.
    const fitting = enabled.filter(({ model, unlisted }) =>
      unlisted ? action === "complete" : isMadeFor(model, action),
    );
    if (fitting.length === 0) return [];
    const asking = plainRequest(action, caller, now);
    return snapshot.policy.permit(asking, fitting).allowed.map(({ deployment }) => deployment);
  });
}

function plainRequest(action: ModelRequest["action"], caller: Caller, at: number): Weighed {
  const effective = caller.defaultSensitivity;
  return {
    request: emptyRequest(action),
    caller,
    requestId: "",
    declared: undefined,
    at,
    sensitivity: { effective, detected: [], underDeclared: false },
  };
}

function usableNames(caller: Caller, snapshot: Snapshot, now: number): readonly UsableName[] {
  const usable = usableDeployments(snapshot.catalog.deployments, caller, snapshot, now);
  const names = new Map<string, UsableName>();
  for (const route of snapshot.routes) {
    const request = { ...plainRequest("complete", caller, now).request, model: route.name };
    const serves = resolve(request, snapshot.catalog, snapshot.routes);
    if (usableDeployments(serves, caller, snapshot, now).length > 0)
      names.set(route.name, { id: route.name, kind: "route", ownedBy: "portcullis", created: 0 });
  }
  for (const { model } of usable) {
    if (!names.has(model.id))
      names.set(model.id, {
        id: model.id,
        kind: "model",
        ownedBy: model.vendor,
        created: createdAt(model.released),
      });
  }
  for (const { id, provider, model } of usable) {
    if (!names.has(id))
      names.set(id, { id, kind: "deployment", ownedBy: provider.id, created: createdAt(model.released) });
  }
  return [...names.values()];
}

const createdAt = (released: string | undefined): number => {
  const at = Date.parse(released ?? "");
  return Number.isNaN(at) ? 0 : Math.floor(at / 1000);
};
