// Writes a neutral completion request as a provider's OpenAI-shaped one, as the destination's capability table says.
// The dialect calls it once per attempt; it says everything it changed and everything it could not say.

import type { ParamChange } from "../../core/answer.ts";
import type { Destination, EncodedRequest, ParameterTable } from "../../core/dialect.ts";
import type { CompletionRequest, ResponseFormat, Tool, ToolChoice } from "../../core/request.ts";
import { isFreeform, nestedFormat } from "../freeform.ts";
import { type JsonObject, rowOf } from "../json.ts";
import { type ModelParameters, parametersOfModel } from "./model-parameters.ts";
import { type AppliedObligations, applyObligations } from "./obligations.ts";
import { parameterTable } from "./parameter-table.ts";
import { type ProviderHabits, habitsOf } from "./provider-habits.ts";
import { providerPreferences } from "./provider-preferences.ts";
import { sortExtras } from "./request-extras.ts";
import { encodeMessages } from "./request-messages.ts";
import { asTextCompletion, continuesText } from "./text-completion.ts";
import { type Placed, placeParameter, tableName, thinks } from "./request-parameters.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const { habits, model, table, obligations } = termsOf(to);
  const goesOn = continuesText(request, to);
  const extras = sortExtras(request.extras, to, goesOn ? "text" : "chat");
  const messages = encodeMessages(request.messages, to);
  const limit = outputLimit(request, to);
  const fields: Record<string, unknown> = {};
  const params = [...extras.params, ...messages.params, ...limit.params];
  const unsupported = [...messages.unsupported, ...obligations.unsupported];
  const placed: Placed = { fields, params, unsupported };
  const thinking = thinks(request, model);
  const wanted = withSettings(extras.passed, request, limit.field, limit.tokens);
  for (const name in wanted) {
    const value = wanted[name];
    const support = rowOf(table, tableName(name, value));
    if (support === undefined || support.is === "taken") fields[name] = value;
    else placeParameter(name, value, support, thinking, placed);
  }
  for (const name in model.fields) fields[name] ??= model.fields[name];
  const preferences = providerPreferences(fields, obligations.fields, habits, to);
  for (const name in obligations.fields) {
    const value = obligations.fields[name];
    if (name in fields && fields[name] !== value && typeof value !== "object")
      params.push({ param: name, action: "mapped", from: fields[name], to: value });
    fields[name] = value;
  }
  if (preferences !== undefined) fields["provider"] = preferences;
  fields["model"] = to.upstreamModel;
  fields["messages"] = messages.messages;
  if (request.stream) {
    fields["stream"] = true;
    if (habits.streamOptions) fields["stream_options"] = { include_usage: true };
  }
  return {
    path: goesOn ? "/completions" : "/chat/completions",
    headers: request.stream ? streamHeaders : wholeHeaders,
    body: JSON.stringify(goesOn ? asTextCompletion(fields, request) : fields),
    params,
    unsupported,
  };
}

const streamHeaders = { "content-type": "application/json", accept: "text/event-stream" };
const wholeHeaders = { "content-type": "application/json", accept: "application/json" };

/** What is the same for every request to one destination. */
interface Terms {
  readonly habits: ProviderHabits;
  readonly model: ModelParameters;
  readonly table: ParameterTable["of"];
  readonly obligations: AppliedObligations;
}

const knownTerms = new WeakMap<Destination, Terms>();

function termsOf(to: Destination): Terms {
  let terms = knownTerms.get(to);
  if (terms === undefined) {
    terms = {
      habits: habitsOf(to.providerId),
      model: parametersOfModel(to.upstreamModel, to.providerId),
      table: parameterTable(to).of,
      obligations: applyObligations(to),
    };
    knownTerms.set(to, terms);
  }
  return terms;
}

/** Our fields by OpenAI's names, efforts last: the caller may have said it in the provider's own words. */
function withSettings(
  wanted: Record<string, unknown>,
  request: CompletionRequest,
  limitField: string,
  maxTokens: number | undefined,
): JsonObject {
  const { tools, toolChoice, responseFormat } = request;
  if (maxTokens !== undefined) wanted[limitField] = maxTokens;
  if (request.n > 1) wanted["n"] = request.n;
  if (request.temperature !== undefined) wanted["temperature"] = request.temperature;
  if (request.topP !== undefined) wanted["top_p"] = request.topP;
  if (request.stop !== undefined) wanted["stop"] = request.stop;
  if (request.seed !== undefined) wanted["seed"] = request.seed;
  if (request.presencePenalty !== undefined) wanted["presence_penalty"] = request.presencePenalty;
  if (request.frequencyPenalty !== undefined) wanted["frequency_penalty"] = request.frequencyPenalty;
  if (request.logitBias !== undefined) wanted["logit_bias"] = request.logitBias;
  if (request.logprobs !== undefined) wanted["logprobs"] = request.logprobs;
  if (request.topLogprobs !== undefined) wanted["top_logprobs"] = request.topLogprobs;
  if (tools !== undefined) wanted["tools"] = tools.map(encodeTool);
  if (toolChoice !== undefined) wanted["tool_choice"] = encodeToolChoice(toolChoice, tools);
  if (request.parallelToolCalls !== undefined) wanted["parallel_tool_calls"] = request.parallelToolCalls;
  if (responseFormat !== undefined) wanted["response_format"] = encodeFormat(responseFormat);
  if (request.reasoning !== undefined) wanted["reasoning_effort"] = request.reasoning;
  return wanted;
}

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
