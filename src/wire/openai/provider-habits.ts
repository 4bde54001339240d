// What each provider of the OpenAI dialect does its own way. A provider without a row has OpenAI's
// older, most copied habits. Read by the request encoders; a new provider is a new row.
// Sources: the providers' API references as read in 2025-2026; params listed as unsupported are refused or ignored there.

import type { ReasoningBlock, ReasoningEffort } from "../../core/request.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";

export interface ProviderHabits {
  readonly maxTokensField: "max_completion_tokens" | "max_tokens";
  readonly seedField: "seed" | "random_seed";
  /** False where the role does not exist: those messages go as `system`. */
  readonly developerRole: boolean;
  /** False where `stream_options` is refused; those send usage unasked. */
  readonly streamOptions: boolean;
  /** How `store:false` is kept: by the flag, because nothing is ever stored, or not that anyone knows. */
  readonly storing: "by-flag" | "never" | "unknown";
  readonly zeroRetentionRouting: boolean;
  /** Wire names of what it refuses or, worse, ignores. */
  readonly unsupported: readonly string[];
  /** Media kinds that it fetches by address. */
  readonly mediaByUrl: readonly string[];
  readonly video: boolean;
  /** Mistral has a part of its own for documents. */
  readonly documentPart: "file" | "document_url";
  reasoningFields(effort: ReasoningEffort): Readonly<Record<string, unknown>>;
  /** Reasoning handed back with an assistant message; undefined where the provider has no place for it. */
  readonly reasoningBack:
    | ((blocks: readonly ReasoningBlock[]) => Readonly<Record<string, unknown>>)
    | undefined;
  readonly toolCallIds: "any" | "nine-characters";
}

const common: ProviderHabits = {
  maxTokensField: "max_tokens",
  seedField: "seed",
  developerRole: false,
  streamOptions: true,
  storing: "unknown",
  zeroRetentionRouting: false,
  unsupported: [],
  mediaByUrl: ["image"],
  video: false,
  documentPart: "file",
  reasoningFields: (effort) => ({ reasoning_effort: effort }),
  reasoningBack: undefined,
  toolCallIds: "any",
};

const openai: ProviderHabits = {
  ...common,
  maxTokensField: "max_completion_tokens",
  developerRole: true,
  storing: "by-flag",
};

export const habitsByProvider: Readonly<Record<string, ProviderHabits>> = {
  openai,
  "azure-openai": openai,
  mistral: {
    ...common,
    seedField: "random_seed",
    streamOptions: false,
    unsupported: ["logit_bias", "logprobs", "top_logprobs"],
    mediaByUrl: ["image", "file"],
    documentPart: "document_url",
    toolCallIds: "nine-characters",
  },
  deepseek: {
    ...common,
    unsupported: ["n", "seed", "logit_bias", "parallel_tool_calls", "response_format.json_schema"],
    mediaByUrl: [],
    reasoningFields: (effort) => ({ thinking: { type: effort === "none" ? "disabled" : "enabled" } }),
    reasoningBack: asString("reasoning_content"),
  },
  qwen: {
    ...common,
    unsupported: ["logit_bias", "frequency_penalty"],
    mediaByUrl: ["image", "audio", "video"],
    video: true,
    reasoningFields: (effort) => ({ enable_thinking: effort !== "none" }),
    reasoningBack: asString("reasoning_content"),
  },
  groq: {
    ...common,
    maxTokensField: "max_completion_tokens",
    unsupported: ["n", "logit_bias", "logprobs", "top_logprobs"],
    reasoningBack: asString("reasoning"),
  },
  together: { ...common, mediaByUrl: ["image", "video"], video: true, reasoningBack: asString("reasoning") },
  fireworks: { ...common, reasoningBack: asString("reasoning_content") },
  xai: { ...common, maxTokensField: "max_completion_tokens", unsupported: ["logit_bias"] },
  openrouter: {
    ...common,
    developerRole: true,
    zeroRetentionRouting: true,
    unsupported: ["n"],
    mediaByUrl: ["image", "file", "video"],
    video: true,
    reasoningFields: (effort) => ({ reasoning: { effort } }),
    reasoningBack: asDetails,
  },
  litellm: { ...common, developerRole: true, reasoningBack: asThinkingBlocks },
  portkey: { ...common, developerRole: true },
  tokenmix: { ...common, developerRole: true },
  ollama: {
    ...common,
    storing: "never",
    unsupported: ["n", "logit_bias", "tool_choice", "parallel_tool_calls"],
    mediaByUrl: [],
    reasoningBack: asString("reasoning"),
  },
  vllm: {
    ...common,
    storing: "never",
    mediaByUrl: ["image", "audio", "video"],
    video: true,
    reasoningBack: asString("reasoning_content"),
  },
};

export const habitsOf = (providerId: string): ProviderHabits => habitsByProvider[providerId] ?? common;

function asString(field: string): NonNullable<ProviderHabits["reasoningBack"]> {
  return (blocks) => {
    const text = blocks.map((block) => block.text).join("");
    return text === "" ? {} : { [field]: text };
  };
}

function asDetails(blocks: readonly ReasoningBlock[]): Readonly<Record<string, unknown>> {
  return { reasoning_details: blocks.map(encodeReasoningDetail) };
}

/** Anthropic's blocks, which LiteLLM translates back. */
function asThinkingBlocks(blocks: readonly ReasoningBlock[]): Readonly<Record<string, unknown>> {
  const sealed = blocks.filter((block) => block.signature !== undefined || block.redacted !== undefined);
  return {
    ...asString("reasoning_content")(blocks),
    thinking_blocks: sealed.map(({ text, signature, redacted }) =>
      redacted === undefined
        ? { type: "thinking", thinking: text, signature }
        : { type: "redacted_thinking", data: redacted },
    ),
  };
}
