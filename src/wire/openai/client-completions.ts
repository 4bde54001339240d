// Reads the body of the older `POST /v1/completions`: each prompt is a request of its own.
// The REST door calls it. https://platform.openai.com/docs/api-reference/completions/create

import type { CompletionRequest, Message } from "../../core/request.ts";
import { isObject } from "../json.ts";
import { invalid, optionalBoolean, optionalInteger, wrongType } from "./client-fields.ts";
import { decodeChatRequest } from "./client-request.ts";
import type { ClientTags } from "./client-tags.ts";

export interface TextCompletions {
  /** One for each prompt, in order; they differ in nothing else. */
  readonly requests: readonly CompletionRequest[];
  readonly tags: ClientTags;
  readonly includeUsage: boolean;
  /** Each prompt, to be put before what continues it; empty where nobody asked for that. */
  readonly echoes: readonly string[];
}

/** Throws `Failure` INVALID_REQUEST with the path of what is wrong. */
export function decodeTextCompletions(body: unknown): TextCompletions {
  if (!isObject(body)) throw wrongType(body, "body", "an object");
  const { prompt, echo: _echo, logprobs: _logprobs, ...rest } = body;
  const prompts = decodePrompts(prompt);
  const topLogprobs = optionalInteger(body, "logprobs", 0, 20);
  const asked = topLogprobs === undefined ? {} : { logprobs: true, top_logprobs: topLogprobs };
  const { request, tags, includeUsage } = decodeChatRequest({
    ...rest,
    ...asked,
    messages: [{ role: "user", content: "" }],
  });
  return {
    requests: prompts.map((text) => ({ ...request, continues: true, messages: [said(text)] })),
    tags,
    includeUsage,
    echoes: optionalBoolean(body, "echo") ? prompts : [],
  };
}

const said = (text: string): Message => ({ role: "user", parts: [{ type: "text", text }] });

const mostPrompts = 128;

function decodePrompts(prompt: unknown): readonly string[] {
  if (typeof prompt === "string") return [prompt];
  if (!Array.isArray(prompt)) throw wrongType(prompt, "prompt", "a string or an array of strings");
  if (prompt.length === 0) throw invalid("Invalid 'prompt': empty array.", "prompt");
  if (prompt.length > mostPrompts) throw invalid(`Invalid 'prompt': more than ${mostPrompts}.`, "prompt");
  const wrong = prompt.findIndex((one) => typeof one !== "string");
  if (wrong === -1) return prompt as string[];
  if (typeof prompt[wrong] !== "number" && !Array.isArray(prompt[wrong])) {
    throw wrongType(prompt[wrong], `prompt[${wrong}]`, "a string");
  }
  throw invalid("Token ids are of one model's tokenizer alone: send the text instead.", "prompt");
}
