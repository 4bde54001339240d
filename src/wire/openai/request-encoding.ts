// Writes a neutral completion request as a provider's OpenAI-shaped one.
// The dialect calls it once per attempt; it says everything it changed and everything it could not say.

import type { ParamChange } from "../../core/answer.ts";
import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest, ResponseFormat, ToolChoice } from "../../core/request.ts";
import type { JsonObject } from "../json.ts";
import { switchOrNumber } from "../change-log.ts";
import { applyObligations } from "./obligations.ts";
import { type ProviderHabits, habitsOf } from "./provider-habits.ts";
import { sortExtras } from "./request-extras.ts";
import { encodeMessages } from "./request-messages.ts";
import { lacks } from "./request-parts.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const habits = habitsOf(to.providerId);
  const extras = sortExtras(request.extras, to);
  const messages = encodeMessages(request.messages, to);
  const obligations = applyObligations(to);
  const limit = outputLimit(request, to, habits.maxTokensField);
  const unsupported = [...messages.unsupported, ...obligations.unsupported];
  const fields: Record<string, unknown> = { ...extras.passed };
  const wanted = settings(request, habits, to, limit.tokens);
  for (const name in wanted) if (wanted[name] !== undefined) fields[name] = wanted[name];
  for (const name in fields) {
    const value = fields[name];
    if (isSupported(name, value, habits, to)) continue;
    delete fields[name];
    if (isDefault(name, value)) continue;
    // An answer's sound has no place in the stream of events yet, and its text is not what was asked for.
    unsupported.push({
      param: name,
      path: name,
      droppable: !isSound(name, value),
      from: switchOrNumber(value),
    });
  }
  const body = {
    ...fields,
    ...obligations.fields,
    model: to.upstreamModel,
    messages: messages.messages,
    ...(request.stream ? streaming(habits) : {}),
  };
  return {
    path: "/chat/completions",
    headers: {
      "content-type": "application/json",
      accept: request.stream ? "text/event-stream" : "application/json",
    },
    body: JSON.stringify(body),
    params: [...extras.params, ...messages.params, ...limit.params, ...mappings(request, fields, habits)],
    unsupported,
  };
}

/** Our fields by their wire names; a name that is undefined is not sent. */
function settings(
  request: CompletionRequest,
  habits: ProviderHabits,
  to: Destination,
  maxTokens: number | undefined,
): JsonObject {
  return {
    [habits.maxTokensField]: maxTokens,
    n: request.n > 1 ? request.n : undefined,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
    [habits.seedField]: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    logit_bias: request.logitBias,
    logprobs: request.logprobs,
    top_logprobs: request.topLogprobs,
    tools: request.tools?.map(({ name, description, parameters, strict, extras, functionExtras }) => ({
      ...extras,
      type: "function",
      function: { ...functionExtras, name, description, parameters, strict },
    })),
    tool_choice: request.toolChoice && encodeToolChoice(request.toolChoice),
    parallel_tool_calls: request.parallelToolCalls,
    response_format: request.responseFormat && encodeFormat(request.responseFormat),
    ...reasoningFields(request, habits, to),
  };
}

/** Under the caller's name where the model does not reason, so that it is reported under that name. */
function reasoningFields({ reasoning }: CompletionRequest, habits: ProviderHabits, to: Destination) {
  if (reasoning === undefined) return {};
  return lacks(to, "REASONING") ? { reasoning_effort: reasoning } : habits.reasoningFields(reasoning);
}

const streaming = (habits: ProviderHabits): JsonObject =>
  habits.streamOptions ? { stream: true, stream_options: { include_usage: true } } : { stream: true };

function encodeToolChoice(choice: ToolChoice): unknown {
  return choice.mode === "tool" ? { type: "function", function: { name: choice.tool } } : choice.mode;
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { name, schema, strict, description } = format;
  const rules = { name, description, schema, ...(strict ? { strict } : {}) };
  return { type: "json_schema", json_schema: rules };
}

/** A limit above the model's own is an error upstream; the caller meant "as much as there is". */
function outputLimit(request: CompletionRequest, to: Destination, field: string) {
  const { maxOutputTokens: asked, maxOutputTokensSpelling: spelling } = request;
  const params: ParamChange[] = [];
  if (asked === undefined) return { tokens: undefined, params };
  if (spelling !== undefined && spelling !== field) {
    params.push({ param: spelling, action: "renamed", to: field });
  }
  const tokens = Math.min(asked, to.maxOutputTokens ?? asked);
  if (tokens < asked) params.push({ param: spelling ?? field, action: "clamped", from: asked, to: tokens });
  return { tokens, params };
}

/** What a known model must be able to do for a field to mean anything. */
const capabilityOf: Readonly<Record<string, string>> = {
  tools: "TOOLS",
  reasoning_effort: "REASONING",
};

function isSupported(name: string, value: unknown, habits: ProviderHabits, to: Destination): boolean {
  if (habits.unsupported.includes(name) || lacks(to, capabilityOf[name])) return false;
  if (isSound(name, value)) return false;
  return name !== "response_format" || !habits.unsupported.includes(`response_format.${formatType(value)}`);
}

const isSound = (name: string, value: unknown): boolean =>
  name === "audio" || (name === "modalities" && Array.isArray(value) && value.includes("audio"));

/** Saying what holds anyway asks nothing of a provider that does not know the field. */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  tool_choice: ["auto"],
  parallel_tool_calls: [true],
  logprobs: [false],
  top_logprobs: [0],
  frequency_penalty: [0],
  presence_penalty: [0],
  reasoning_effort: ["none"],
};

function isDefault(name: string, value: unknown): boolean {
  if (name === "logit_bias") return Object.keys(value as object).length === 0;
  return defaults[name]?.includes(value) ?? false;
}

const formatType = (format: unknown): string => String((format as { type?: unknown } | null)?.type);

/** Fields that say the same in other words. */
function mappings(request: CompletionRequest, fields: JsonObject, habits: ProviderHabits): ParamChange[] {
  const params: ParamChange[] = [];
  if (request.seed !== undefined && habits.seedField !== "seed") {
    params.push({ param: "seed", action: "renamed", to: habits.seedField });
  }
  if (request.reasoning !== undefined) {
    const [name, value] = Object.entries(habits.reasoningFields(request.reasoning))[0] ?? [];
    if (name !== undefined && name !== "reasoning_effort" && name in fields) {
      params.push({
        param: "reasoning_effort",
        action: "mapped",
        from: request.reasoning,
        to: { [name]: value },
      });
    }
  }
  return params;
}
