// Reads Anthropic's token counts, which exclude cached input and grow while a stream runs.
// The answer decoder calls it. https://platform.claude.com/docs/en/build-with-claude/prompt-caching

import type { TokenUsage } from "../../core/events.ts";
import { isObject, type JsonObject, numberOf, objectOf } from "../json.ts";

export interface UsageReader {
  /** Takes the counts that are there; those not repeated stay as they were. */
  read(usage: unknown): void;
  total(): TokenUsage | undefined;
}

export function createUsageReader(): UsageReader {
  let counts: JsonObject | undefined;

  return {
    read(usage) {
      if (!isObject(usage)) return;
      const given = Object.entries(usage).filter(([, value]) => value !== null && value !== undefined);
      counts = { ...counts, ...Object.fromEntries(given) };
    },
    total() {
      if (!counts) return undefined;
      const cachedInput = numberOf(counts["cache_read_input_tokens"]) ?? 0;
      const cacheWrite = numberOf(counts["cache_creation_input_tokens"]) ?? 0;
      const output = numberOf(counts["output_tokens"]) ?? 0;
      const toolUses = usesOf(counts["server_tool_use"]);
      return {
        input: (numberOf(counts["input_tokens"]) ?? 0) + cachedInput + cacheWrite,
        cachedInput,
        cacheWrite,
        output,
        reasoning: numberOf(objectOf(counts["output_tokens_details"])?.["thinking_tokens"]) ?? 0,
        ...(toolUses === undefined ? {} : { toolUses }),
      };
    },
  };
}

/** `web_search_requests` are uses of web search. */
function usesOf(given: unknown): TokenUsage["toolUses"] {
  if (!isObject(given)) return undefined;
  const uses = Object.entries(given).flatMap(([name, count]) => {
    const tool = /^(\w+)_requests$/.exec(name)?.[1];
    return tool !== undefined && typeof count === "number" && count > 0 ? [[tool, count] as const] : [];
  });
  return uses.length === 0 ? undefined : Object.fromEntries(uses);
}
