// The capability table of the Responses API as an upstream: what becomes of each parameter of chat completions there.
// The request encoder is driven by it and doors show it. https://platform.openai.com/docs/api-reference/responses/create

import { parameterNames } from "../../core/dialect.ts";
import type { ProviderParameters } from "../openai/provider-parameters.ts";
import { tableOf } from "../openai/parameter-table.ts";
import { every, mapped, refused, remembered, taken } from "../parameter-support.ts";

/** A name with a dot lies in an object. */
const parameters: ProviderParameters = {
  ...every(parameterNames, taken),
  ...every(["max_tokens", "max_completion_tokens"], mapped("max_output_tokens")),
  ...every(["response_format.json_object", "response_format.json_schema"], mapped("text.format")),
  ...every(["n", "stop", "seed", "presence_penalty", "frequency_penalty", "logit_bias"], refused),
  ...every(["prediction", "modalities", "audio", "web_search_options"], refused),
  logprobs: mapped("include"),
  verbosity: mapped("text.verbosity"),
  reasoning_effort: {
    is: "mapped",
    to: "reasoning.effort",
    words: Object.fromEntries(
      ["none", "minimal", "low", "medium", "high", "xhigh"].map((word) => [
        word,
        { "reasoning.effort": word },
      ]),
    ),
  },
};

export const parameterTable = remembered((to) => tableOf(to, parameters));
