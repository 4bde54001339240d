// Reads the body of `POST /v1/messages` into the neutral request, checked by hand.
// The REST door calls it. Nothing a client sent is dropped: what has no neutral name goes into `extras`.
// https://platform.claude.com/docs/en/api/messages

import type { CompletionRequest, ResponseFormat } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  requiredObject,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { type ClientTags, takeSensitivity } from "../openai/client-tags.ts";
import { decodeConversation } from "./client-messages.ts";
import { decodeReasoning } from "./client-reasoning.ts";
import { decodeTools } from "./client-tools.ts";

export interface MessagesRequest {
  readonly request: CompletionRequest;
  /** Taken out of the body: none of it goes upstream. */
  readonly tags: ClientTags;
  /** Where each neutral message stands in the client's body, for errors. */
  readonly places: readonly string[];
}

/** `betas`: what the header `anthropic-beta` names. A body to be counted says no limit and wants no stream. */
export function decodeMessagesRequest(
  body: unknown,
  betas: readonly string[],
  toBeCounted = false,
): MessagesRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const model = requiredString(body, "model");
  if (model === "") throw invalid("You must provide a model parameter.", "model");
  const { messages, places } = decodeConversation(body);
  const { tools, toolChoice, parallelToolCalls } = decodeTools(body);
  const { metadata, sensitivity } = takeSensitivity(body);
  const responseFormat = decodeFormat(body);
  const settings = {
    maxOutputTokens: toBeCounted ? undefined : decodeLimit(body),
    maxOutputTokensSpelling: "max_tokens",
    temperature: optionalNumber(body, "temperature", 0, 1),
    topP: optionalNumber(body, "top_p", 0, 1),
    stop: decodeStop(body),
    tools,
    toolChoice,
    parallelToolCalls,
    responseFormat,
    reasoning: decodeReasoning(body),
  } as const;
  return {
    request: {
      action: "complete",
      model,
      messages,
      stream: optionalBoolean(body, "stream") ?? false,
      n: 1,
      ...(present(settings) as typeof settings),
      words: "anthropic",
      extras: {
        ...fieldsBeside(body, placed),
        ...present({
          metadata,
          output_config: withoutFormat(body),
          anthropic_beta: betas.length === 0 ? undefined : betas,
        }),
      },
    },
    tags: { sensitivity },
    places,
  };
}

/** Fields that the request has a place for. `anthropic_beta` comes by its header, never by the body. */
const placed: ReadonlySet<string> = new Set(
  `model messages system stream max_tokens temperature top_p stop_sequences tools tool_choice metadata
  output_config output_format anthropic_beta betas`.split(/\s+/),
);

const mostTokens = 1_000_000_000;

function decodeLimit(body: JsonObject): number {
  const limit = optionalInteger(body, "max_tokens", 1, mostTokens);
  if (limit === undefined) throw invalid("Missing required parameter: 'max_tokens'.", "max_tokens");
  return limit;
}

const mostStops = 8191;

function decodeStop(body: JsonObject): readonly string[] | undefined {
  const stop = optionalArray(body, "stop_sequences", mostStops);
  for (const [index, sequence] of stop?.entries() ?? []) {
    if (typeof sequence !== "string") throw wrongType(sequence, `stop_sequences[${index}]`, "a string");
  }
  return stop === undefined || stop.length === 0 ? undefined : (stop as readonly string[]);
}

/** `output_format` is what it was called while it was a beta. */
function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const config = optionalObject(body, "output_config") ?? {};
  const current = optionalObject(config, "format", "output_config.");
  const format = current ?? optionalObject(body, "output_format");
  if (!format) return undefined;
  const path = current ? "output_config.format" : "output_format";
  if (format["type"] !== "json_schema") throw notOneOf(format["type"], `${path}.type`, ["json_schema"]);
  return {
    type: "schema",
    name: "answer",
    schema: requiredObject(format, "schema", `${path}.`),
    strict: true,
  };
}

function withoutFormat(body: JsonObject): JsonObject | undefined {
  const config = optionalObject(body, "output_config");
  if (!config) return undefined;
  const { format: _placed, ...others } = config;
  return Object.keys(others).length === 0 ? undefined : others;
}

function present(fields: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
}
