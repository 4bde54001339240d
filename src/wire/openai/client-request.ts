// Reads the body of `POST /v1/chat/completions` into the neutral request, checked by hand.
// The REST door calls it. Nothing a client sent is dropped: what has no neutral name goes into `extras`.
// https://platform.openai.com/docs/api-reference/chat/create

import type { CompletionRequest } from "../../core/request.ts";
import { usesFreeform } from "../freeform.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
import { invalid, optionalBoolean, optionalObject, requiredString, wrongType } from "./client-fields.ts";
import { decodeMessages } from "./client-messages.ts";
import { type Draft, settings } from "./client-settings.ts";
import { type ClientTags, takeSensitivity } from "./client-tags.ts";

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
  const extras: Record<string, unknown> = {};
  const request: Draft = { action: "complete", model, messages, stream: false, n: 1, extras };
  // Bodies say few of the many things that could be said: only what is there is looked at.
  for (const name in body) {
    const value = body[name];
    // Assigning to `__proto__` would change what the object is, not what it holds.
    if (value === null || value === undefined || name === "__proto__") continue;
    const read = settings.get(name);
    if (read === undefined) extras[name] = value;
    else read(request, body);
  }
  if (usesFreeform(request.tools, messages)) request.freeform = true;
  const { metadata, sensitivity } = takeSensitivity(body);
  if (metadata !== undefined) extras["metadata"] = metadata;
  const { includeUsage, obfuscated } = decodeStreamOptions(body, request.stream);
  return {
    request,
    tags: { sensitivity },
    includeUsage,
    obfuscated,
    spoken: arrayOf(body["modalities"]).includes("audio"),
    legacyFunctions: body["functions"] !== undefined && body["functions"] !== null,
  };
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
