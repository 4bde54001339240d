// The capability table of Anthropic's Messages API: what its encoder does with each of OpenAI's parameters, by model.
// Doors show it; a matrix test holds the encoder to it. https://platform.claude.com/docs/en/api/messages, read 2026-11-21.

import type { Destination, ParameterName, ParameterTable, Support } from "../../core/dialect.ts";
import { parameterNames } from "../../core/dialect.ts";
import { clamped, every, mapped, refused, taken } from "../parameter-support.ts";
import { type ModelTraits, traitsOf } from "./model-traits.ts";

const always: Readonly<Record<ParameterName, Support>> = {
  ...every(parameterNames, refused),
  ...every(["max_tokens", "tools", "tool_choice"], taken),
  max_completion_tokens: mapped("max_tokens"),
  stop: mapped("stop_sequences"),
  parallel_tool_calls: mapped("tool_choice.disable_parallel_tool_use"),
  user: mapped("metadata.user_id"),
  safety_identifier: mapped("metadata.user_id"),
  service_tier: mapped("service_tier"),
};

const sampling: Readonly<Record<ModelTraits["sampling"], Support>> = {
  all: clamped(0, 1),
  one: clamped(0, 1),
  none: refused,
};

const efforts: Readonly<Record<ModelTraits["thinking"], Support>> = {
  none: refused,
  budget: mapped("thinking.budget_tokens"),
  adaptive: mapped("output_config.effort"),
};

export function parameterTable(to: Destination): ParameterTable {
  const traits = traitsOf(to.upstreamModel);
  return {
    of: {
      ...always,
      temperature: sampling[traits.sampling],
      top_p: traits.sampling === "none" ? refused : taken,
      "response_format.json_schema": traits.structuredOutput ? mapped("output_config.format") : refused,
      reasoning_effort: efforts[traits.thinking],
    },
    others: "dropped",
  };
}
