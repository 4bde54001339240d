// Reads the body of `POST /v1/chat/completions` into the neutral request, checked by hand.
// The REST door calls it. Nothing a client sent is dropped: what has no neutral name goes into `extras`.
// https://platform.openai.com/docs/api-reference/chat/create

import type { CompletionRequest, ReasoningEffort, ResponseFormat } from "../../core/request.ts";
import { usesFreeform } from "../freeform.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredObject,
  requiredString,
  wrongType,
} from "./client-fields.ts";
import { decodeMessages } from "./client-messages.ts";
import { type ClientTags, takeSensitivity } from "./client-tags.ts";
import { decodeTools } from "./client-tools.ts";

export interface ChatRequest {
  readonly request: CompletionRequest;
  /** Taken out of the body: none of it goes upstream. */
  readonly tags: ClientTags;
  readonly includeUsage: boolean;
  readonly obfuscated: boolean;
  /** True where the client asked to hear the answer. */
  readonly spoken: boolean;
  /** True where the client used `functions`: it wants `function_call` back. */
  readonly legacyFunctions: boolean;
}

/** Throws `Failure` INVALID_REQUEST with the path of what is wrong. */
export function decodeChatRequest(body: unknown): ChatRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const model = requiredString(body, "model");
  if (model === "") throw invalid("You must provide a model parameter.", "model");
  const messages = decodeMessages(body);
  const { tools, toolChoice, otherChoice, legacyFunctions } = decodeTools(body);
  const { metadata, sensitivity } = takeSensitivity(body);
  const format = decodeFormat(body);
  const effort = decodeEffort(body["reasoning_effort"], "reasoning_effort");
  const stream = optionalBoolean(body, "stream") ?? false;
  const settings = {
    ...decodeLimit(body),
    temperature: optionalNumber(body, "temperature", 0, 2),
    topP: optionalNumber(body, "top_p", 0, 1),
    stop: decodeStop(body),
    seed: optionalInteger(body, "seed", -(2 ** 63), 2 ** 63),
    presencePenalty: optionalNumber(body, "presence_penalty", -2, 2),
    frequencyPenalty: optionalNumber(body, "frequency_penalty", -2, 2),
    logitBias: decodeBias(body),
    ...decodeLogprobs(body),
    tools,
    toolChoice,
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls"),
    responseFormat: format.known,
    reasoning: effort.known,
  };
  const extras = {
    ...fieldsBeside(body, placed),
    ...present({
      metadata,
      tool_choice: otherChoice,
      response_format: format.other,
      reasoning_effort: effort.other,
    }),
  };
  return {
    request: {
      action: "complete",
      model,
      messages,
      stream,
      n: optionalInteger(body, "n", 1, 128) ?? 1,
      ...(present(settings) as typeof settings),
      ...(usesFreeform(tools, messages) ? { freeform: true } : {}),
      extras,
    },
    tags: { sensitivity },
    ...decodeStreamOptions(body, stream),
    spoken: arrayOf(body["modalities"]).includes("audio"),
    legacyFunctions,
  };
}

/** Documented fields that the request has a place for, or that only concern how we answer. */
const placed: ReadonlySet<string> = new Set(
  `model messages stream stream_options n max_tokens max_completion_tokens temperature top_p stop seed
  presence_penalty frequency_penalty logit_bias logprobs top_logprobs tools tool_choice functions function_call
  parallel_tool_calls response_format reasoning_effort metadata`.split(/\s+/),
);

const mostTokens = 1_000_000_000;

function decodeLimit(body: JsonObject) {
  const limit = optionalInteger(body, "max_completion_tokens", 1, mostTokens);
  const older = optionalInteger(body, "max_tokens", 1, mostTokens);
  if (limit !== undefined && older !== undefined && limit !== older) {
    throw invalid(
      "'max_tokens' and 'max_completion_tokens' cannot be set to different values.",
      "max_tokens",
    );
  }
  const spelling = limit !== undefined ? "max_completion_tokens" : "max_tokens";
  const maxOutputTokensSpelling: typeof spelling | undefined =
    older === undefined && limit === undefined ? undefined : spelling;
  return { maxOutputTokens: limit ?? older, maxOutputTokensSpelling };
}

function decodeStop(body: JsonObject): readonly string[] | undefined {
  const stop = body["stop"];
  if (stop === undefined || stop === null) return undefined;
  if (typeof stop === "string") return [stop];
  if (!Array.isArray(stop)) throw wrongType(stop, "stop", "a string or an array of strings");
  if (stop.length > 16) throw invalid("Invalid 'stop': expected at most 16 sequences.", "stop");
  for (const [index, sequence] of stop.entries()) {
    if (typeof sequence !== "string") throw wrongType(sequence, `stop[${index}]`, "a string");
  }
  return stop.length === 0 ? undefined : (stop as string[]);
}

function decodeBias(body: JsonObject): Readonly<Record<string, number>> | undefined {
  const bias = optionalObject(body, "logit_bias");
  for (const token in bias) {
    const value = bias[token];
    if (typeof value !== "number") throw wrongType(value, `logit_bias.${token}`, "a number");
    if (value < -100 || value > 100) {
      throw invalid("Invalid 'logit_bias': expected values from -100 to 100.", `logit_bias.${token}`);
    }
  }
  return bias as Readonly<Record<string, number>> | undefined;
}

function decodeLogprobs(body: JsonObject) {
  const logprobs = optionalBoolean(body, "logprobs");
  const topLogprobs = optionalInteger(body, "top_logprobs", 0, 20);
  if (topLogprobs !== undefined && logprobs !== true) {
    throw invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs");
  }
  return { logprobs, topLogprobs };
}

interface DecodedFormat {
  readonly known: ResponseFormat | undefined;
  readonly other: unknown;
}

/** Text is what everyone answers anyway; formats of single providers travel as they are. */
function decodeFormat(body: JsonObject): DecodedFormat {
  const format = optionalObject(body, "response_format");
  if (!format) return { known: undefined, other: undefined };
  const type = requiredString(format, "type", "response_format.");
  if (type === "text") return { known: undefined, other: undefined };
  if (type === "json_object") return { known: { type: "json" }, other: undefined };
  if (type !== "json_schema") return { known: undefined, other: format };
  const prefix = "response_format.json_schema.";
  const described = requiredObject(format, "json_schema", "response_format.");
  const description = optionalString(described, "description", prefix);
  const known: ResponseFormat = {
    type: "schema",
    name: requiredString(described, "name", prefix),
    schema: optionalObject(described, "schema", prefix),
    strict: optionalBoolean(described, "strict", prefix) ?? false,
    ...(description === undefined ? {} : { description }),
  };
  return { known, other: undefined };
}

const efforts = ["none", "minimal", "low", "medium", "high", "xhigh"] as const satisfies ReasoningEffort[];

/** An effort that only some provider knows goes through as it is. */
export function decodeEffort(asked: unknown, path: string) {
  if (asked === undefined || asked === null) return { known: undefined, other: undefined };
  if (typeof asked !== "string") throw wrongType(asked, path, "a string");
  const known = efforts.find((effort) => effort === asked);
  return { known, other: known === undefined ? asked : undefined };
}

function decodeStreamOptions(body: JsonObject, stream: boolean) {
  const options = optionalObject(body, "stream_options");
  if (!options) return { includeUsage: false, obfuscated: false };
  if (!stream) {
    throw invalid(
      "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
      "stream_options",
    );
  }
  return {
    includeUsage: optionalBoolean(options, "include_usage", "stream_options.") ?? false,
    obfuscated: optionalBoolean(options, "include_obfuscation", "stream_options.") ?? false,
  };
}

export function present(fields: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
}
