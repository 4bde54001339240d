// What each provider of the OpenAI dialect does its own way, parameters apart (`provider-parameters`). A provider
// without a row has OpenAI's older, most copied habits. Read by the request encoders; a new provider is a new row.
// Sources: the providers' API references as read in 2025-2026.

import type { ReasoningBlock } from "../../core/request.ts";
import { encodeReasoningDetail } from "./reasoning-details.ts";

export interface ProviderHabits {
  /** False where the role does not exist: those messages go as `system`. */
  readonly developerRole: boolean;
  /** False where a message with a name is refused. */
  readonly messageNames: boolean;
  /** False where `stream_options` is refused; those send usage unasked. */
  readonly streamOptions: boolean;
  /** How `store:false` is kept: by the flag, because nothing is ever stored, or not that anyone knows. */
  readonly storing: "by-flag" | "never" | "unknown";
  readonly zeroRetentionRouting: boolean;
  /** It hands on what each model takes and leaves the rest out, unless it is told not to. */
  readonly ignoresUnsupported: boolean;
  /** Media kinds that it fetches by address. */
  readonly mediaByUrl: readonly string[];
  readonly video: boolean;
  /** Mistral has a part of its own for documents. */
  readonly documentPart: "file" | "document_url";
  /** Reasoning handed back with an assistant message; undefined where the provider has no place for it. */
  readonly reasoningBack:
    | ((blocks: readonly ReasoningBlock[]) => Readonly<Record<string, unknown>>)
    | undefined;
  readonly toolCallIds: "any" | "nine-characters";
  /** Tools whose input is any text. */
  readonly customTools: boolean;
}

const common: ProviderHabits = {
  developerRole: false,
  messageNames: true,
  streamOptions: true,
  storing: "unknown",
  zeroRetentionRouting: false,
  ignoresUnsupported: false,
  mediaByUrl: ["image"],
  video: false,
  documentPart: "file",
  reasoningBack: undefined,
  toolCallIds: "any",
  customTools: false,
};

const openai: ProviderHabits = { ...common, developerRole: true, storing: "by-flag", customTools: true };

export const habitsByProvider: Readonly<Record<string, ProviderHabits>> = {
  openai,
  "azure-openai": openai,
  mistral: {
    ...common,
    messageNames: false,
    streamOptions: false,
    mediaByUrl: ["image", "file"],
    documentPart: "document_url",
    reasoningBack: asThinkingPart,
    toolCallIds: "nine-characters",
  },
  deepseek: { ...common, mediaByUrl: [], reasoningBack: asString("reasoning_content") },
  qwen: {
    ...common,
    mediaByUrl: ["image", "audio", "video"],
    video: true,
    reasoningBack: asString("reasoning_content"),
  },
  groq: { ...common, messageNames: false, reasoningBack: asString("reasoning") },
  together: { ...common, mediaByUrl: ["image", "video"], video: true, reasoningBack: asString("reasoning") },
  fireworks: { ...common, reasoningBack: asString("reasoning_content") },
  xai: { ...common, reasoningBack: asString("reasoning_content") },
  openrouter: {
    ...common,
    developerRole: true,
    zeroRetentionRouting: true,
    ignoresUnsupported: true,
    mediaByUrl: ["image", "file", "video"],
    video: true,
    reasoningBack: asDetails,
  },
  litellm: { ...common, developerRole: true, reasoningBack: asThinkingBlocks },
  portkey: { ...common, developerRole: true },
  tokenmix: { ...common, developerRole: true },
  ollama: { ...common, storing: "never", mediaByUrl: [], reasoningBack: asString("reasoning") },
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
    const text = textOf(blocks);
    return text === "" ? {} : { [field]: text };
  };
}

const textOf = (blocks: readonly ReasoningBlock[]): string => blocks.map((block) => block.text).join("");

/** First of the content parts: https://docs.mistral.ai/capabilities/reasoning/ */
function asThinkingPart(blocks: readonly ReasoningBlock[]): Readonly<Record<string, unknown>> {
  const text = textOf(blocks);
  return text === "" ? {} : { content: [{ type: "thinking", thinking: [{ type: "text", text }] }] };
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
