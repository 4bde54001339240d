// What the families of models behind Converse accept beyond what is common to all, one row each.
// The encoder and the capability table read it. Sources, read 2026-11-21: docs.aws.amazon.com/bedrock/latest/userguide
// (conversation-inference-supported-models-features, structured-output, model-parameters), docs.aws.amazon.com/nova.

export interface FamilyTraits {
  /** Anthropic's own rules hold: thinking, sampling, structured output. */
  readonly claude: boolean;
  readonly toolChoices: readonly ("auto" | "required" | "tool")[];
  readonly structuredOutput: boolean;
  /** Where a reasoning effort goes among the model's own fields; absent: it has none. */
  readonly effort?: {
    readonly to: string;
    readonly words: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  };
}

const plain: FamilyTraits = { claude: false, toolChoices: ["auto"], structuredOutput: false };

const anyTool = ["auto", "required", "tool"] as const;

const nova = (effort: string) => ({ reasoningConfig: { type: "enabled", maxReasoningEffort: effort } });

const threeEfforts = (say: (effort: string) => Readonly<Record<string, unknown>>) => ({
  minimal: say("low"),
  low: say("low"),
  medium: say("medium"),
  high: say("high"),
  xhigh: say("high"),
});

const rows: readonly (readonly [RegExp, FamilyTraits])[] = [
  [/anthropic\.claude/, { claude: true, toolChoices: anyTool, structuredOutput: false }],
  [
    /amazon\.nova-2/,
    {
      ...plain,
      toolChoices: anyTool,
      effort: {
        to: "reasoningConfig",
        words: { none: { reasoningConfig: { type: "disabled" } }, ...threeEfforts(nova) },
      },
    },
  ],
  [/amazon\.nova/, { ...plain, toolChoices: anyTool }],
  [
    /openai\.gpt-oss/,
    {
      ...plain,
      structuredOutput: true,
      effort: {
        to: "reasoning_effort",
        words: threeEfforts((effort) => ({ reasoning_effort: effort })),
      },
    },
  ],
  [/mistral\./, { ...plain, toolChoices: ["auto", "required"], structuredOutput: true }],
  [
    /qwen\.|deepseek\.v3|google\.gemma|minimax\.|moonshot(?:ai)?\.|nvidia\./,
    { ...plain, structuredOutput: true },
  ],
];

export const familyOf = (upstreamModel: string): FamilyTraits =>
  rows.find(([pattern]) => pattern.test(upstreamModel))?.[1] ?? plain;
