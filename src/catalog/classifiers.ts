// Which models are made to judge texts, and in which format they answer: a row for each kind of model.
// `config.ts` derives formats from it; `safety/` has a reader for each format.

export const classifierFormats = [
  "llama-guard",
  "llama-guard-completions",
  "openai-moderation",
  "qwen3guard",
  "granite-guardian",
  "gpt-oss-safeguard",
] as const;
export type ClassifierFormat = (typeof classifierFormats)[number];

interface ClassifierRow {
  /** Of the provider's name for the model, whatever precedes and follows. */
  readonly named: RegExp;
  readonly format: ClassifierFormat;
  /** Where the format was read, 2026-11-21. */
  readonly source: string;
}

/** Llama Guard 1 and 2 have other codes under the same names, so they are no rows here. */
const rows: readonly ClassifierRow[] = [
  {
    named: /llama-?guard-?[34]/i,
    format: "llama-guard",
    source: "https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-3/",
  },
  {
    named: /(omni|text)-moderation/i,
    format: "openai-moderation",
    source: "https://platform.openai.com/docs/guides/moderation",
  },
  {
    named: /qwen3-?guard/i,
    format: "qwen3guard",
    source: "https://huggingface.co/Qwen/Qwen3Guard-Gen-8B",
  },
  {
    named: /granite.*guardian/i,
    format: "granite-guardian",
    source: "https://github.com/ibm-granite/granite-guardian",
  },
  {
    named: /gpt-oss-safeguard/i,
    format: "gpt-oss-safeguard",
    source: "https://cookbook.openai.com/articles/gpt-oss-safeguard-guide",
  },
  { named: /^guard$/, format: "llama-guard", source: "demo" },
];

/** Undefined where the name says nothing. */
export const formatOfModel = (upstreamModel: string): ClassifierFormat | undefined =>
  rows.find(({ named }) => named.test(upstreamModel))?.format;

/** Also those whose answers we do not read: no route may choose them to answer a person. */
export const judgesTexts = (name: string): boolean => /guard|moderation|shieldgemma/i.test(name);
