// The capability table of each provider of the OpenAI dialect: what it does with the parameters that OpenAI documents.
// `parameter-table` joins it with what the model itself refuses. Where a provider ignores a parameter without a word,
// it is refused here. Sources: the providers' chat completion references and compatibility pages, read 2026-11-21:
// docs.mistral.ai/api, api-docs.deepseek.com, alibabacloud.com/help/en/model-studio, console.groq.com/docs/openai,
// docs.together.ai/reference, docs.fireworks.ai/api-reference, docs.x.ai/docs/api-reference, docs.ollama.com/openai,
// openrouter.ai/docs/api-reference/parameters, docs.vllm.ai/en/latest/serving/openai_compatible_server.html,
// learn.microsoft.com/azure/foundry/openai/latest.

import { type ParameterName, parameterNames, type Support } from "../../core/dialect.ts";
import { clamped, every, mapped, refused, taken } from "../parameter-support.ts";

export type ProviderParameters = Readonly<Record<ParameterName, Support>>;

const openai: ProviderParameters = {
  ...every(parameterNames, taken),
  max_tokens: mapped("max_completion_tokens"),
};

/** The older name, and everything else as OpenAI has it: relays hand on what they are given. */
const relay: ProviderParameters = {
  ...openai,
  max_tokens: taken,
  max_completion_tokens: mapped("max_tokens"),
  // Pictures among the answers of a chat have no place in its events, and relays serve models that make them.
  ...every(["audio", "modalities"], refused),
};

/** What only OpenAI's own platform does something with. */
const platform = [
  "store",
  "metadata",
  "prediction",
  "verbosity",
  "web_search_options",
  "service_tier",
  "safety_identifier",
  "prompt_cache_key",
  "prompt_cache_retention",
] as const;

const copy: ProviderParameters = { ...relay, ...every(platform, refused) };

/** One switch, whatever the effort. */
const byWord = (to: string, words: Readonly<Record<string, unknown>>): Support => ({
  is: "mapped",
  to,
  words: Object.fromEntries(Object.entries(words).map(([word, value]) => [word, { [to]: value }])),
});

const onOrOff = (to: string, on: unknown, off: unknown): Support =>
  byWord(to, { none: off, minimal: on, low: on, medium: on, high: on, xhigh: on });

const parametersByProvider: Readonly<Record<string, ProviderParameters>> = {
  openai,
  "azure-openai": { ...openai, web_search_options: refused },
  mistral: {
    ...copy,
    ...every(["logit_bias", "logprobs", "top_logprobs", "user"], refused),
    ...every(["metadata", "prediction"], taken),
    temperature: clamped(0, 1.5),
    seed: mapped("random_seed"),
    tool_choice: byWord("tool_choice", { auto: "auto", none: "none", required: "any" }),
    reasoning_effort: onOrOff("reasoning_effort", "high", "none"),
  },
  deepseek: {
    ...copy,
    ...every(["n", "seed", "logit_bias", "parallel_tool_calls", "user"], refused),
    "response_format.json_schema": refused,
    reasoning_effort: {
      is: "mapped",
      to: "thinking",
      words: {
        none: { thinking: { type: "disabled" } },
        minimal: { thinking: { type: "enabled" }, reasoning_effort: "low" },
        low: { thinking: { type: "enabled" }, reasoning_effort: "low" },
        medium: { thinking: { type: "enabled" }, reasoning_effort: "high" },
        high: { thinking: { type: "enabled" }, reasoning_effort: "high" },
        xhigh: { thinking: { type: "enabled" }, reasoning_effort: "max" },
      },
    },
  },
  qwen: {
    ...copy,
    ...every(["logit_bias", "frequency_penalty", "user"], refused),
    reasoning_effort: onOrOff("enable_thinking", true, false),
  },
  groq: {
    ...copy,
    ...every(
      ["n", "logit_bias", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty"],
      refused,
    ),
    service_tier: taken,
    max_tokens: mapped("max_completion_tokens"),
    max_completion_tokens: taken,
  },
  together: { ...copy, user: refused },
  fireworks: { ...copy, ...every(["metadata", "prediction", "service_tier", "prompt_cache_key"], taken) },
  xai: {
    ...copy,
    logit_bias: refused,
    web_search_options: taken,
    max_tokens: mapped("max_completion_tokens"),
    max_completion_tokens: taken,
  },
  openrouter: {
    ...relay,
    ...every(["n", "store", "service_tier", "safety_identifier", "prompt_cache_retention"], refused),
    reasoning_effort: byWord(
      "reasoning",
      efforts((effort) => ({ effort })),
    ),
  },
  litellm: relay,
  portkey: relay,
  tokenmix: relay,
  ollama: {
    ...copy,
    ...every(["n", "logit_bias", "tool_choice", "parallel_tool_calls", "user"], refused),
  },
  vllm: { ...copy, user: refused },
};

export const parametersAt = (providerId: string): ProviderParameters =>
  parametersByProvider[providerId] ?? relay;

function efforts(say: (effort: string) => unknown): Readonly<Record<string, unknown>> {
  const words = ["none", "minimal", "low", "medium", "high", "xhigh"];
  return Object.fromEntries(words.map((word) => [word, say(word)]));
}
