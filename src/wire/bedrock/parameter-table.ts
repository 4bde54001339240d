// The capability table of Bedrock's Converse: what its encoder does with each of OpenAI's parameters, by model family.
// Doors show it; a matrix test holds the encoder to it.

import { type Destination, type ParameterTable, parameterNames, type Support } from "../../core/dialect.ts";
import { traitsOf } from "../anthropic/model-traits.ts";
import { clamped, every, mapped, refused, taken } from "../parameter-support.ts";
import { takesSchema } from "./encode-request.ts";
import { type FamilyTraits, familyOf } from "./model-traits.ts";

export function parameterTable(to: Destination): ParameterTable {
  const family = familyOf(to.upstreamModel);
  const sampling = family.claude ? traitsOf(to.upstreamModel).sampling : "all";
  return {
    of: {
      ...every(parameterNames, refused),
      ...every(["max_tokens", "max_completion_tokens"], mapped("inferenceConfig.maxTokens")),
      stop: mapped("inferenceConfig.stopSequences"),
      temperature: sampling === "none" ? refused : clamped(0, 1),
      top_p: sampling === "none" ? refused : taken,
      tools: taken,
      tool_choice: family.toolChoices.includes("required") ? taken : refused,
      "response_format.json_schema": takesSchema(to, family) ? mapped("outputConfig.textFormat") : refused,
      reasoning_effort: effortOf(to, family),
      metadata: mapped("requestMetadata"),
      service_tier: mapped("serviceTier"),
    },
    others: "dropped",
  };
}

function effortOf(to: Destination, { claude, effort }: FamilyTraits): Support {
  if (!claude) return effort ? mapped(`additionalModelRequestFields.${effort.to}`) : refused;
  const { thinking } = traitsOf(to.upstreamModel);
  if (thinking === "none") return refused;
  return mapped(`additionalModelRequestFields.${thinking === "budget" ? "thinking" : "output_config"}`);
}
