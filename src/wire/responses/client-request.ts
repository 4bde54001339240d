// Reads the body of `POST /v1/responses` into the neutral request, so that every provider can serve it.
// The REST door calls it. Nothing is kept between two requests: what refers to something kept is refused.
// https://platform.openai.com/docs/api-reference/responses/create

import { Failure } from "../../core/errors.ts";
import type { CompletionRequest, Message, Part, ResponseFormat, Tool } from "../../core/request.ts";
import { usesFreeform } from "../freeform.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalArray,
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { decodeEffort } from "../openai/client-settings.ts";
import { type ClientTags, takeSensitivity } from "../openai/client-tags.ts";
import { decodeInput } from "./client-items.ts";
import { decodeTools } from "./client-tools.ts";

export interface ClientResponsesRequest {
  readonly request: CompletionRequest;
  /** Taken out of the body: none of it goes upstream. */
  readonly tags: ClientTags;
  /** The body, for what the answer repeats of it. */
  readonly body: JsonObject;
  readonly obfuscated: boolean;
}

/** Throws `Failure` with the path of what is wrong, or of what would need something kept here. */
export function decodeResponsesRequest(body: unknown): ClientResponsesRequest {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  refuseKept(body);
  const model = requiredString(body, "model");
  if (model === "") throw invalid("You must provide a model parameter.", "model");
  const { sensitivity } = takeSensitivity(body);
  const { tools, toolChoice, otherChoice } = decodeTools(body);
  const reasoning = optionalObject(body, "reasoning") ?? {};
  const effort = decodeEffort(reasoning["effort"], "reasoning.effort");
  const text = optionalObject(body, "text") ?? {};
  const settings = {
    maxOutputTokens: optionalInteger(body, "max_output_tokens", 1, 1_000_000_000),
    temperature: optionalNumber(body, "temperature", 0, 2),
    topP: optionalNumber(body, "top_p", 0, 1),
    ...decodeLogprobs(body),
    tools,
    toolChoice,
    parallelToolCalls: optionalBoolean(body, "parallel_tool_calls"),
    responseFormat: decodeFormat(optionalObject(text, "format", "text.")),
    reasoning: effort.known,
  };
  const messages = [...decodeInstructions(body), ...decodeInput(body["input"])];
  const served = tools?.some(isNative) === true || messages.some(({ parts }) => parts.some(isNative));
  return {
    request: {
      action: "complete",
      model,
      messages,
      stream: optionalBoolean(body, "stream") ?? false,
      n: 1,
      ...(present(settings) as typeof settings),
      ...(usesFreeform(tools, messages) ? { freeform: true } : {}),
      ...(served ? { words: "responses" } : {}),
      extras: {
        ...fieldsBeside(body, placed),
        ...present({
          tool_choice: otherChoice,
          include: served ? servedIncludes(body) : undefined,
          reasoning_effort: effort.other,
          reasoning_summary:
            optionalString(reasoning, "summary", "reasoning.") ??
            optionalString(reasoning, "generate_summary", "reasoning."),
          verbosity: optionalString(text, "verbosity", "text."),
          truncation: body["truncation"] === "disabled" ? undefined : optionalString(body, "truncation"),
        }),
      },
    },
    tags: { sensitivity },
    body,
    obfuscated: decodeStreamOptions(body),
  };
}

/** With a place in the request, or that the answer itself honours: `metadata` is given back, nothing is stored. */
const placed: ReadonlySet<string> = new Set(
  `model input instructions stream stream_options max_output_tokens temperature top_p top_logprobs include tools
  tool_choice parallel_tool_calls text reasoning metadata store truncation previous_response_id conversation
  background prompt`.split(/\s+/),
);

const fixes: Readonly<Record<string, string>> = {
  previous_response_id: "Send the items of the conversation so far in input: this gateway keeps no answer.",
  conversation: "Send the items of the conversation so far in input: this gateway keeps no conversation.",
  background: "Leave it out and read the stream: this gateway keeps no answer to be asked for later.",
  prompt: "Send the instructions and input themselves: this gateway keeps no prompt.",
};

function refuseKept(body: JsonObject): void {
  for (const [path, fix] of Object.entries(fixes)) {
    const value = body[path];
    if (value === undefined || value === null || value === false) continue;
    throw new Failure(
      "UNSUPPORTED_PARAMETER",
      `Unsupported parameter: '${path}' needs state that is not kept.`,
      {
        path,
        fix,
      },
    );
  }
}

function decodeInstructions(body: JsonObject): readonly Message[] {
  const instructions = optionalString(body, "instructions");
  if (instructions === undefined || instructions === "") return [];
  return [{ role: "system", parts: [{ type: "text", text: instructions }] }];
}

/** Of those below, how many we honour ourselves. */
const ownIncludes = 2;
const includes: readonly string[] = [
  "reasoning.encrypted_content",
  "message.output_text.logprobs",
  // About tools that the provider runs: where none is offered they ask for nothing.
  "file_search_call.results",
  "web_search_call.results",
  "web_search_call.action.sources",
  "message.input_image.image_url",
  "computer_call_output.output.image_url",
  "code_interpreter_call.outputs",
];

/** What is asked beside the answer about tools that the provider runs. */
function servedIncludes(body: JsonObject): readonly unknown[] | undefined {
  const asked = arrayOf(body["include"]).filter((item) =>
    includes.slice(ownIncludes).includes(item as string),
  );
  return asked.length === 0 ? undefined : asked;
}

const isNative = (holder: Part | Tool): boolean => "native" in holder && holder.native !== undefined;

function decodeLogprobs(body: JsonObject) {
  const include = optionalArray(body, "include", 100) ?? [];
  for (const [index, item] of include.entries()) {
    if (!includes.includes(item as string)) throw notOneOf(item, `include[${index}]`, includes);
  }
  const topLogprobs = optionalInteger(body, "top_logprobs", 0, 20) ?? 0;
  const logprobs = include.includes("message.output_text.logprobs") || topLogprobs > 0;
  return logprobs ? { logprobs, topLogprobs } : {};
}

function decodeFormat(format: JsonObject | undefined): ResponseFormat | undefined {
  if (!format) return undefined;
  const type = requiredString(format, "type", "text.format.");
  if (type === "text") return undefined;
  if (type === "json_object") return { type: "json" };
  if (type !== "json_schema") {
    throw notOneOf(type, "text.format.type", ["text", "json_object", "json_schema"]);
  }
  const description = optionalString(format, "description", "text.format.");
  return {
    type: "schema",
    name: requiredString(format, "name", "text.format."),
    schema: optionalObject(format, "schema", "text.format."),
    strict: optionalBoolean(format, "strict", "text.format.") ?? false,
    ...(description === undefined ? {} : { description }),
  };
}

function decodeStreamOptions(body: JsonObject): boolean {
  const options = optionalObject(body, "stream_options") ?? {};
  return optionalBoolean(options, "include_obfuscation", "stream_options.") ?? false;
}

function present(fields: JsonObject): JsonObject {
  const kept: Record<string, unknown> = {};
  for (const name in fields) if (fields[name] !== undefined) kept[name] = fields[name];
  return kept;
}
