// Evidence: what administrators attest about deployments, the catalog's refresh, and the record chain.

import type { Attestation } from "../catalog/evidence.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { CatalogChange, CatalogDiff, ChainReport } from "../gateway/administration.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { failureTypes, resolveResult } from "./failures.ts";

builder.objectType("Attestation", {
  description: "An administrator's word that a guarantee holds, and what it rests on.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    awaitingApproval: t.boolean({
      description: "True while another person has yet to approve it.",
      resolve: () => false,
    }),
    opens: t.stringList({
      description: "The deployments for which the guarantee now counts as held.",
      resolve: async (attestation, _arguments, { parts }) => opened(attestation, parts.catalog()),
    }),
    subject: t.exposeID("subject", { description: "A deployment, or a provider with all of its own." }),
    guarantee: t.exposeString("guarantee", { description: "What is promised." }),
    origin: t.exposeString("origin", { description: "The address that it is about; no other inherits it." }),
    evidenceUrl: t.exposeString("evidenceUrl", { description: "Where the contract can be read." }),
    reason: t.exposeString("reason", { description: "Why it holds, in the attester's words." }),
    by: t.exposeID("by", { description: "Whose key attested it." }),
    at: t.field({ type: "DateTime", description: "When.", resolve: (attestation) => attestation.at }),
    until: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it ends; null means with its evidence.",
      resolve: (attestation) => attestation.until,
    }),
  }),
});

function opened({ subject, guarantee }: Attestation, catalog: Catalog): string[] {
  const exact = catalog.deployments.filter(({ id }) => id === subject);
  const covered = exact.length > 0 ? exact : catalog.deploymentsOfProvider(subject);
  return covered
    .filter(({ guarantees }) => guarantees.some(({ name, held }) => held && name === guarantee))
    .map(({ id }) => id);
}

const AttestResult = builder.unionType("AttestResult", {
  description: "An attestation, or why there is none.",
  extensions: adminOnly,
  types: ["Attestation", failureTypes.OtherFailure],
  resolveType: resolveResult("Attestation", ["OtherFailure"]),
});

const AttestInput = builder.inputType("AttestInput", {
  description: "A guarantee that a contract gives, and what shows it.",
  extensions: adminOnly,
  fields: (t) => ({
    deployment: t.id({ required: true, description: "A deployment, or a provider with all of its own." }),
    guarantee: t.string({ required: true, description: "zero-retention, baa, dpa …" }),
    evidenceUrl: t.string({ required: true, description: "Where the contract can be read." }),
    until: t.field({ type: "DateTime", required: true, description: "When it ends." }),
    reason: t.string({ required: true, description: "Why it holds." }),
  }),
});

builder.queryField("attestations", (t) =>
  t.field({
    type: ["Attestation"],
    description: "Everything that has been attested.",
    authScopes: ["evidence"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listAttestations())],
  }),
);

builder.mutationField("attest", (t) =>
  t.field({
    type: AttestResult,
    description: "Says that a contract-bound guarantee holds at the present address.",
    authScopes: ["evidence"],
    extensions: adminOnly,
    args: { input: t.arg({ type: AttestInput, required: true, description: "What holds." }) },
    resolve: (_root, { input: { deployment, until, ...rest } }, context) =>
      orFailure(context, () =>
        context.parts.administration.attest({ ...rest, subject: deployment, until }, context.caller),
      ),
  }),
);

const CatalogChangeType = builder.objectRef<CatalogChange>("CatalogChange").implement({
  description: "One difference between the catalog and its source.",
  extensions: adminOnly,
  fields: (t) => ({
    kind: t.exposeString("kind", {
      description: "model-added, model-changed, price-added, price-changed or model-gone.",
    }),
    subject: t.exposeID("subject", { description: "A model or a deployment." }),
    detail: t.exposeString("detail", { description: "In words." }),
  }),
});

const CatalogDiffType = builder.objectRef<CatalogDiff>("CatalogDiff").implement({
  description: "Every difference between the catalog and its source.",
  extensions: adminOnly,
  fields: (t) => ({
    source: t.exposeString("source", { description: "What was read." }),
    changes: t.field({
      type: [CatalogChangeType],
      description: "What differs.",
      resolve: (diff) => [...diff.changes],
    }),
    applied: t.exposeBoolean("applied", { description: "True where they were written." }),
  }),
});

const CatalogSyncResult = builder.unionType("CatalogSyncResult", {
  description: "The differences, or why they could not be found.",
  extensions: adminOnly,
  types: [CatalogDiffType, ...adminFailureTypes],
  resolveType: resolveAdminResult("CatalogDiff"),
});

builder.mutationField("syncCatalog", (t) =>
  t.field({
    type: CatalogSyncResult,
    description:
      "Compares models and prices with their source; writes only where apply is set, deletes nothing.",
    authScopes: ["evidence"],
    extensions: adminOnly,
    args: {
      url: t.arg.string({ description: "A models.dev-shaped document; absent means the usual one." }),
      apply: t.arg.boolean({ defaultValue: false, description: "Write the differences." }),
    },
    resolve: (_root, { url, apply }, context) =>
      orFailure(context, () =>
        context.parts.administration.syncCatalog(
          { url: url ?? undefined, apply: apply ?? false },
          context.caller,
        ),
      ),
  }),
);

const BrokenRecord = builder.objectRef<NonNullable<ChainReport["firstBroken"]>>("BrokenRecord").implement({
  description: "The first record that is not as it was written.",
  extensions: adminOnly,
  fields: (t) => ({
    replica: t.exposeString("replica", { description: "Whose chain." }),
    sequence: t.exposeFloat("sequence", { description: "Which record of it." }),
    why: t.exposeString("why", { description: "What is wrong with it." }),
  }),
});

const ChainReportType = builder.objectRef<ChainReport>("ChainReport").implement({
  description: "Whether every record is as it was written.",
  extensions: adminOnly,
  fields: (t) => ({
    rows: t.exposeFloat("rows", { description: "How many records were read." }),
    chains: t.exposeInt("chains", { description: "In how many chains, one for each replica." }),
    firstBroken: t.field({
      type: BrokenRecord,
      nullable: true,
      description: "Null where every record is as it was written.",
      resolve: (report) => report.firstBroken,
    }),
  }),
});

builder.queryField("verifyRecords", (t) =>
  t.field({
    type: ChainReportType,
    description: "Reads the whole record chain and finds the first altered, missing or reordered row.",
    authScopes: ["records"],
    extensions: adminOnly,
    resolve: (_root, _arguments, { parts }) => parts.administration.verifyRecords(),
  }),
);
