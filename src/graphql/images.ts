// Pictures: made from words, by the same stages as any request.

import type { GeneratedImage } from "../core/events.ts";
import type { ImageResult } from "../gateway/contract.ts";
import { askedImage } from "./asked.ts";
import { builder } from "./builder.ts";
import { paid } from "./directives.ts";
import { failureAsData, resultMembers } from "./failures.ts";
import { GenerateImageInput } from "./image-input.ts";

const GeneratedImageType = builder.objectRef<GeneratedImage>("GeneratedImage").implement({
  description: "One picture: by URL at the provider, or as bytes.",
  fields: (t) => ({
    url: t.string({
      nullable: true,
      description: "Where it lies, for a while.",
      resolve: (image) => image.url,
    }),
    base64: t.string({ nullable: true, description: "Its bytes.", resolve: (image) => image.base64 }),
    mimeType: t.string({
      nullable: true,
      description: "What the bytes are, where the provider says.",
      resolve: (image) => image.mimeType,
    }),
    revisedPrompt: t.string({
      nullable: true,
      description: "What the model was really told, where another one rewrote it.",
      resolve: (image) => image.revisedPrompt,
    }),
  }),
});

const GeneratedImages = builder.objectRef<ImageResult>("GeneratedImages").implement({
  description: "The pictures, in their order.",
  fields: (t) => ({
    images: t.field({
      type: [GeneratedImageType],
      description: "All of them.",
      resolve: (result) => [...result.images],
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

const GenerateImageResult = builder.unionType("GenerateImageResult", {
  description: "Pictures, or why there are none.",
  ...resultMembers(GeneratedImages, "GeneratedImages"),
});

builder.mutationField("generateImage", (t) =>
  t.field({
    type: GenerateImageResult,
    description: "Makes pictures of what is said.",
    authScopes: ["complete"],
    extensions: paid(1000),
    args: { input: t.arg({ type: GenerateImageInput, required: true, description: "The request." }) },
    async resolve(_root, { input }, context, info) {
      const requestId = context.nextReceiptId();
      try {
        return await context.parts.gateway.image(askedImage(input, context, info, requestId), context.signal);
      } catch (error) {
        return failureAsData(error, requestId, context);
      }
    },
  }),
);
