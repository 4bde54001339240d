// Writes a neutral completion request as the body of Bedrock's Converse and ConverseStream.
// `bedrockDialect` calls it. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html

import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest } from "../../core/request.ts";
import { traitsOf } from "../anthropic/model-traits.ts";
import { encodeSampling } from "../anthropic/sampling.ts";
import { encodeThinking } from "../anthropic/thinking.ts";
import { type ChangeLog, createChangeLog } from "../change-log.ts";
import { type JsonObject, rowOf } from "../json.ts";
import { encodeExtras } from "./encode-extras.ts";
import { encodeConversation } from "./encode-messages.ts";
import { encodeTools } from "./encode-tools.ts";
import { type FamilyTraits, familyOf } from "./model-traits.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  const family = familyOf(to.upstreamModel);
  const { system, messages } = encodeConversation(request.messages, log);
  const model = family.claude ? claudeFields(request, to, log) : otherFields(request, family, log);
  const inferenceConfig = {
    maxTokens: encodeMaxTokens(request, to.maxOutputTokens, log),
    stopSequences: encodeStop(request.stop, log),
    ...model.sampling,
  };
  refuseWhatHasNoPlace(request, to, log);
  const body = {
    messages,
    ...(system.length === 0 ? {} : { system }),
    ...present("inferenceConfig", inferenceConfig),
    ...encodeTools(request, family, log),
    ...present("additionalModelRequestFields", model.own),
    outputConfig: encodeFormat(request, to, family, log),
    ...encodeExtras(request, to, log),
  };
  const operation = request.stream ? "converse-stream" : "converse";
  return {
    path: `/model/${encodeURIComponent(to.upstreamModel)}/${operation}`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    params: log.params,
    unsupported: log.unsupported,
  };
}

interface ModelFields {
  /** In `inferenceConfig`. */
  readonly sampling: JsonObject;
  /** Handed on to the model as they are. */
  readonly own: JsonObject;
}

const maxTokensWhereUnknown = 4096;

/** The rules are Anthropic's own, wherever the model runs. */
function claudeFields(request: CompletionRequest, to: Destination, log: ChangeLog): ModelFields {
  const traits = traitsOf(to.upstreamModel);
  const maxTokens = request.maxOutputTokens ?? to.maxOutputTokens ?? maxTokensWhereUnknown;
  const thinking = encodeThinking(request, traits, maxTokens, log);
  const { temperature, top_p: topP, top_k } = encodeSampling(request, traits, thinking.on, log);
  const output_config = thinking.effort === undefined ? undefined : { effort: thinking.effort };
  return { sampling: { temperature, topP }, own: { thinking: thinking.block, output_config, top_k } };
}

function otherFields(request: CompletionRequest, { effort }: FamilyTraits, log: ChangeLog): ModelFields {
  const asked = request.reasoning;
  const own = asked === undefined ? undefined : rowOf(effort?.words ?? {}, asked);
  if (own) log.changed("mapped", "reasoning_effort", asked, `additionalModelRequestFields.${effort?.to}`);
  else if (asked === "none") log.changed("dropped", "reasoning_effort", asked);
  else if (asked !== undefined) log.refused("reasoning_effort", asked);
  const warmest = 1;
  const temperature = request.temperature === undefined ? undefined : Math.min(request.temperature, warmest);
  if (temperature !== request.temperature)
    log.changed("clamped", "temperature", request.temperature, temperature);
  return { sampling: { temperature, topP: request.topP }, own: own ?? {} };
}

function encodeMaxTokens(request: CompletionRequest, limit: number | undefined, log: ChangeLog) {
  const { maxOutputTokens: asked, maxOutputTokensSpelling: param = "max_tokens" } = request;
  if (asked === undefined) return undefined;
  log.changed("renamed", param, param, "inferenceConfig.maxTokens");
  if (limit === undefined || asked <= limit) return asked;
  log.changed("clamped", param, asked, limit);
  return limit;
}

function encodeStop(stop: readonly string[] | undefined, log: ChangeLog): readonly string[] | undefined {
  if (stop === undefined || stop.length === 0) return undefined;
  log.changed("renamed", "stop", "stop", "inferenceConfig.stopSequences");
  return stop;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html: a schema as text, but no free JSON. */
function encodeFormat(
  { responseFormat: asked }: CompletionRequest,
  to: Destination,
  family: FamilyTraits,
  log: ChangeLog,
): JsonObject | undefined {
  if (asked === undefined) return undefined;
  if (asked.type !== "schema" || !takesSchema(to, family)) {
    log.refused("response_format", asked.type === "schema" ? "json_schema" : "json_object");
    return undefined;
  }
  log.changed("mapped", "response_format", "json_schema", "outputConfig.textFormat");
  const { name, description, schema } = asked;
  const jsonSchema = { name, description, schema: JSON.stringify(schema ?? {}) };
  return { textFormat: { type: "json_schema", structure: { jsonSchema } } };
}

export const takesSchema = (to: Destination, family: FamilyTraits): boolean =>
  family.claude ? traitsOf(to.upstreamModel).structuredOutput : family.structuredOutput;

function refuseWhatHasNoPlace(request: CompletionRequest, to: Destination, log: ChangeLog): void {
  if (request.n > 1) log.refused("n", request.n);
  if (request.seed !== undefined) log.refused("seed", request.seed);
  if (request.logprobs === true) log.refused("logprobs", true);
  if (request.topLogprobs !== undefined) log.refused("top_logprobs", request.topLogprobs);
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0) log.refused("logit_bias");
  for (const [param, asked] of [
    ["presence_penalty", request.presencePenalty],
    ["frequency_penalty", request.frequencyPenalty],
  ] as const) {
    if (asked === 0) log.changed("dropped", param, 0);
    else if (asked !== undefined) log.refused(param, asked);
  }
  // Bedrock keeps nothing on request and is told no client's name, so the other duties are met by nature.
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");
}

/** Left out where nothing in it says anything. */
const present = (name: string, fields: JsonObject): JsonObject =>
  Object.values(fields).some((value) => value !== undefined) ? { [name]: fields } : {};
