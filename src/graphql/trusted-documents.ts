// Trusted documents: what administrators import for clients to name by id, and whether each still fits the schema.
// `named-documents.ts` finds them for requests.

import type { TrustedDocument } from "../core/trusted-document.ts";
import { adminFailureTypes, orFailure, resolveAdminResult } from "./admin-results.ts";
import { builder } from "./builder.ts";
import { adminOnly } from "./directives.ts";
import { checkImport, problemsInTurn, type DocumentProblem } from "./document-import.ts";
import { bareId } from "./operation.ts";
import { FailureView } from "./failures.ts";

const DocumentType = builder.objectRef<TrustedDocument>("TrustedDocument").implement({
  description: "A document that clients may name by its id; where only trusted documents run, one of those.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.exposeID("id", { description: "What clients send; its sha256 does as well." }),
    sha256: t.exposeString("sha256", { description: "Of its text, in hexadecimal." }),
    name: t.string({
      nullable: true,
      description: "The names of its operations.",
      resolve: (document) => document.name,
    }),
    body: t.exposeString("text", { description: "Its text." }),
    importedAt: t.field({ type: "DateTime", description: "When.", resolve: ({ at }) => at }),
    importedBy: t.exposeString("by", { description: "Who imported it." }),
    problems: t.stringList({
      description: "Why it would not run under the schema as it is now; empty where it would.",
      resolve: async ({ text }, _arguments, { servedSchema }) => [
        ...(await problemsInTurn(text, servedSchema())),
      ],
    }),
  }),
});

const ProblemType = builder.objectRef<DocumentProblem>("DocumentProblem").implement({
  description: "Why one document cannot be trusted.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.exposeID("id", { description: "Its id." }),
    name: t.string({
      nullable: true,
      description: "The names of its operations.",
      resolve: (one) => one.name,
    }),
    message: t.exposeString("message", { description: "What is wrong with it." }),
  }),
});

interface Imported {
  readonly added: readonly TrustedDocument[];
  readonly known: number;
}

const ImportedType = builder.objectRef<Imported>("DocumentsImported").implement({
  description: "What became of an import.",
  extensions: adminOnly,
  fields: (t) => ({
    added: t.field({
      type: [DocumentType],
      description: "Those that are new.",
      resolve: ({ added }) => [...added],
    }),
    known: t.exposeInt("known", { description: "How many were there before, with the same text." }),
  }),
});

class Refused {
  readonly problems: readonly DocumentProblem[];
  constructor(problems: readonly DocumentProblem[]) {
    this.problems = problems;
  }
}

const RefusedType = builder.objectRef<Refused>("DocumentsRefused").implement({
  description: "Nothing was imported.",
  extensions: adminOnly,
  fields: (t) => ({
    problems: t.field({
      type: [ProblemType],
      description: "Document by document.",
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

const ImportResult = builder.unionType("ImportDocumentsResult", {
  description: "What was imported, or why nothing was.",
  extensions: adminOnly,
  types: [ImportedType, RefusedType, ...adminFailureTypes],
  resolveType: (value) =>
    value instanceof Refused ? "DocumentsRefused" : resolveAdminResult("DocumentsImported")(value),
});

const DocumentInput = builder.inputType("DocumentInput", {
  description: "A document to be trusted.",
  extensions: adminOnly,
  fields: (t) => ({
    id: t.id({ description: "What clients call it; absent: its sha256. A sha256 must be that of the body." }),
    body: t.string({ required: true, description: "Its text, byte for byte as clients hash it." }),
  }),
});

interface Removed {
  readonly ids: readonly string[];
}

const RemovedType = builder.objectRef<Removed>("DocumentsRemoved").implement({
  description: "What was removed.",
  extensions: adminOnly,
  fields: (t) => ({
    ids: t.idList({ description: "Those that were there.", resolve: ({ ids }) => [...ids] }),
  }),
});

const RemoveResult = builder.unionType("RemoveDocumentsResult", {
  description: "What was removed, or why nothing was.",
  extensions: adminOnly,
  types: [RemovedType, ...adminFailureTypes],
  resolveType: resolveAdminResult("DocumentsRemoved"),
});

builder.queryField("trustedDocuments", (t) =>
  t.field({
    type: [DocumentType],
    description: "Every trusted document, by name.",
    authScopes: ["documents"],
    extensions: adminOnly,
    resolve: async (_root, _arguments, { parts }) => [...(await parts.administration.listDocuments())],
  }),
);

builder.mutationFields((t) => ({
  importDocuments: t.field({
    type: ImportResult,
    description: "Makes documents trusted: all of them, or none where one does not fit schema and limits.",
    authScopes: ["documents"],
    extensions: adminOnly,
    args: {
      documents: t.arg({ type: [DocumentInput], required: true, description: "At most 5,000." }),
    },
    resolve: (_root, { documents: offered }, context): Promise<Imported | Refused | FailureView> =>
      orFailure(context, async () => {
        const { documents, problems } = await checkImport(offered, context.servedSchema());
        if (problems.length > 0) return new Refused(problems);
        const added = await context.parts.administration.addDocuments(documents, context.caller);
        return { added, known: documents.length - added.length };
      }),
  }),
  removeDocuments: t.field({
    type: RemoveResult,
    description: "Takes trust away, on every replica within a second.",
    authScopes: ["documents"],
    extensions: adminOnly,
    args: { ids: t.arg.idList({ required: true, description: "Their ids." }) },
    resolve: (_root, { ids }, context) =>
      orFailure(context, async () => ({
        ids: await context.parts.administration.removeDocuments(ids.map((id) => bareId(id))),
      })),
  }),
}));
