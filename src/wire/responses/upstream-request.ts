// Writes a neutral completion request for an upstream that speaks the Responses API, keeping nothing there.
// `upstream-dialect` calls it once per attempt; it says everything it changed and everything it could not say.

import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest, ResponseFormat, Tool, ToolChoice } from "../../core/request.ts";
import { isFreeform } from "../freeform.ts";
import { arrayOf, isObject, type JsonObject, objectOf, rowOf } from "../json.ts";
import { parametersOfModel } from "../openai/model-parameters.ts";
import { applyObligations } from "../openai/obligations.ts";
import { sortExtras } from "../openai/request-extras.ts";
import { type Placed, placeParameter, tableName, thinks } from "../openai/request-parameters.ts";
import { lacks } from "../openai/request-parts.ts";
import { isServerTool, nativeOf } from "./server-tools.ts";
import { encodeInput } from "./upstream-items.ts";
import { parameterTable } from "./upstream-parameters.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const extras = sortExtras(request.extras, to, "responses");
  const input = encodeInput(request.messages, to);
  const obligations = applyObligations(to);
  const placed: Placed = {
    fields: {},
    params: [...extras.params, ...input.params],
    unsupported: [...input.unsupported, ...obligations.unsupported],
  };
  const { of: table } = parameterTable(to);
  const thinking = thinks(request, parametersOfModel(to.upstreamModel, to.providerId));
  const wanted: JsonObject = { ...extras.passed, ...settings(request, to, placed) };
  for (const name in wanted) {
    const value = wanted[name];
    if (value === undefined) continue;
    const support = rowOf(table, tableName(name, value)) ?? { is: "taken" };
    placeParameter(name, value, support, thinking, placed);
  }
  const { include, reasoning_summary: summary, ...fields } = placed.fields;
  const body = {
    // Its default is to keep every answer.
    store: false,
    ...nested({ ...fields, "reasoning.summary": summary }),
    include: includes(include, request.extras["include"], to),
    ...obligations.fields,
    model: to.upstreamModel,
    input: input.items,
    ...(request.stream ? { stream: true } : {}),
  };
  return {
    path: "/responses",
    headers: {
      "content-type": "application/json",
      accept: request.stream ? "text/event-stream" : "application/json",
    },
    body: JSON.stringify(body),
    params: placed.params,
    unsupported: placed.unsupported,
  };
}

/** By OpenAI's chat names, as the capability table knows them, with the values that this API wants. */
function settings(request: CompletionRequest, to: Destination, { params }: Placed): JsonObject {
  const { maxOutputTokens: asked, maxOutputTokensSpelling: field = "max_completion_tokens" } = request;
  const limit = asked === undefined ? undefined : withinLimits(asked, to.maxOutputTokens);
  if (limit !== asked) params.push({ param: field, action: "clamped", from: asked, to: limit });
  return {
    [field]: limit,
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
    ...toolChoice(request),
    parallel_tool_calls: request.parallelToolCalls,
    ...(request.responseFormat ? { response_format: encodeFormat(request.responseFormat) } : {}),
    ...(request.reasoning ? { reasoning_effort: request.reasoning } : {}),
  };
}

function encodeTool(tool: Tool): JsonObject {
  const { name, description, parameters, strict, freeform, native, extras, functionExtras } = tool;
  const served = nativeOf(native);
  if (served) return served;
  const common = { ...functionExtras, ...extras, name, description };
  if (freeform !== undefined) return { ...common, type: "custom", format: freeform.format };
  return {
    ...common,
    type: "function",
    parameters: parameters ?? { type: "object", properties: {} },
    // Absent would mean strict here, and never did in chat completions.
    strict: strict ?? false,
  };
}

/** "The minimum value for max_output_tokens is 16." */
const leastTokens = 16;

const withinLimits = (asked: number, most = Number.POSITIVE_INFINITY): number =>
  Math.max(leastTokens, Math.min(asked, most));

function toolChoice({ toolChoice: choice, tools: offered, extras }: CompletionRequest): JsonObject {
  if (choice) return { tool_choice: encodeChoice(choice, offered) };
  if (isServerTool(objectOf(extras["tool_choice"])?.["type"])) return { tool_choice: extras["tool_choice"] };
  const other = objectOf(extras["tool_choice"]);
  const allowed = objectOf(other?.["allowed_tools"]);
  if (!allowed) return {};
  const tools = arrayOf(allowed["tools"])
    .filter(isObject)
    .map((tool) => {
      const { type, custom, function: named } = tool;
      if (isServerTool(type)) return tool;
      return type === "custom"
        ? { type, name: objectOf(custom)?.["name"] }
        : { type: "function", name: objectOf(named)?.["name"] };
    });
  return { tool_choice: { type: "allowed_tools", mode: allowed["mode"], tools } };
}

const encodeChoice = (choice: ToolChoice, offered: readonly Tool[] | undefined): unknown =>
  choice.mode === "tool"
    ? { type: isFreeform(offered, choice.tool) ? "custom" : "function", name: choice.tool }
    : choice.mode;

function encodeFormat(format: ResponseFormat): JsonObject {
  if (format.type === "json") return { type: "json_object" };
  const { name, schema, strict, description } = format;
  return { type: "json_schema", name, description, schema, strict };
}

/** A model that thinks is asked for its thoughts sealed, so that they can be handed back. */
function includes(asked: unknown, also: unknown, to: Destination): readonly unknown[] | undefined {
  const sealed = lacks(to, "REASONING") ? [] : ["reasoning.encrypted_content"];
  const logprobs = asked === true ? ["message.output_text.logprobs"] : [];
  const all = [...new Set([...sealed, ...logprobs, ...arrayOf(asked), ...arrayOf(also)])];
  return all.length === 0 ? undefined : all;
}

/** `text.format` becomes a field of `text`. */
function nested(fields: JsonObject): JsonObject {
  const body: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    const [outer = name, inner] = name.split(".");
    if (inner === undefined) body[name] = value;
    else if (value !== undefined) body[outer] = { ...objectOf(body[outer]), [inner]: value };
  }
  return body;
}
