// Judges which guarantees a deployment holds now, from published rows, attestations and the address it is called at.
// `build.ts` asks for every deployment; every way to hold one is in `judge` below, and all else is not held.

import type { Guarantee, Provider } from "../core/deployment.ts";
import { isPrivateAddress, sameBaseUrl } from "./address.ts";
import type { Attestation } from "./evidence.ts";
import type { GuaranteeRow } from "./guarantees.ts";
import type { ProviderRow } from "./providers.ts";

export interface PromiseTables {
  readonly guarantees: readonly GuaranteeRow[];
  readonly attestations: readonly Attestation[];
  readonly now: Date;
}

export type PromiseBook = (
  provider: Provider,
  row: ProviderRow,
  deploymentId: string,
) => readonly Guarantee[];

export function createPromiseBook(tables: PromiseTables): PromiseBook {
  /** Deployments with a word of their own; all others share their provider's list. */
  const special = new Set([
    ...tables.guarantees.flatMap((row) => [row.subject, ...(row.except ?? [])]),
    ...tables.attestations.map((attestation) => attestation.subject),
  ]);
  const shared = new Map<string, readonly Guarantee[]>();
  return (provider, row, deploymentId) => {
    if (special.has(deploymentId)) return judgeAll(tables, provider, row, deploymentId);
    const known = shared.get(provider.id) ?? judgeAll(tables, provider, row, deploymentId);
    shared.set(provider.id, known);
    return known;
  };
}

function judgeAll(
  tables: PromiseTables,
  provider: Provider,
  providerRow: ProviderRow,
  deploymentId: string,
): readonly Guarantee[] {
  const rows = tables.guarantees.filter(
    (row) =>
      row.subject === deploymentId || (row.subject === provider.id && !row.except?.includes(deploymentId)),
  );
  /** Where the provider's row leaves the deployment out, its attestation does too. */
  const left = new Set(
    tables.guarantees
      .filter((row) => row.subject === provider.id && row.except?.includes(deploymentId))
      .map((row) => row.name),
  );
  const attestations = tables.attestations.filter(
    (attestation) =>
      (attestation.subject === deploymentId ||
        (attestation.subject === provider.id && !left.has(attestation.guarantee))) &&
      sameBaseUrl(attestation.origin, provider.baseUrl) &&
      (attestation.until === undefined || tables.now < attestation.until),
  );
  const names = new Set([...rows.map((row) => row.name), ...attestations.map(({ guarantee }) => guarantee)]);
  if (!provider.atOwnOrigin) names.add("self-hosted");
  return [...names].sort().map((name) =>
    judge(
      name,
      rows.filter((row) => row.name === name),
      attestations.filter((attestation) => attestation.guarantee === name),
      { provider, providerRow, now: tables.now },
    ),
  );
}

interface Circumstances {
  readonly provider: Provider;
  readonly providerRow: ProviderRow;
  readonly now: Date;
}

/** The one place where a guarantee becomes held: by attestation, by address, or by what is published. */
function judge(
  name: string,
  rows: readonly GuaranteeRow[],
  attestations: readonly Attestation[],
  { provider, providerRow, now }: Circumstances,
): Guarantee {
  const attested = longest(attestations);
  if (attested) {
    return {
      name,
      held: true,
      source: attested.evidenceUrl,
      read: attested.at.toISOString().slice(0, 10),
      until: attested.until,
      attestedBy: "administrator",
      because: undefined,
    };
  }
  if (!provider.atOwnOrigin)
    return name === "self-hosted" ? byAddress(provider, providerRow) : dropped(name, rows);

  const worst =
    rows.find((row) => row.basis === "agreement") ?? rows.find((row) => hasExpired(row, now)) ?? rows[0];
  const because = whyNot(worst, now);
  return {
    name,
    held: because === undefined,
    source: worst?.source,
    read: worst?.read,
    until: soonest(rows.flatMap((row) => (row.until === undefined ? [] : [new Date(row.until)]))),
    attestedBy: worst?.attestedBy ?? "vendor",
    because,
  };
}

/** POLICY: a server at a loopback or private address is the operator's own; a relay only passes on. */
function byAddress(provider: Provider, row: ProviderRow): Guarantee {
  const near = provider.baseUrl !== undefined && isPrivateAddress(provider.baseUrl);
  const held = near && row.relay !== true;
  return {
    ...bare("self-hosted"),
    held,
    attestedBy: "administrator",
    because: held
      ? undefined
      : near
        ? `Needs an attestation: ${row.name} passes requests on, wherever it runs itself.`
        : "Needs an attestation: the base URL is neither a loopback nor a private address.",
  };
}

const dropped = (name: string, rows: readonly GuaranteeRow[]): Guarantee => ({
  ...bare(name),
  source: rows[0]?.source,
  read: rows[0]?.read,
  because: "The base URL was overridden, and what the provider publishes holds at its own origin only.",
});

const bare = (name: string): Guarantee => ({
  name,
  held: false,
  source: undefined,
  read: undefined,
  until: undefined,
  attestedBy: "vendor",
  because: undefined,
});

function whyNot(row: GuaranteeRow | undefined, now: Date): string | undefined {
  if (!row) return "Nothing is known that it would rest on.";
  if (row.basis === "agreement") return `Needs an attestation: ${row.because ?? "it is by agreement."}`;
  return hasExpired(row, now)
    ? `The evidence counted until ${row.until ?? ""} and must be read anew.`
    : undefined;
}

const hasExpired = (row: GuaranteeRow, now: Date): boolean =>
  row.until !== undefined && now >= new Date(row.until);

/** Of several words on the same thing, the one that lasts longest. */
const longest = (attestations: readonly Attestation[]): Attestation | undefined =>
  attestations.toSorted((a, b) => timeOf(b.until) - timeOf(a.until) || (a.id < b.id ? -1 : 1))[0];

const timeOf = (until: Date | undefined): number => until?.getTime() ?? Number.MAX_SAFE_INTEGER;

const soonest = (dates: readonly Date[]): Date | undefined =>
  dates.toSorted((a, b) => a.getTime() - b.getTime())[0];
