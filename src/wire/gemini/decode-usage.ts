// Reads Gemini's token counts, where thoughts and tool prompts stand beside the rest.
// The answer decoder and the embedding decoder call it. https://ai.google.dev/api/generate-content#UsageMetadata

import type { TokenUsage } from "../../core/events.ts";
import { arrayOf, isObject, type JsonObject, numberOf } from "../json.ts";

export function decodeUsage(metadata: JsonObject): TokenUsage {
  const count = (name: string): number => numberOf(metadata[name]) ?? 0;
  const reasoning = count("thoughtsTokenCount");
  const audioInput = audioTokens(metadata["promptTokensDetails"]);
  const audioOutput = audioTokens(metadata["candidatesTokensDetails"]);
  return {
    input: count("promptTokenCount") + count("toolUsePromptTokenCount"),
    cachedInput: count("cachedContentTokenCount"),
    cacheWrite: 0,
    output: count("candidatesTokenCount") + reasoning,
    reasoning,
    ...(audioInput === undefined ? {} : { audioInput }),
    ...(audioOutput === undefined ? {} : { audioOutput }),
  };
}

function audioTokens(details: unknown): number | undefined {
  const audio = arrayOf(details).find((detail) => isObject(detail) && detail["modality"] === "AUDIO");
  return isObject(audio) ? numberOf(audio["tokenCount"]) : undefined;
}
