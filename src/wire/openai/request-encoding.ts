// Writes a neutral completion request as a provider's OpenAI-shaped one, as the destination's capability table says.
// The dialect calls it once per attempt; it says everything it changed and everything it could not say.

import type { ParamChange } from "../../core/answer.ts";
import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest, ResponseFormat, Tool, ToolChoice } from "../../core/request.ts";
import { isFreeform, nestedFormat } from "../freeform.ts";
import { type JsonObject, rowOf } from "../json.ts";
import { parametersOfModel } from "./model-parameters.ts";
import { applyObligations } from "./obligations.ts";
import { parameterTable } from "./parameter-table.ts";
import { type ProviderHabits, habitsOf } from "./provider-habits.ts";
import { providerPreferences } from "./provider-preferences.ts";
import { sortExtras } from "./request-extras.ts";
import { encodeMessages } from "./request-messages.ts";
import { asTextCompletion, continuesText } from "./text-completion.ts";
import { type Placed, placeParameter, tableName, thinks } from "./request-parameters.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const habits = habitsOf(to.providerId);
  const model = parametersOfModel(to.upstreamModel, to.providerId);
  const extras = sortExtras(request.extras, to, continuesText(request, to) ? "text" : "chat");
  const messages = encodeMessages(request.messages, to);
  const obligations = applyObligations(to);
  const limit = outputLimit(request, to);
  const placed: Placed = {
    fields: {},
    params: [...extras.params, ...messages.params, ...limit.params],
    unsupported: [...messages.unsupported, ...obligations.unsupported],
  };
  const { of: table } = parameterTable(to);
  const thinking = thinks(request, model);
  const wanted = { ...extras.passed, ...settings(request, limit.field, limit.tokens) };
  for (const name in wanted) {
    const value = wanted[name];
    if (value === undefined) continue;
    const support = rowOf(table, tableName(name, value)) ?? { is: "taken" };
    placeParameter(name, value, support, thinking, placed);
  }
  const { fields } = placed;
  for (const name in model.fields) fields[name] ??= model.fields[name];
  for (const [name, value] of Object.entries(obligations.fields)) {
    if (name in fields && fields[name] !== value && typeof value !== "object") {
      placed.params.push({ param: name, action: "mapped", from: fields[name], to: value });
    }
  }
  const body = {
    ...fields,
    ...obligations.fields,
    ...providerPreferences(fields, obligations.fields, habits, to),
    model: to.upstreamModel,
    messages: messages.messages,
    ...(request.stream ? streaming(habits) : {}),
  };
  const goesOn = continuesText(request, to);
  return {
    path: goesOn ? "/completions" : "/chat/completions",
    headers: {
      "content-type": "application/json",
      accept: request.stream ? "text/event-stream" : "application/json",
    },
    body: JSON.stringify(goesOn ? asTextCompletion(body, request) : body),
    params: placed.params,
    unsupported: placed.unsupported,
  };
}

/** Our fields by OpenAI's names, efforts last: the caller may have said it in the provider's own words. */
function settings(request: CompletionRequest, limitField: string, maxTokens: number | undefined): JsonObject {
  return {
    [limitField]: maxTokens,
    n: request.n > 1 ? request.n : undefined,
    temperature: request.temperature,
    top_p: request.topP,
    stop: request.stop,
    seed: request.seed,
    presence_penalty: request.presencePenalty,
    frequency_penalty: request.frequencyPenalty,
    logit_bias: request.logitBias,
    logprobs: request.logprobs,
    top_logprobs: request.topLogprobs,
    tools: request.tools?.map(encodeTool),
    ...present("tool_choice", request.toolChoice && encodeToolChoice(request.toolChoice, request.tools)),
    parallel_tool_calls: request.parallelToolCalls,
    ...present("response_format", request.responseFormat && encodeFormat(request.responseFormat)),
    ...present("reasoning_effort", request.reasoning),
  };
}

/** These may stand among the extras instead, in a form that has no neutral one. */
const present = (name: string, value: unknown): JsonObject => (value === undefined ? {} : { [name]: value });

const streaming = (habits: ProviderHabits): JsonObject =>
  habits.streamOptions ? { stream: true, stream_options: { include_usage: true } } : { stream: true };

function encodeTool(tool: Tool): JsonObject {
  const { name, description, parameters, strict, freeform, extras, functionExtras } = tool;
  if (freeform === undefined)
    return {
      ...extras,
      type: "function",
      function: { ...functionExtras, name, description, parameters, strict },
    };
  return {
    ...extras,
    type: "custom",
    custom: { ...functionExtras, name, description, format: nestedFormat(freeform) },
  };
}

function encodeToolChoice(choice: ToolChoice, tools: readonly Tool[] | undefined): unknown {
  if (choice.mode !== "tool") return choice.mode;
  const kind = isFreeform(tools, choice.tool) ? "custom" : "function";
  return { type: kind, [kind]: { name: choice.tool } };
}

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { name, schema, strict, description } = format;
  const rules = { name, description, schema, ...(strict ? { strict } : {}) };
  return { type: "json_schema", json_schema: rules };
}

/** A limit above the model's own is an error upstream; the caller meant "as much as there is". */
function outputLimit(request: CompletionRequest, to: Destination) {
  const { maxOutputTokens: asked, maxOutputTokensSpelling } = request;
  const params: ParamChange[] = [];
  // Without a spelling of the caller's the provider's own needs no word.
  const field = maxOutputTokensSpelling ?? ownLimitField(to);
  if (asked === undefined) return { field, tokens: undefined, params };
  const tokens = Math.min(asked, to.maxOutputTokens ?? asked);
  if (tokens < asked) params.push({ param: field, action: "clamped", from: asked, to: tokens });
  return { field, tokens, params };
}

const ownLimitField = (to: Destination): string =>
  parameterTable(to).of.max_tokens.is === "taken" ? "max_tokens" : "max_completion_tokens";
