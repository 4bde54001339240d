// What becomes of each parameter at Anthropic: what is sent, what is reported, what is refused.
// `encode-parameters.test.ts` makes a test of each row.

import type { Destination } from "../../../src/core/dialect.ts";
import type { CompletionRequest, Tool } from "../../../src/core/request.ts";

const tool: Tool = { name: "now", parameters: undefined };
const schema = { type: "object", properties: {}, additionalProperties: false };
const responseFormat = { type: "schema", name: "answer", schema, strict: true } as const;

export interface ParameterRow {
  readonly name: string;
  readonly request: Partial<CompletionRequest>;
  readonly model?: string;
  readonly to?: Partial<Destination>;
  /** Fields of the body; undefined where the field must be absent. */
  readonly sends: Readonly<Record<string, unknown>>;
  readonly reports?: readonly string[];
  readonly refuses?: readonly string[];
}

const given = { maxOutputTokens: 20_000 };

export const rows: readonly ParameterRow[] = [
  {
    name: "max_tokens is filled in with the model's limit",
    request: {},
    to: { maxOutputTokens: 8192 },
    sends: { max_tokens: 8192 },
    reports: ["mapped max_tokens → 8192"],
  },
  {
    name: "max_tokens is 4096 where no limit is known",
    request: {},
    sends: { max_tokens: 4096, stream: undefined },
    reports: ["mapped max_tokens → 4096"],
  },
  {
    name: "max_tokens is clamped to the limit",
    request: { maxOutputTokens: 9000 },
    to: { maxOutputTokens: 8192 },
    sends: { max_tokens: 8192 },
    reports: ["clamped max_tokens 9000 → 8192"],
  },
  {
    name: "max_tokens as asked needs no report",
    request: { maxOutputTokens: 50, stream: true },
    sends: { max_tokens: 50, stream: true },
  },
  {
    name: "temperature is clamped to 1",
    request: { ...given, temperature: 1.5 },
    sends: { temperature: 1 },
    reports: ["clamped temperature 1.5 → 1"],
  },
  {
    name: "temperature and top_p do not go together since 4.1",
    request: { ...given, temperature: 0.2, topP: 0.9 },
    sends: { temperature: 0.2, top_p: undefined },
    refuses: ["top_p"],
  },
  {
    name: "temperature and top_p go together before",
    request: { ...given, temperature: 0.2, topP: 0.9 },
    model: "claude-sonnet-4-0",
    sends: { temperature: 0.2, top_p: 0.9 },
  },
  {
    name: "sampling is refused where the model has none",
    request: { ...given, temperature: 0.2, extras: { top_k: 5 } },
    model: "claude-opus-4-8",
    sends: { temperature: undefined, top_k: undefined },
    refuses: ["temperature", "top_k"],
  },
  {
    name: "a temperature of 1 is the default of such a model",
    request: { ...given, temperature: 1, topP: 1 },
    model: "claude-opus-4-8",
    sends: { temperature: undefined, top_p: undefined },
    reports: ["dropped temperature 1", "dropped top_p 1"],
  },
  {
    name: "stop becomes stop_sequences",
    request: { ...given, stop: ["END"] },
    sends: { stop_sequences: ["END"] },
    reports: ["renamed stop stop → stop_sequences"],
  },
  {
    name: "a blank stop sequence is refused",
    request: { ...given, stop: ["\n"] },
    sends: { stop_sequences: undefined },
    refuses: ["stop"],
  },
  {
    name: "what Anthropic lacks is refused",
    request: {
      ...given,
      n: 2,
      seed: 7,
      presencePenalty: 1,
      frequencyPenalty: 0,
      logitBias: { "5": 1 },
      logprobs: true,
      topLogprobs: 3,
    },
    sends: { n: undefined, seed: undefined, logprobs: undefined },
    reports: ["dropped frequency_penalty 0"],
    refuses: ["n", "seed", "logprobs", "top_logprobs", "logit_bias", "presence_penalty"],
  },
  {
    name: "effort becomes a budget below max_tokens",
    request: { maxOutputTokens: 10_000, reasoning: "high" },
    sends: { thinking: { type: "enabled", budget_tokens: 8000 } },
    reports: ["clamped reasoning_effort high → thinking.budget_tokens=8000"],
  },
  {
    name: "effort becomes its own budget where there is room",
    request: { ...given, reasoning: "low" },
    sends: { thinking: { type: "enabled", budget_tokens: 2048 } },
    reports: ["mapped reasoning_effort low → thinking.budget_tokens=2048"],
  },
  {
    name: "effort is refused where no budget fits",
    request: { maxOutputTokens: 1000, reasoning: "low" },
    sends: { thinking: undefined, max_tokens: 1000 },
    refuses: ["reasoning_effort"],
  },
  {
    name: "effort steers adaptive thinking",
    request: { ...given, reasoning: "xhigh" },
    model: "claude-opus-4-7",
    sends: { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "xhigh" } },
    reports: ["mapped reasoning_effort xhigh → output_config.effort=xhigh"],
  },
  {
    name: "an effort the model lacks is clamped",
    request: { ...given, reasoning: "xhigh" },
    model: "claude-opus-4-6",
    sends: { thinking: { type: "adaptive" }, output_config: { effort: "high" } },
    reports: ["clamped reasoning_effort xhigh → output_config.effort=high"],
  },
  {
    name: "no thinking is what older models do by nature",
    request: { ...given, reasoning: "none" },
    sends: { thinking: undefined, output_config: undefined },
  },
  {
    name: "no thinking is said where it is on by default",
    request: { ...given, reasoning: "none" },
    model: "claude-opus-5",
    sends: { thinking: { type: "disabled" } },
    reports: ["mapped reasoning_effort none → thinking.type=disabled"],
  },
  {
    name: "no thinking is low effort where it is always on",
    request: { ...given, reasoning: "none" },
    model: "claude-opus-5-5",
    sends: { thinking: undefined, output_config: { effort: "low" } },
    reports: ["clamped reasoning_effort none → output_config.effort=low"],
  },
  {
    name: "effort is refused where the model cannot think",
    request: { ...given, reasoning: "low" },
    model: "claude-3-5-haiku-20241022",
    sends: { thinking: undefined },
    refuses: ["reasoning_effort"],
  },
  {
    name: "thinking excludes temperature and bounds top_p",
    request: { ...given, reasoning: "low", temperature: 0.5, topP: 0.5 },
    sends: { temperature: undefined, top_p: 0.95 },
    reports: ["mapped reasoning_effort low → thinking.budget_tokens=2048", "clamped top_p 0.5 → 0.95"],
    refuses: ["temperature"],
  },
  {
    name: "a forced tool excludes a thinking budget",
    request: { ...given, reasoning: "low", tools: [tool], toolChoice: { mode: "required" } },
    sends: { thinking: undefined, tool_choice: { type: "any" } },
    refuses: ["reasoning_effort"],
  },
  {
    name: "the caller's own thinking passes",
    request: { ...given, extras: { thinking: { type: "enabled", budget_tokens: 3000 } } },
    sends: { thinking: { type: "enabled", budget_tokens: 3000 } },
    reports: ["passed thinking"],
  },
  {
    name: "a schema becomes the output format",
    request: { ...given, responseFormat },
    sends: { output_config: { format: { type: "json_schema", schema } } },
    reports: ["mapped response_format json_schema → output_config.format"],
  },
  {
    name: "a schema is refused before 4.5",
    request: { ...given, responseFormat },
    model: "claude-opus-4-1",
    sends: { output_config: undefined },
    refuses: ["response_format"],
  },
  {
    name: "free JSON is refused",
    request: { ...given, responseFormat: { type: "json" } },
    sends: { output_config: undefined },
    refuses: ["response_format"],
  },
  {
    name: "tools take the object schema",
    request: {
      ...given,
      tools: [
        tool,
        {
          name: "at",
          description: "d",
          parameters: { properties: {} },
          strict: true,
          extras: { cache_control: { type: "ephemeral" } },
        },
      ],
    },
    sends: {
      tools: [
        { name: "now", input_schema: { type: "object", properties: {} } },
        {
          name: "at",
          description: "d",
          input_schema: { type: "object", properties: {} },
          strict: true,
          cache_control: { type: "ephemeral" },
        },
      ],
      tool_choice: undefined,
    },
  },
  {
    name: "one named tool, one at a time",
    request: { ...given, tools: [tool], toolChoice: { mode: "tool", tool: "now" }, parallelToolCalls: false },
    sends: { tool_choice: { type: "tool", name: "now", disable_parallel_tool_use: true } },
    reports: ["mapped parallel_tool_calls false → tool_choice.disable_parallel_tool_use=true"],
  },
  {
    name: "no tool may be called",
    request: { ...given, tools: [tool], toolChoice: { mode: "none" } },
    sends: { tool_choice: { type: "none" } },
  },
  {
    name: "a choice without tools is dropped",
    request: { ...given, toolChoice: { mode: "auto" } },
    sends: { tool_choice: undefined },
    reports: ["dropped tool_choice auto"],
  },
  {
    name: "the user becomes metadata.user_id",
    request: { ...given, extras: { user: "u1", metadata: { trace: "t" } } },
    sends: { metadata: { user_id: "u1" }, user: undefined },
    reports: ["renamed user user → metadata.user_id"],
    refuses: ["metadata.trace"],
  },
  {
    name: "no client metadata where the policy forbids it",
    request: { ...given, extras: { user: "u1", metadata: { user_id: "u2" } } },
    to: { obligations: ["no-client-metadata"] },
    sends: { metadata: undefined },
    reports: ["dropped metadata.user_id", "dropped user"],
  },
  {
    name: "zdr-routing cannot be met and cannot be dropped",
    request: given,
    to: { obligations: ["zdr-routing", "store:false"] },
    sends: {},
    refuses: ["obligation:zdr-routing!"],
  },
  {
    name: "the service tier is translated",
    request: { ...given, extras: { service_tier: "default" } },
    sends: { service_tier: "standard_only" },
    reports: ["mapped service_tier default → standard_only"],
  },
  {
    name: "unknown fields are dropped and named, values not shown",
    request: {
      ...given,
      extras: {
        store: false,
        prediction: { content: "secret text" },
        verbosity: "low",
        base_url: "https://elsewhere",
      },
    },
    sends: { store: undefined, prediction: undefined, base_url: undefined },
    reports: ["dropped store false", "dropped base_url"],
    refuses: ["prediction", "verbosity"],
  },
  {
    name: "spoken answers and web search are refused",
    request: { ...given, extras: { modalities: ["text", "audio"], audio: {}, web_search_options: {} } },
    sends: { modalities: undefined },
    refuses: ["audio", "modalities", "web_search_options"],
  },
];
