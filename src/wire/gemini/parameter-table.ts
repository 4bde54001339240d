// The capability table of Gemini's generateContent: what its encoder does with each of OpenAI's parameters, by model.
// Doors show it; a matrix test holds the encoder to it. https://ai.google.dev/api/generate-content, read 2026-11-21.

import { type Destination, type ParameterTable, parameterNames } from "../../core/dialect.ts";
import { every, mapped, refused, taken } from "../parameter-support.ts";
import { thinksBy } from "./thinking.ts";

const inConfig = (name: string) => mapped(`generationConfig.${name}`);

export function parameterTable(to: Destination): ParameterTable {
  const by = thinksBy(to.upstreamModel);
  return {
    of: {
      ...every(parameterNames, refused),
      ...every(["temperature", "seed", "tools", "tool_choice"], taken),
      ...every(["max_tokens", "max_completion_tokens"], inConfig("maxOutputTokens")),
      top_p: inConfig("topP"),
      n: inConfig("candidateCount"),
      stop: inConfig("stopSequences"),
      presence_penalty: inConfig("presencePenalty"),
      frequency_penalty: inConfig("frequencyPenalty"),
      logprobs: inConfig("responseLogprobs"),
      top_logprobs: inConfig("logprobs"),
      "response_format.json_object": inConfig("responseMimeType"),
      "response_format.json_schema": inConfig("responseJsonSchema"),
      reasoning_effort: by === "nothing" ? refused : inConfig("thinkingConfig"),
    },
    others: "dropped",
  };
}
