// The input of `embed`. `asked.ts` turns it into the neutral request.

import { builder } from "./builder.ts";
import { rehearseMeaning } from "./completion-input.ts";
import { OnUnsupported } from "./enums.ts";

export const EmbedInput = builder.inputType("EmbedInput", {
  description: "One request for vectors. A header of the same meaning counts where a field is absent.",
  fields: (t) => ({
    model: t.string({ required: true, description: "Route, model or deployment that makes embeddings." }),
    texts: t.stringList({ description: "The texts, at least one; or `tokens`." }),
    tokens: t.field({
      type: t.listRef(t.listRef("Int")),
      description: "Texts as token ids, for models that take them, instead of `texts`.",
    }),
    dimensions: t.int({ description: "How long the vectors are, where the model lets one choose." }),
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

export type EmbedInputValue = typeof EmbedInput.$inferInput;
