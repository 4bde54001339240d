// One request for each parameter a caller can set: the compiler asks for a row when a parameter is added.
// Codec tests prove with it that nothing is left out in silence.

import type { CompletionRequest } from "../../src/core/request.ts";

/** These are not parameters: what is asked, of whom, and how the caller reads it. */
type NotParameters =
  | "action"
  | "model"
  | "messages"
  | "stream"
  | "maxOutputTokensSpelling"
  | "words"
  | "freeform"
  | "continues";

const tools = [{ name: "now", parameters: { type: "object", properties: {} } }];

export const everyParameter: Readonly<
  Record<Exclude<keyof CompletionRequest, NotParameters>, Partial<CompletionRequest>>
> = {
  n: { n: 3 },
  maxOutputTokens: { maxOutputTokens: 7777 },
  temperature: { temperature: 0.25 },
  topP: { topP: 0.25 },
  stop: { stop: ["END"] },
  seed: { seed: 11 },
  presencePenalty: { presencePenalty: 0.5 },
  frequencyPenalty: { frequencyPenalty: 0.5 },
  logitBias: { logitBias: { "50256": -100 } },
  logprobs: { logprobs: true },
  topLogprobs: { topLogprobs: 2 },
  tools: { tools },
  toolChoice: { tools, toolChoice: { mode: "required" } },
  parallelToolCalls: { tools, parallelToolCalls: false },
  responseFormat: { responseFormat: { type: "json" } },
  reasoning: { reasoning: "medium" },
  extras: { extras: { field_of_the_future: 1 } },
};

/** A parameter that rides on another is compared with that other alone. */
export const withoutIt: Readonly<Partial<Record<string, Partial<CompletionRequest>>>> = {
  toolChoice: { tools },
  parallelToolCalls: { tools },
};

/** Names that are something in JavaScript and nothing in a request. */
export const hostileNames: readonly string[] = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__proto__",
];
