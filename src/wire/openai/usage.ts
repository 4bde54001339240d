// Token counts between OpenAI's `usage` object, with the habits of those who copy it, and ours.
// Input holds the cached part and output the reasoning, each counted once.

import { type TokenUsage, noUsage } from "../../core/events.ts";
import { type JsonObject, isObject, numberOf, objectOf } from "../json.ts";
import { countOf } from "./loose-values.ts";

/** Undefined where the object counts nothing. */
export function decodeUsage(value: unknown): TokenUsage | undefined {
  if (!isObject(value)) return undefined;
  const input = countOf(value["prompt_tokens"]) ?? countOf(value["input_tokens"]);
  const completion = countOf(value["completion_tokens"]) ?? countOf(value["output_tokens"]);
  if (input === undefined && completion === undefined) return undefined;
  const inputDetails =
    objectOf(value["prompt_tokens_details"]) ?? objectOf(value["input_tokens_details"]) ?? {};
  const outputDetails =
    objectOf(value["completion_tokens_details"]) ?? objectOf(value["output_tokens_details"]) ?? {};
  const reported = countOf(outputDetails["reasoning_tokens"]) ?? 0;
  const prompt = input ?? 0;
  const output = (completion ?? 0) + reasoningOutside(value, prompt, completion ?? 0, reported);
  const audioInput = countOf(inputDetails["audio_tokens"]);
  const audioOutput = countOf(outputDetails["audio_tokens"]);
  const chargedUsd = numberOf(value["cost"]);
  return {
    ...(audioInput ? { audioInput } : undefined),
    ...(audioOutput ? { audioOutput } : undefined),
    cacheWrite: countOf(inputDetails["cache_write_tokens"]) ?? 0,
    cachedInput: Math.min(cachedPart(value, inputDetails), prompt),
    // OpenRouter: https://openrouter.ai/docs/use-cases/usage-accounting
    ...(chargedUsd !== undefined && chargedUsd > 0 ? { chargedUsd } : undefined),
    input: prompt,
    output,
    reasoning: Math.min(reported, output),
  };
}

/** As OpenAI writes it. */
export function encodeUsage(usage: TokenUsage | undefined): JsonObject {
  const { input, cachedInput, cacheWrite, output, reasoning, audioInput, audioOutput } = usage ?? noUsage;
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {
      cached_tokens: cachedInput,
      audio_tokens: audioInput ?? 0,
      ...(cacheWrite > 0 ? { cache_write_tokens: cacheWrite } : {}),
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: audioOutput ?? 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** xAI leaves reasoning out of `completion_tokens`: the total tells. */
function reasoningOutside(usage: JsonObject, input: number, completion: number, reasoning: number): number {
  const total = countOf(usage["total_tokens"]);
  if (total === undefined) return reasoning > completion ? reasoning : 0;
  return Math.min(Math.max(0, total - input - completion), reasoning);
}

/** OpenAI nests it; DeepSeek, Mistral and Moonshot have names of their own. */
function cachedPart(usage: JsonObject, details: JsonObject): number {
  return (
    countOf(details["cached_tokens"]) ??
    countOf(usage["prompt_cache_hit_tokens"]) ??
    countOf(usage["num_cached_tokens"]) ??
    countOf(usage["cached_tokens"]) ??
    0
  );
}
