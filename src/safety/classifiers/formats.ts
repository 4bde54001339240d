// The table of classifier formats. Adding one is a row here, a file beside it and a row in `catalog/classifiers.ts`.
// `roster.ts` looks up the format of each classifier that is configured.

import type { ClassifierFormat } from "../../catalog/classifiers.ts";
import type { Classifier } from "../classifier.ts";
import type { Format } from "./format.ts";
import { gptOssSafeguard } from "./gpt-oss-safeguard.ts";
import { graniteGuardian } from "./granite-guardian.ts";
import { llamaGuard, llamaGuardCompletions } from "./llama-guard.ts";
import { openaiModeration } from "./openai-moderation.ts";
import { qwen3guard } from "./qwen3guard.ts";
import { chosenCategories, hazardCodes, type CategoryChoice } from "./taxonomy.ts";

interface FormatRow {
  readonly kind: Exclude<Classifier["kind"], "deterministic">;
  /** `model` as the provider knows it: variants of one format differ in what they were taught. */
  make(model: string, choice: CategoryChoice): Format;
}

const isSmallLlamaGuard = (model: string): boolean => /\b1b\b/i.test(model);

export const formats: Readonly<Record<ClassifierFormat, FormatRow>> = {
  "llama-guard": {
    kind: "model",
    make: (model) => llamaGuard(isSmallLlamaGuard(model) ? hazardCodes.slice(0, 13) : hazardCodes),
  },
  "llama-guard-completions": {
    kind: "model",
    make: (model, choice) => {
      const without = isSmallLlamaGuard(model) ? [...choice.without, "S14"] : choice.without;
      return llamaGuardCompletions(chosenCategories({ ...choice, without }));
    },
  },
  "openai-moderation": { kind: "remote-api", make: () => openaiModeration },
  qwen3guard: { kind: "model", make: () => qwen3guard },
  "granite-guardian": { kind: "model", make: () => graniteGuardian },
  "gpt-oss-safeguard": { kind: "model", make: (_model, choice) => gptOssSafeguard(chosenCategories(choice)) },
};
