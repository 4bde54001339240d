// Every parameter that OpenAI documents for chat completions, each with a value that says something.
// Scenario tests send them one by one, so that none is lost between a client and a provider without a word.
// https://platform.openai.com/docs/api-reference/chat/create as read in November 2026.

const parameters = { type: "object", properties: { place: { type: "string" } }, required: ["place"] };
const tools = [{ type: "function", function: { name: "weather", description: "Weather", parameters } }];
const schema = { type: "object", properties: { a: { type: "string" } }, required: ["a"] };

/** What the parameter needs beside it, and the parameter itself. */
export interface DocumentedParameter {
  readonly name: string;
  readonly beside?: Readonly<Record<string, unknown>>;
  readonly value: unknown;
}

export const documentedParameters: readonly DocumentedParameter[] = [
  { name: "temperature", value: 0.25 },
  { name: "top_p", value: 0.5 },
  { name: "n", value: 2 },
  { name: "stop", value: ["END", "STOP"] },
  { name: "max_tokens", value: 77 },
  { name: "max_completion_tokens", value: 78 },
  { name: "presence_penalty", value: 0.5 },
  { name: "frequency_penalty", value: -0.5 },
  { name: "logit_bias", value: { "50256": -100 } },
  { name: "logprobs", value: true },
  { name: "top_logprobs", beside: { logprobs: true }, value: 3 },
  { name: "seed", value: 42 },
  { name: "tools", value: tools },
  { name: "tool_choice", beside: { tools }, value: "required" },
  { name: "tool_choice", beside: { tools }, value: { type: "function", function: { name: "weather" } } },
  { name: "parallel_tool_calls", beside: { tools }, value: false },
  { name: "response_format", value: { type: "json_object" } },
  {
    name: "response_format",
    value: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } },
  },
  { name: "reasoning_effort", value: "low" },
  { name: "verbosity", value: "low" },
  { name: "service_tier", value: "priority" },
  { name: "store", value: true },
  { name: "metadata", value: { case: "17" } },
  { name: "user", value: "user-17" },
  { name: "safety_identifier", value: "hash-17" },
  { name: "prompt_cache_key", value: "cache-17" },
  { name: "prompt_cache_retention", value: "24h" },
  { name: "prediction", value: { type: "content", content: "Once upon" } },
  { name: "modalities", value: ["text", "audio"] },
  { name: "audio", value: { voice: "alloy", format: "mp3" } },
  { name: "web_search_options", value: { search_context_size: "low" } },
  { name: "functions", value: [{ name: "weather", parameters }] },
  {
    name: "function_call",
    beside: { functions: [{ name: "weather", parameters }] },
    value: { name: "weather" },
  },
  { name: "field_of_the_future", value: { deep: [1, "two"] } },
];
