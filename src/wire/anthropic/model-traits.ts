// What Anthropic's model generations accept, one row each: thinking, effort, sampling, structured output.
// The encoder reads it. Facts from platform.claude.com (adaptive-thinking, effort, structured-outputs, migration
// guides), docs.aws.amazon.com/bedrock and models.dev, read 2026-11-21.

export type Effort = "low" | "medium" | "high" | "xhigh" | "max";

export interface ModelTraits {
  /** `budget`: a number of tokens; `adaptive`: the model decides, steered by effort. */
  readonly thinking: "none" | "budget" | "adaptive";
  /** How thinking is kept off: by saying nothing, by `disabled`, or not at all. */
  readonly off: "omit" | "disabled" | "never";
  readonly efforts: readonly Effort[];
  /** `one`: temperature or top_p, not both; `none`: neither, nor top_k. */
  readonly sampling: "all" | "one" | "none";
  readonly structuredOutput: boolean;
  /** Thinking text comes back empty unless it is asked for. */
  readonly hidesThinking: boolean;
}

export function traitsOf(upstreamModel: string): ModelTraits {
  const at = upstreamModel.indexOf("claude-");
  if (at === -1) return compatible;
  const name = upstreamModel.slice(at);
  return rows.find(([pattern]) => pattern.test(name))?.[1] ?? newest;
}

const upToMax: readonly Effort[] = ["low", "medium", "high", "max"];
const withExtraHigh: readonly Effort[] = ["low", "medium", "high", "xhigh", "max"];

const newest: ModelTraits = {
  thinking: "adaptive",
  off: "never",
  efforts: withExtraHigh,
  sampling: "none",
  structuredOutput: true,
  hidesThinking: true,
};

const budgeted: ModelTraits = {
  thinking: "budget",
  off: "omit",
  efforts: [],
  sampling: "all",
  structuredOutput: false,
  hidesThinking: false,
};

/** Other vendors' models behind Anthropic's API: only what has always been in it is taken for granted. */
const compatible: ModelTraits = { ...budgeted, structuredOutput: true };

const rows: readonly (readonly [RegExp, ModelTraits])[] = [
  [/^claude-(?:fable|mythos|(?:opus|sonnet|haiku)-5-5)/, newest],
  [/^claude-(?:opus|sonnet|haiku)-5/, { ...newest, off: "disabled" }],
  [/^claude-opus-4-[78]/, { ...newest, off: "omit" }],
  [
    /^claude-(?:opus|sonnet)-4-6/,
    { ...newest, off: "omit", efforts: upToMax, sampling: "one", hidesThinking: false },
  ],
  [/^claude-(?:opus|sonnet|haiku)-4-5/, { ...budgeted, sampling: "one", structuredOutput: true }],
  [/^claude-opus-4-1/, { ...budgeted, sampling: "one" }],
  [/^claude-(?:opus|sonnet)-4|^claude-3-7/, budgeted],
  [/^claude-(?:[123]|instant)/, { ...budgeted, thinking: "none" }],
];
