// Writes the parameters of a request as Gemini's generationConfig.
// The request encoder calls it. https://ai.google.dev/api/generate-content#generationconfig

import type { Destination } from "../../core/dialect.ts";
import type { CompletionRequest, ResponseFormat } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import type { JsonObject } from "../json.ts";
import { encodeThinking } from "./thinking.ts";

/** Parameters that only change their name: neutral field, OpenAI's name, Gemini's name. */
const renamed = [
  ["temperature", "temperature", "temperature"],
  ["topP", "top_p", "topP"],
  ["presencePenalty", "presence_penalty", "presencePenalty"],
  ["frequencyPenalty", "frequency_penalty", "frequencyPenalty"],
  ["logprobs", "logprobs", "responseLogprobs"],
  ["topLogprobs", "top_logprobs", "logprobs"],
] as const;

export function encodeGenerationConfig(
  request: CompletionRequest,
  to: Destination,
  log: ChangeLog,
): JsonObject {
  const config: Record<string, unknown> = {};
  for (const [field, param, name] of renamed) {
    const value = request[field];
    if (value === undefined) continue;
    config[name] = value;
    if (name !== param) log.changed("renamed", param, param, `generationConfig.${name}`);
  }
  const fields: JsonObject = {
    maxOutputTokens: encodeMaxTokens(request, to.maxOutputTokens, log),
    stopSequences: encodeStop(request.stop, log),
    seed: encodeSeed(request.seed, log),
    candidateCount: encodeCount(request.n, log),
    thinkingConfig: encodeThinking(request, to.upstreamModel, log),
    ...encodeResponseFormat(request.responseFormat, log),
  };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) config[name] = value;
  if (request.logitBias !== undefined && Object.keys(request.logitBias).length > 0) log.refused("logit_bias");
  return config;
}

function encodeMaxTokens(request: CompletionRequest, limit: number | undefined, log: ChangeLog) {
  const { maxOutputTokens: asked, maxOutputTokensSpelling: param = "max_tokens" } = request;
  if (asked === undefined) return undefined;
  const within = limit === undefined ? asked : Math.min(asked, limit);
  log.changed("renamed", param, param, "generationConfig.maxOutputTokens");
  if (within < asked) log.changed("clamped", param, asked, within);
  return within;
}

const mostStops = 5;

function encodeStop(stop: readonly string[] | undefined, log: ChangeLog): readonly string[] | undefined {
  if (stop === undefined || stop.length === 0) return undefined;
  if (stop.length > mostStops) log.refused("stop", stop.length);
  else log.changed("renamed", "stop", "stop", "generationConfig.stopSequences");
  return stop.slice(0, mostStops);
}

/** The API keeps it in 32 bits. */
function encodeSeed(seed: number | undefined, log: ChangeLog): number | undefined {
  if (seed === undefined || (seed | 0) === seed) return seed;
  log.refused("seed", seed);
  return undefined;
}

const mostCandidates = 8;

function encodeCount(n: number, log: ChangeLog): number | undefined {
  if (n <= 1) return undefined;
  if (n > mostCandidates) {
    log.refused("n", n);
    return undefined;
  }
  log.changed("renamed", "n", "n", "generationConfig.candidateCount");
  return n;
}

function encodeResponseFormat(format: ResponseFormat | undefined, log: ChangeLog): JsonObject {
  if (format === undefined) return {};
  const json = { responseMimeType: "application/json" };
  if (format.type === "json") {
    log.changed("mapped", "response_format", "json_object", "generationConfig.responseMimeType");
    return json;
  }
  log.changed("mapped", "response_format", "json_schema", "generationConfig.responseJsonSchema");
  return { ...json, responseJsonSchema: format.schema };
}
