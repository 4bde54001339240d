// Writes a neutral completion request as the body of Anthropic's Messages API.
// `anthropicDialect` calls it. https://platform.claude.com/docs/en/api/messages

import type { Destination, EncodedRequest } from "../../core/dialect.ts";
import type { CompletionRequest } from "../../core/request.ts";
import { type ChangeLog, createChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";
import { encodeBetas } from "./betas.ts";
import { encodeExtras } from "./encode-extras.ts";
import { encodeConversation } from "./encode-messages.ts";
import { encodeTools } from "./encode-tools.ts";
import { type ModelTraits, traitsOf } from "./model-traits.ts";
import { encodeSampling } from "./sampling.ts";
import { type Thinking, encodeThinking } from "./thinking.ts";

export function encodeCompletion(request: CompletionRequest, to: Destination): EncodedRequest {
  const log = createChangeLog();
  const traits = traitsOf(to.upstreamModel);
  const conversation = encodeConversation(request.messages, log, request.words === "anthropic");
  const maxTokens = encodeMaxTokens(request, to.maxOutputTokens, log);
  const thinking = encodeThinking(request, traits, maxTokens, log);
  refuseWhatHasNoPlace(request, to, log);

  const body = {
    model: to.upstreamModel,
    max_tokens: maxTokens,
    ...(conversation.system.length === 0 ? {} : { system: conversation.system }),
    messages: conversation.turns,
    ...encodeTools(request, traits, log),
    ...encodeSampling(request, traits, thinking.on, log),
    stop_sequences: encodeStop(request, log),
    thinking: thinking.block,
    output_config: encodeOutputConfig(request, traits, thinking, log),
    ...encodeExtras(request, to, log),
    ...(request.stream ? { stream: true } : {}),
  };
  return {
    path: "/v1/messages",
    headers: {
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      ...encodeBetas(request, log),
    },
    body: JSON.stringify(body),
    params: log.params,
    unsupported: log.unsupported,
  };
}

const maxTokensWhereUnknown = 4096;

/** The API wants a number. Where the caller says none it is the model's own limit. */
function encodeMaxTokens(request: CompletionRequest, limit: number | undefined, log: ChangeLog): number {
  const { maxOutputTokens: asked, maxOutputTokensSpelling: param = "max_tokens" } = request;
  if (asked === undefined) {
    const filled = limit ?? maxTokensWhereUnknown;
    log.changed("mapped", "max_tokens", undefined, filled);
    return filled;
  }
  if (param !== "max_tokens") log.changed("renamed", param, param, "max_tokens");
  if (limit === undefined || asked <= limit) return asked;
  log.changed("clamped", param, asked, limit);
  return limit;
}

/** "Each stop sequence must contain non-whitespace." */
function encodeStop({ stop, words }: CompletionRequest, log: ChangeLog): readonly string[] | undefined {
  if (stop === undefined || stop.length === 0) return undefined;
  const usable = stop.filter((sequence) => sequence.trim() !== "");
  if (usable.length < stop.length) log.refused("stop", "blank sequence");
  if (usable.length === 0) return undefined;
  if (words === undefined) log.changed("renamed", "stop", "stop", "stop_sequences");
  return usable;
}

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs: a schema, but no free JSON mode. */
function encodeOutputConfig(
  request: CompletionRequest,
  traits: ModelTraits,
  thinking: Thinking,
  log: ChangeLog,
): JsonObject | undefined {
  const asked = request.responseFormat;
  const own = request.extras["output_config"];
  const config: Record<string, unknown> = isObject(own) ? { ...own } : {};
  if (isObject(own)) log.changed("passed", "output_config");
  else if (own !== undefined) log.changed("dropped", "output_config");
  if (thinking.effort !== undefined) config["effort"] = thinking.effort;
  if (asked?.type === "schema" && traits.structuredOutput) {
    config["format"] = { type: "json_schema", schema: asked.schema };
    if (request.words === undefined) {
      log.changed("mapped", "response_format", "json_schema", "output_config.format");
    }
  } else if (asked !== undefined) {
    log.refused("response_format", asked.type === "schema" ? "json_schema" : "json_object");
  }
  return Object.keys(config).length === 0 ? undefined : config;
}

function refuseWhatHasNoPlace(request: CompletionRequest, to: Destination, log: ChangeLog): void {
  if (request.n > 1) log.refused("n", request.n);
  if (request.seed !== undefined) log.refused("seed", request.seed);
  if (request.logprobs === true) log.refused("logprobs", true);
  if (request.topLogprobs !== undefined) log.refused("top_logprobs", request.topLogprobs);
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0) log.refused("logit_bias");
  refusePenalty("presence_penalty", request.presencePenalty, log);
  refusePenalty("frequency_penalty", request.frequencyPenalty, log);
  // Anthropic keeps answers by contract, not by request: nothing to send for the other two.
  if (to.obligations.includes("zdr-routing"))
    log.refusedForGood("obligation:zdr-routing", "obligation:zdr-routing");
}

/** A penalty of 0 is none. */
function refusePenalty(param: string, asked: number | undefined, log: ChangeLog): void {
  if (asked === 0) log.changed("dropped", param, 0);
  else if (asked !== undefined) log.refused(param, asked);
}
