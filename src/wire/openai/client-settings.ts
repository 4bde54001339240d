// The fields of a chat body that the request has a place for, each with what reads it: a table, since a body holds few of
// them. `client-request` walks the body by it; what has no row is no field of ours, and travels in the extras.

import type { CompletionRequest, ReasoningEffort, ResponseFormat } from "../../core/request.ts";
import type { JsonObject } from "../json.ts";
import {
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
import { decodeTools } from "./client-tools.ts";

/** The request while it is being read. */
export type Draft = { -readonly [Field in keyof CompletionRequest]: CompletionRequest[Field] } & {
  readonly extras: Record<string, unknown>;
};

/** Called where the field is there and not null. */
type Read = (request: Draft, body: JsonObject) => void;

/** Read by `client-request` itself. */
const elsewhere: Read = () => undefined;

const rows: Readonly<Record<string, Read>> = {
  model: elsewhere,
  messages: elsewhere,
  metadata: elsewhere,
  stream_options: elsewhere,
  stream: (request, body) => void (request.stream = optionalBoolean(body, "stream") ?? false),
  n: (request, body) => void (request.n = optionalInteger(body, "n", 1, 128) ?? 1),
  max_tokens: readLimit,
  max_completion_tokens: readLimit,
  temperature: (request, body) => void (request.temperature = optionalNumber(body, "temperature", 0, 2)),
  top_p: (request, body) => void (request.topP = optionalNumber(body, "top_p", 0, 1)),
  stop: readStop,
  seed: (request, body) => void (request.seed = optionalInteger(body, "seed", -(2 ** 63), 2 ** 63)),
  presence_penalty: (request, body) =>
    void (request.presencePenalty = optionalNumber(body, "presence_penalty", -2, 2)),
  frequency_penalty: (request, body) =>
    void (request.frequencyPenalty = optionalNumber(body, "frequency_penalty", -2, 2)),
  logit_bias: readBias,
  logprobs: (request, body) => void (request.logprobs = optionalBoolean(body, "logprobs")),
  top_logprobs: readTopLogprobs,
  tools: readTools,
  functions: readTools,
  tool_choice: readTools,
  function_call: readTools,
  parallel_tool_calls: (request, body) =>
    void (request.parallelToolCalls = optionalBoolean(body, "parallel_tool_calls")),
  response_format: readFormat,
  reasoning_effort: readEffort,
};

/** A map, since the names come from outside. */
export const settings: ReadonlyMap<string, Read> = new Map(Object.entries(rows));

const mostTokens = 1_000_000_000;

function readLimit(request: Draft, body: JsonObject): void {
  const limit = optionalInteger(body, "max_completion_tokens", 1, mostTokens);
  const older = optionalInteger(body, "max_tokens", 1, mostTokens);
  if (limit !== undefined && older !== undefined && limit !== older) {
    throw invalid(
      "'max_tokens' and 'max_completion_tokens' cannot be set to different values.",
      "max_tokens",
    );
  }
  request.maxOutputTokens = limit ?? older;
  request.maxOutputTokensSpelling = limit !== undefined ? "max_completion_tokens" : "max_tokens";
}

function readStop(request: Draft, body: JsonObject): void {
  const stop = body["stop"];
  if (typeof stop === "string") {
    request.stop = [stop];
    return;
  }
  if (!Array.isArray(stop)) throw wrongType(stop, "stop", "a string or an array of strings");
  if (stop.length > 16) throw invalid("Invalid 'stop': expected at most 16 sequences.", "stop");
  for (const [index, sequence] of stop.entries()) {
    if (typeof sequence !== "string") throw wrongType(sequence, `stop[${index}]`, "a string");
  }
  if (stop.length > 0) request.stop = stop as string[];
}

function readBias(request: Draft, body: JsonObject): void {
  const bias = optionalObject(body, "logit_bias");
  for (const token in bias) {
    const value = bias[token];
    if (typeof value !== "number") throw wrongType(value, `logit_bias.${token}`, "a number");
    if (value < -100 || value > 100) {
      throw invalid("Invalid 'logit_bias': expected values from -100 to 100.", `logit_bias.${token}`);
    }
  }
  request.logitBias = bias as Readonly<Record<string, number>> | undefined;
}

function readTopLogprobs(request: Draft, body: JsonObject): void {
  request.topLogprobs = optionalInteger(body, "top_logprobs", 0, 20);
  if (optionalBoolean(body, "logprobs") !== true) {
    throw invalid("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs");
  }
}

/** Four fields that mean one thing together; whichever comes first reads them all. */
function readTools(request: Draft, body: JsonObject): void {
  if (request.tools !== undefined || request.toolChoice !== undefined) return;
  const { tools, toolChoice, otherChoice } = decodeTools(body);
  if (tools !== undefined) request.tools = tools;
  if (toolChoice !== undefined) request.toolChoice = toolChoice;
  if (otherChoice !== undefined) request.extras["tool_choice"] = otherChoice;
}

function readFormat(request: Draft, body: JsonObject): void {
  const { known, other } = decodeFormat(body);
  if (known !== undefined) request.responseFormat = known;
  if (other !== undefined) request.extras["response_format"] = other;
}

function readEffort(request: Draft, body: JsonObject): void {
  const { known, other } = decodeEffort(body["reasoning_effort"], "reasoning_effort");
  if (known !== undefined) request.reasoning = known;
  if (other !== undefined) request.extras["reasoning_effort"] = other;
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
