// Embeddings: texts as vectors, by the same stages as any request.

import { askedEmbedding } from "./asked.ts";
import type { Embedding } from "../core/events.ts";
import type { EmbeddingResult } from "../gateway/contract.ts";
import { builder } from "./builder.ts";
import { paid } from "./directives.ts";
import { EmbedInput } from "./embedding-input.ts";
import { failureAsData, resultMembers } from "./failures.ts";

const EmbeddingType = builder.objectRef<Embedding>("Embedding").implement({
  description: "One text as a vector.",
  fields: (t) => ({
    index: t.exposeInt("index", { description: "Of which text, from 0." }),
    vector: t.floatList({ description: "The vector.", resolve: (embedding) => [...embedding.vector] }),
  }),
});

const Embeddings = builder.objectRef<EmbeddingResult>("Embeddings").implement({
  description: "The texts as vectors, in their order.",
  fields: (t) => ({
    embeddings: t.field({
      type: [EmbeddingType],
      description: "One for each text.",
      resolve: (result) => [...result.embeddings],
    }),
    deployment: t.field({
      type: "Deployment",
      description: "Which one answered.",
      resolve: (result) => result.deployment,
    }),
    receipt: t.field({
      type: "Receipt",
      description: "What happened, and what it cost.",
      resolve: (result) => result.receipt,
    }),
  }),
});

const EmbedResult = builder.unionType("EmbedResult", {
  description: "Vectors, or why there are none.",
  ...resultMembers(Embeddings, "Embeddings"),
});

builder.mutationField("embed", (t) =>
  t.field({
    type: EmbedResult,
    description: "Turns texts into vectors.",
    authScopes: ["embed"],
    extensions: paid(100),
    args: { input: t.arg({ type: EmbedInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        return await context.parts.gateway.embed(
          askedEmbedding(input, context, info, requestId),
          context.signal,
        );
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);
