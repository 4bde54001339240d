// `portcullis policy explain --request ID`: who asked, why the data was read so, what decided then,
// what would be decided now, and what could change it. From records, in which there is no prompt.

import { identityOf, mayUse, type Caller } from "../core/caller.ts";
import type { Deployment } from "../core/deployment.ts";
import { placeOf, type SensitivityReport } from "../core/errors.ts";
import { formatSensitivity } from "../core/sensitivity.ts";
import type { Weighed } from "../core/stages.ts";
import type { DecisionRow } from "../audit/record-book.ts";
import type { RequestExplanation } from "../gateway/policy-administration.ts";
import type { Snapshot } from "../gateway/snapshots.ts";
import { operator } from "../intake/authenticate.ts";
import type { KeyRecord } from "../intake/key-directory.ts";
import { safetyTerms } from "../policy/safety-terms.ts";
import { idsOf } from "../policy/subjects.ts";
import { resolve } from "../routing/resolve.ts";
import type { Store } from "../store/store.ts";
import { whatCouldChange } from "./could-change.ts";
import { hypotheticalCaller, hypotheticalRequest } from "./hypothetical.ts";

export async function explainRequest(
  id: string,
  by: Caller,
  store: Store,
  snapshot: Snapshot,
): Promise<RequestExplanation | undefined> {
  const [decision, receipt] = await Promise.all([store.records.decision(id), store.records.receipt(id)]);
  if (!decision || !receipt) return undefined;
  if (identityOf(decision) !== identityOf(by) && !mayUse(by, "records")) return undefined;
  const { policy } = snapshot;
  const record = (await store.keys.list()).find((one) => one.id === decision.key);
  const caller = callerNow(decision, record, snapshot);
  const weighed = requestNow(decision, caller);
  const subjects = idsOf(caller).join(" ");
  const safety = safetyTerms(policy.rows, subjects)(decision.sensitivity.effective);
  const now = candidatesNow(weighed, decision, snapshot).map((deployment) => ({
    ...policy.explain(weighed, deployment),
    deployment,
    safety,
  }));
  return {
    id,
    at: decision.at,
    outcome: receipt.outcome,
    who: {
      key: decision.key,
      user: decision.user,
      team: decision.team,
      roles: [...new Set([...caller.roles, ...policy.rolesOf(decision.team)])],
    },
    action: decision.action,
    model: decision.model,
    purpose: decision.purpose,
    sensitivity: decision.sensitivity,
    reasons: reasonsOf(decision.sensitivity, record),
    policyVersion: decision.policyVersion,
    decided: decision.considered.map(({ deploymentId, allowed, because, rule }) => ({
      deploymentId,
      allowed,
      because,
      rule,
    })),
    policyVersionNow: policy.version,
    answersNow: now,
    couldChange: whatCouldChange(weighed, decision.sensitivity, record?.defaultSensitivity, now, snapshot),
  };
}

/** The key as it is now: its roles are not in the record; of a user they are, for no table has them. */
function callerNow(decision: DecisionRow, record: KeyRecord | undefined, { policy }: Snapshot): Caller {
  if (record === undefined && ["key:admin", "key:operator"].includes(decision.key))
    return operator(decision.key, policy.rolesOf);
  const { key, user, team, roles = record?.roles ?? [] } = decision;
  return hypotheticalCaller([key, ...(user === undefined ? [] : [user]), team, ...roles]);
}

function requestNow(decision: DecisionRow, caller: Caller): Weighed {
  const action =
    (["embed", "image", "moderate"] as const).find((one) => one === decision.action) ?? "complete";
  return hypotheticalRequest({
    caller,
    action,
    model: decision.model,
    data: decision.sensitivity.effective,
    purpose: decision.purpose,
  });
}

/** What the model means now, and what was looked at then, as far as it still exists. */
function candidatesNow(
  { request }: Weighed,
  { considered }: DecisionRow,
  { catalog, routes }: Snapshot,
): readonly Deployment[] {
  const then = considered.flatMap(({ deploymentId }) => catalog.deployment(deploymentId) ?? []);
  return [...new Set([...then, ...resolve(request, catalog, routes)])];
}

function reasonsOf(report: SensitivityReport, record: KeyRecord | undefined): readonly string[] {
  const { declared, detected, session, effective, underDeclared } = report;
  const otherwise = record === undefined ? "" : `, which is ${formatSensitivity(record.defaultSensitivity)}`;
  const floor = record?.floor;
  return [
    declared === undefined
      ? `No tag was sent, so it counts as the key's default${otherwise}.`
      : `It was declared as ${formatSensitivity(declared)}.`,
    ...(floor === undefined || formatSensitivity(floor) === "public"
      ? []
      : [`Whatever this key sends counts as at least ${formatSensitivity(floor)}.`]),
    ...detected.map(
      ({ label, kind, messageIndex, count }) =>
        `Found ${placeOf(messageIndex)}: ${count} × ${kind}, which makes it ${label}.`,
    ),
    ...(session === undefined ? [] : [`Its session had been told ${formatSensitivity(session)} before.`]),
    ...(underDeclared ? ["Less was declared than was found."] : []),
    `Together it counts as ${formatSensitivity(effective)}.`,
  ];
}
