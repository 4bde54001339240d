// Checks an administrator's attestation: it names something that exists, evidence that can be looked
// up, and a moment in the future. It counts for the origin that is configured now, and no other.

import { randomUUID } from "node:crypto";
import type { Catalog } from "../catalog/catalog.ts";
import type { Attestation } from "../catalog/evidence.ts";
import { personOf, type Caller } from "../core/caller.ts";
import { Failure } from "../core/errors.ts";
import type { NewAttestation } from "../gateway/administration.ts";

const guaranteeForm = /^[a-z0-9]+(-[a-z0-9]+)*(:[a-z0-9-]+)?$/;
const shortestReason = 3;

export function newAttestation(input: NewAttestation, by: Caller, catalog: Catalog, now: Date): Attestation {
  const provider = catalog.provider(input.subject) ?? catalog.deployment(input.subject)?.provider;
  if (!provider) throw invalid("deployment", "names no provider and no deployment");
  if (provider.baseUrl === undefined)
    throw invalid("deployment", `${provider.name} has no base URL configured to attest for`);
  if (!guaranteeForm.test(input.guarantee))
    throw invalid("guarantee", "must be a word such as zero-retention or region:eu");
  if (!/^https?:$/.test(URL.parse(input.evidenceUrl)?.protocol ?? ""))
    throw invalid("evidenceUrl", "must be a link to the evidence");
  if (input.until && input.until <= now) throw invalid("until", "lies in the past");
  if (input.reason.trim().length < shortestReason)
    throw invalid("reason", "must say why, for whoever audits this");
  return {
    id: randomUUID(),
    subject: input.subject,
    guarantee: input.guarantee,
    origin: provider.baseUrl,
    evidenceUrl: input.evidenceUrl,
    reason: input.reason.trim(),
    by: personOf(by),
    at: now,
    until: input.until,
  };
}

const invalid = (path: string, what: string): Failure =>
  new Failure("INVALID_REQUEST", `${path} ${what}.`, { path });
