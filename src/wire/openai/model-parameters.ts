// What models of the OpenAI dialect refuse by themselves, whoever serves them: the first row that fits a name counts.
// `parameter-table` joins it with the provider's own table. Sources, read 2026-11-21: developers.openai.com/api/docs/guides
// (reasoning, latest-model: parameter compatibility), docs.x.ai (reasoning), api-docs.deepseek.com (thinking mode),
// console.groq.com/docs/reasoning.

import type { ParameterName } from "../../core/dialect.ts";
import type { ReasoningEffort } from "../../core/request.ts";

export interface ModelParameters {
  /** Undefined: whatever the provider takes. */
  readonly efforts?: readonly ReasoningEffort[];
  /** It thinks although nobody asked it to. */
  readonly thinksUnasked: boolean;
  readonly refuses: readonly ParameterName[];
  /** Taken once it does not think. */
  readonly refusesWhileThinking: readonly ParameterName[];
  /** Efforts that go by another word there. */
  readonly effortWords?: Readonly<Partial<Record<ReasoningEffort, string>>>;
  /** Fields that its provider wants, so that reasoning comes apart from the text. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

const plain: ModelParameters = { thinksUnasked: false, refuses: [], refusesWhileThinking: [] };

const sampling = [
  "temperature",
  "top_p",
  "presence_penalty",
  "frequency_penalty",
  "logprobs",
  "top_logprobs",
  "logit_bias",
] as const satisfies ParameterName[];

const threeEfforts = ["low", "medium", "high"] as const;

const thinker: ModelParameters = {
  thinksUnasked: true,
  refuses: [...sampling, "stop"],
  refusesWhileThinking: [],
};

const fifth: ModelParameters = { ...plain, refuses: ["stop"], refusesWhileThinking: sampling };

const deepThinking = ["temperature", "top_p", "presence_penalty", "frequency_penalty"] as const;

const grok: ModelParameters = { ...plain, refuses: ["presence_penalty", "frequency_penalty", "stop"] };

/** A pattern for the model's name, what it refuses, and the provider where that is so if it is not so everywhere. */
const rows: readonly (readonly [RegExp, ModelParameters, string?])[] = [
  [/^gpt-\d(?:\.\d+)?-chat/, plain],
  [/^o1-mini/, { ...thinker, refuses: [...sampling, "parallel_tool_calls"], efforts: [] }],
  [/^o1|^o3-mini/, { ...thinker, refuses: [...sampling, "parallel_tool_calls"], efforts: threeEfforts }],
  [/^o[34]/, { ...thinker, refuses: [...thinker.refuses, "parallel_tool_calls"], efforts: threeEfforts }],
  [/^gpt-5-pro/, { ...thinker, efforts: ["high"] }],
  [/^gpt-5\.\d+-pro/, { ...thinker, efforts: ["medium", "high", "xhigh"] }],
  [/^gpt-5(?!\.)/, { ...thinker, efforts: ["minimal", ...threeEfforts] }],
  [/^gpt-5\.1(?!\d)/, { ...fifth, efforts: ["none", ...threeEfforts] }],
  [/^gpt-5\.[234](?!\d)/, { ...fifth, efforts: ["none", ...threeEfforts, "xhigh"] }],
  [/^gpt-(?:5\.|[6-9])/, { ...fifth, thinksUnasked: true, efforts: ["none", ...threeEfforts, "xhigh"] }],
  [/^gpt-oss/, { ...plain, efforts: threeEfforts }],
  [/^grok-3-mini/, { ...grok, efforts: ["low", "high"] }],
  [/^grok-.*non-reasoning|^grok-[23]/, { ...plain, efforts: [] }],
  [/^grok-4\.3/, { ...grok, efforts: ["none", ...threeEfforts] }],
  [/^grok-(?:4\.[5-9]|[5-9])/, { ...grok, efforts: threeEfforts }],
  [/^grok-(?:4|code)/, { ...grok, efforts: [] }],
  [
    /^deepseek-(?:reasoner|v4|flash|pro)/,
    { ...plain, thinksUnasked: true, refusesWhileThinking: deepThinking },
  ],
  [
    /^qwen3|^deepseek-r1/,
    {
      ...plain,
      fields: { reasoning_format: "parsed" },
      efforts: ["none", "high"],
      effortWords: { high: "default" },
    },
    "groq",
  ],
];

/** The vendor's name may stand before the model's, as relays write it. */
export function parametersOfModel(upstreamModel: string, providerId: string): ModelParameters {
  const name = upstreamModel.slice(upstreamModel.lastIndexOf("/") + 1);
  const row = rows.find(([pattern, , at]) => (at ?? providerId) === providerId && pattern.test(name));
  return row?.[1] ?? plain;
}
