// What a recorded answer must say to callers, read from what the provider's own SDK made of it.
// Scenario tests compare what came out of each door with it; it knows the three wires' words, and none of our code.

import type { ExpectedReading, Recording } from "./recordings.ts";

export interface SaidCall {
  /** Undefined where the provider gave none, so that any will do. */
  readonly id: string | undefined;
  readonly name: string;
  /** As text where the text itself is promised, else parsed. */
  readonly arguments: unknown;
}

/** An answer as a caller of either door sees it. */
export interface Said {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly SaidCall[];
  /** In OpenAI's words. */
  readonly finish: string;
  readonly usage: {
    readonly input: number;
    readonly cachedInput: number;
    readonly output: number;
    readonly reasoning: number;
  };
}

/** Undefined where that SDK stumbles over the answer, or loses the very calls for which it says it ended. */
export function expectedOf(recording: Recording): Said | undefined {
  const { expected, wire } = recording;
  if (!expected || expected.sdk_refuses !== undefined) return undefined;
  if (expected.finish === "tool_calls" && expected.tool_calls?.length === 0) return undefined;
  const calls = (expected.tool_calls ?? []).map((call) => ({
    id: call.id,
    name: call.name,
    arguments: call.arguments ?? "{}",
  }));
  const natural = finishes[expected.finish ?? "SAFETY"] ?? expected.finish ?? "stop";
  return {
    text: expected.text ?? "",
    reasoning: expected.reasoning ?? "",
    calls,
    finish: wire === "gemini-generate" && calls.length > 0 ? "tool_calls" : natural,
    usage: (usages[wire] ?? openaiUsage)(expected),
  };
}

const finishes: Readonly<Record<string, string>> = {
  end_turn: "stop",
  tool_use: "tool_calls",
  max_tokens: "length",
  refusal: "content_filter",
  STOP: "stop",
  MAX_TOKENS: "length",
  MODEL_ARMOR: "content_filter",
  SAFETY: "content_filter",
};

const numberIn = (fields: unknown, name: string): number =>
  Number((fields as Record<string, unknown> | null | undefined)?.[name] ?? 0);

const usages: Readonly<Record<string, (expected: ExpectedReading) => Said["usage"]>> = {
  "anthropic-messages": ({ usage }) => {
    const cachedInput = numberIn(usage, "cache_read_input_tokens");
    const written = numberIn(usage, "cache_creation_input_tokens");
    return {
      input: numberIn(usage, "input_tokens") + cachedInput + written,
      cachedInput,
      output: numberIn(usage, "output_tokens"),
      reasoning: 0,
    };
  },
  "gemini-generate": ({ usage }) => {
    const reasoning = numberIn(usage, "thoughtsTokenCount");
    return {
      input: numberIn(usage, "promptTokenCount") + numberIn(usage, "toolUsePromptTokenCount"),
      cachedInput: numberIn(usage, "cachedContentTokenCount"),
      output: numberIn(usage, "candidatesTokenCount") + reasoning,
      reasoning,
    };
  },
};

/** xAI leaves reasoning out of the completion and says so only in the total. */
function openaiUsage({ usage }: ExpectedReading): Said["usage"] {
  const input = numberIn(usage, "prompt_tokens");
  const completion = numberIn(usage, "completion_tokens");
  const reasoning = numberIn(usage?.["completion_tokens_details"], "reasoning_tokens");
  const outside = Math.max(0, numberIn(usage, "total_tokens") - input - completion);
  const cachedNames = ["prompt_cache_hit_tokens", "num_cached_tokens", "cached_tokens"];
  const cachedInput =
    numberIn(usage?.["prompt_tokens_details"], "cached_tokens") ||
    Math.max(...cachedNames.map((name) => numberIn(usage, name)));
  return { input, cachedInput, output: completion + Math.min(outside, reasoning), reasoning };
}
