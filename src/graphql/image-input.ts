// The input of `generateImage`. `asked.ts` turns it into the neutral request.

import { builder } from "./builder.ts";
import { rehearseMeaning } from "./completion-input.ts";
import { ImageEncoding, OnUnsupported } from "./enums.ts";

export const GenerateImageInput = builder.inputType("GenerateImageInput", {
  description: "One request for pictures. A header of the same meaning counts where a field is absent.",
  fields: (t) => ({
    model: t.string({ required: true, description: "Route, model or deployment that makes images." }),
    prompt: t.string({ required: true, description: "What to show." }),
    n: t.int({ defaultValue: 1, description: "How many pictures, at most 10." }),
    size: t.string({ description: "As 1024x1536; absent: as the model likes." }),
    quality: t.string({ description: "As the model calls it: low, medium, high." }),
    background: t.string({ description: "transparent or opaque, where the model lets one choose." }),
    outputFormat: t.string({ description: "png, jpeg or webp, where the model lets one choose." }),
    encoding: t.field({ type: ImageEncoding, description: "Absent: as the provider does by itself." }),
    idempotencyKey: t.id({ description: "Sent again within 24 h it never pays twice." }),
    sensitivity: t.field({ type: "Sensitivity", description: "How sensitive the data is, as declared." }),
    purpose: t.string({ description: "What it is for; one of the key's purposes." }),
    task: t.string({ description: "What kind of work it is: routes may go by it." }),
    sessionId: t.id({ description: "Keeps a conversation at one provider." }),
    maxCostUsd: t.field({ type: "Decimal", description: "What it may cost at most." }),
    onUnsupported: t.field({
      type: OnUnsupported,
      defaultValue: "error",
      description: "What happens to a parameter that the deployment cannot honour.",
    }),
    rehearse: t.string({ description: rehearseMeaning }),
  }),
});

export type GenerateImageInputValue = typeof GenerateImageInput.$inferInput;
