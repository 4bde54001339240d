// What the demo deployments leave out of a request, so that they are no more silent about it than a provider may be.
// `providers.ts` reports it beside their answers. They never refuse: every feature can be tried with them.

import type { ParamChange } from "../../core/answer.ts";
import type { Deployment } from "../../core/deployment.ts";
import type { CompletionRequest } from "../../core/request.ts";

/** Settings that no script follows, by OpenAI's names. */
const left = {
  temperature: "temperature",
  topP: "top_p",
  stop: "stop",
  seed: "seed",
  presencePenalty: "presence_penalty",
  frequencyPenalty: "frequency_penalty",
  logitBias: "logit_bias",
  logprobs: "logprobs",
  topLogprobs: "top_logprobs",
  parallelToolCalls: "parallel_tool_calls",
  responseFormat: "response_format",
  reasoning: "reasoning_effort",
} as const satisfies Partial<Record<keyof CompletionRequest, string>>;

const toolSettings = { tools: "tools", toolChoice: "tool_choice" } as const;

export function demoParams({ id }: Deployment, request: CompletionRequest): readonly ParamChange[] {
  const settings = id === "demo/tools" ? left : { ...left, ...toolSettings };
  const names = Object.entries(settings)
    .filter(([field]) => request[field as keyof typeof left] !== undefined)
    .map(([, name]) => name);
  return [...names, ...Object.keys(request.extras)].map((param) => ({ param, action: "dropped" }));
}
