// Makes the neutral request of a CompletionInput: how the answer is made, of what shape and with which tools.
// `asked.ts` calls it. What has no neutral name goes by its wire name, as the other door has it.

import { Failure } from "../core/errors.ts";
import type { CompletionRequest, Message, ResponseFormat, Tool, ToolChoice } from "../core/request.ts";
import { decodeEffort } from "../wire/openai/client-settings.ts";
import type { CompletionInputValue } from "./completion-input.ts";

export function completionOf(
  input: CompletionInputValue,
  messages: readonly Message[],
  stream: boolean,
): CompletionRequest {
  const { topLogprobs, speech } = input;
  const effort = decodeEffort(input.effort ?? input.reasoning, "effort");
  checkTopLogprobs(input);
  return {
    action: "complete",
    model: input.model,
    messages,
    stream,
    n: input.n ?? 1,
    maxOutputTokens: input.maxOutputTokens ?? undefined,
    temperature: input.temperature ?? undefined,
    topP: input.topP ?? undefined,
    stop: input.stop ?? undefined,
    seed: input.seed ?? undefined,
    presencePenalty: input.presencePenalty ?? undefined,
    frequencyPenalty: input.frequencyPenalty ?? undefined,
    logitBias: biasOf(input.logitBias),
    logprobs: input.logprobs ?? undefined,
    topLogprobs: topLogprobs ?? undefined,
    tools: input.tools?.map(toolOf),
    toolChoice: toolChoiceOf(input.toolChoice),
    parallelToolCalls: input.parallelToolCalls ?? undefined,
    responseFormat: responseFormatOf(input.responseFormat),
    reasoning: effort.known,
    extras: given({
      reasoning_effort: effort.other,
      verbosity: input.verbosity,
      service_tier: input.serviceTier,
      prompt_cache_key: input.promptCacheKey,
      safety_identifier: input.safetyIdentifier,
      modalities: speech && ["text", "audio"],
      audio: speech && { voice: speech.voice, format: speech.format ?? "wav" },
    }),
  };
}

const biasOf = (bias: CompletionInputValue["logitBias"]): CompletionRequest["logitBias"] =>
  bias ? Object.fromEntries(bias.map((one) => [one.token, one.bias])) : undefined;

/** Without those that say nothing. */
export function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const said: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined && value !== null) said[name] = value;
  }
  return said;
}

const mostTopLogprobs = 20;

function checkTopLogprobs({ logprobs, topLogprobs: top }: CompletionInputValue): void {
  if (top === undefined || top === null) return;
  const why =
    logprobs !== true
      ? "topLogprobs needs logprobs: true beside it."
      : top < 0 || top > mostTopLogprobs
        ? `topLogprobs must be from 0 to ${mostTopLogprobs}.`
        : undefined;
  if (why !== undefined) throw new Failure("INVALID_REQUEST", why, { path: "topLogprobs" });
}

type ToolValue = NonNullable<CompletionInputValue["tools"]>[number];

const toolOf = (tool: ToolValue): Tool => ({
  name: tool.name,
  description: tool.description ?? undefined,
  parameters: tool.parameters,
  strict: tool.strict ?? undefined,
});

function toolChoiceOf(choice: CompletionInputValue["toolChoice"]): ToolChoice | undefined {
  if (choice?.mode) return { mode: choice.mode };
  return choice?.tool ? { mode: "tool", tool: choice.tool } : undefined;
}

function responseFormatOf(format: CompletionInputValue["responseFormat"]): ResponseFormat | undefined {
  if (format?.schema) {
    const { name, description, schema, strict } = format.schema;
    return {
      type: "schema",
      name,
      schema,
      strict: strict ?? true,
      ...(description ? { description } : {}),
    };
  }
  return format?.json ? { type: "json" } : undefined;
}
