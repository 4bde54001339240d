// The input of `moderate`. `asked.ts` turns it into the neutral request.

import { builder } from "./builder.ts";

export const ModerateInput = builder.inputType("ModerateInput", {
  description: "Texts to judge. A header of the same meaning counts where a field is absent.",
  fields: (t) => ({
    texts: t.stringList({ required: true, description: "The texts, at least one." }),
    model: t.string({
      description:
        "The one classifier that judges beside the built-in one; absent means all that are permitted.",
    }),
    sensitivity: t.field({ type: "Sensitivity", description: "How sensitive the data is, as declared." }),
    purpose: t.string({ description: "What it is for; one of the key's purposes." }),
    task: t.string({ description: "What kind of work it is." }),
    sessionId: t.id({ description: "The conversation that the texts belong to." }),
    maxCostUsd: t.field({ type: "Decimal", description: "What it may cost at most." }),
  }),
});

export type ModerateInputValue = typeof ModerateInput.$inferInput;
