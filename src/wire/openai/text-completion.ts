// A prompt to be continued, at providers that still have `/completions` and models that were made for it.
// Used by the request encoder; any other model is told the prompt as a message, and answers.

import type { Destination } from "../../core/dialect.ts";
import type { CompletionRequest } from "../../core/request.ts";
import type { JsonObject } from "../json.ts";

/** Those that serve whatever they serve at both addresses; sources: their API references, read 2026-11-20. */
const everyModel: ReadonlySet<string> = new Set(["vllm", "ollama", "together", "fireworks", "litellm"]);

const madeForText = /(?:^|\/)(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/;

export const continuesText = ({ continues }: CompletionRequest, to: Destination): boolean =>
  continues === true && (everyModel.has(to.providerId) || madeForText.test(to.upstreamModel));

/** The body of a chat as that of the older address. */
export function asTextCompletion(
  body: JsonObject,
  { messages, logprobs, topLogprobs }: CompletionRequest,
): JsonObject {
  const { messages: _messages, top_logprobs: _top, max_completion_tokens: limit, ...rest } = body;
  return {
    ...rest,
    prompt: messages
      .flatMap(({ parts }) => parts.map((part) => (part.type === "text" ? part.text : "")))
      .join(""),
    max_tokens: rest["max_tokens"] ?? limit,
    logprobs: logprobs === true ? (topLogprobs ?? 0) : undefined,
  };
}
