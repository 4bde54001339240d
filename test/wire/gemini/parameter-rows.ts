// What becomes of each parameter at Gemini: what is sent, what is reported, what is refused.
// `encode-parameters.test.ts` makes a test of each row.

import type { Destination } from "../../../src/core/dialect.ts";
import type { CompletionRequest, Tool } from "../../../src/core/request.ts";

export interface ParameterRow {
  readonly name: string;
  readonly request: Partial<CompletionRequest>;
  readonly model?: string;
  readonly to?: Partial<Destination>;
  /** Fields of the body beside the contents; all of them. */
  readonly sends: Readonly<Record<string, unknown>>;
  readonly reports?: readonly string[];
  readonly refuses?: readonly string[];
}

const tool: Tool = { name: "now", parameters: undefined };
const parameters = { type: "object", properties: { place: { type: "string" } } };
const schema = { type: "object", properties: {} };
const responseFormat = { type: "schema", name: "answer", schema, strict: true } as const;
const functionDeclarations = [{ name: "now" }];

export const rows: readonly ParameterRow[] = [
  { name: "nothing asked, nothing sent", request: {}, sends: {} },
  {
    name: "sampling and penalties keep their values",
    request: {
      temperature: 1.8,
      topP: 0.5,
      presencePenalty: 1,
      frequencyPenalty: -1,
      seed: 7,
      extras: { top_k: 40 },
    },
    sends: {
      generationConfig: {
        temperature: 1.8,
        topP: 0.5,
        presencePenalty: 1,
        frequencyPenalty: -1,
        seed: 7,
        topK: 40,
      },
    },
    reports: [
      "renamed top_k top_k → generationConfig.topK",
      "renamed top_p top_p → generationConfig.topP",
      "renamed presence_penalty presence_penalty → generationConfig.presencePenalty",
      "renamed frequency_penalty frequency_penalty → generationConfig.frequencyPenalty",
    ],
  },
  { name: "a seed beyond 32 bits is refused", request: { seed: 2 ** 40 }, sends: {}, refuses: ["seed"] },
  {
    name: "max_tokens is renamed",
    request: { maxOutputTokens: 9 },
    sends: { generationConfig: { maxOutputTokens: 9 } },
    reports: ["renamed max_tokens max_tokens → generationConfig.maxOutputTokens"],
  },
  {
    name: "max_tokens is clamped to the limit",
    request: { maxOutputTokens: 9000, maxOutputTokensSpelling: "max_completion_tokens" },
    to: { maxOutputTokens: 8192 },
    sends: { generationConfig: { maxOutputTokens: 8192 } },
    reports: [
      "renamed max_completion_tokens max_completion_tokens → generationConfig.maxOutputTokens",
      "clamped max_completion_tokens 9000 → 8192",
    ],
  },
  {
    name: "stop becomes stopSequences",
    request: { stop: ["\n"] },
    sends: { generationConfig: { stopSequences: ["\n"] } },
    reports: ["renamed stop stop → generationConfig.stopSequences"],
  },
  {
    name: "more than five stops are refused",
    request: { stop: ["1", "2", "3", "4", "5", "6"] },
    sends: { generationConfig: { stopSequences: ["1", "2", "3", "4", "5"] } },
    refuses: ["stop"],
  },
  {
    name: "n becomes candidateCount",
    request: { n: 3 },
    sends: { generationConfig: { candidateCount: 3 } },
    reports: ["renamed n n → generationConfig.candidateCount"],
  },
  { name: "more than eight candidates are refused", request: { n: 9 }, sends: {}, refuses: ["n"] },
  {
    name: "logprobs are asked for",
    request: { logprobs: true, topLogprobs: 4 },
    sends: { generationConfig: { responseLogprobs: true, logprobs: 4 } },
    reports: [
      "renamed logprobs logprobs → generationConfig.responseLogprobs",
      "renamed top_logprobs top_logprobs → generationConfig.logprobs",
    ],
  },
  { name: "logit_bias is refused", request: { logitBias: { "5": 1 } }, sends: {}, refuses: ["logit_bias"] },
  {
    name: "free JSON is a mime type",
    request: { responseFormat: { type: "json" } },
    sends: { generationConfig: { responseMimeType: "application/json" } },
    reports: ["mapped response_format json_object → generationConfig.responseMimeType"],
  },
  {
    name: "a schema goes as JSON schema",
    request: { responseFormat },
    sends: { generationConfig: { responseMimeType: "application/json", responseJsonSchema: schema } },
    reports: ["mapped response_format json_schema → generationConfig.responseJsonSchema"],
  },
  {
    name: "effort is a budget for 2.5",
    request: { reasoning: "medium" },
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 8192, includeThoughts: true } } },
    reports: ["mapped reasoning_effort medium → thinkingConfig.thinkingBudget=8192"],
  },
  {
    name: "the budget is clamped to the family's range",
    request: { reasoning: "xhigh" },
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 24_576, includeThoughts: true } } },
    reports: ["clamped reasoning_effort xhigh → thinkingConfig.thinkingBudget=24576"],
  },
  {
    name: "2.5 Flash can be kept from thinking",
    request: { reasoning: "none" },
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
    reports: ["mapped reasoning_effort none → thinkingConfig.thinkingBudget=0"],
  },
  {
    name: "2.5 Pro thinks a little at least",
    request: { reasoning: "none" },
    model: "gemini-2.5-pro",
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 128 } } },
    reports: ["clamped reasoning_effort none → thinkingConfig.thinkingBudget=128"],
  },
  {
    name: "effort is a level since 3",
    request: { reasoning: "minimal" },
    model: "gemini-3-flash-preview",
    sends: { generationConfig: { thinkingConfig: { thinkingLevel: "minimal", includeThoughts: true } } },
    reports: ["mapped reasoning_effort minimal → thinkingConfig.thinkingLevel=minimal"],
  },
  {
    name: "a level that 3 Pro lacks becomes the next higher",
    request: { reasoning: "medium" },
    model: "gemini-3-pro-preview",
    sends: { generationConfig: { thinkingConfig: { thinkingLevel: "high", includeThoughts: true } } },
    reports: ["clamped reasoning_effort medium → thinkingConfig.thinkingLevel=high"],
  },
  {
    name: "3.1 Pro has a medium level and always thinks",
    request: { reasoning: "none" },
    model: "gemini-3.1-pro-preview",
    sends: { generationConfig: { thinkingConfig: { thinkingLevel: "low" } } },
    reports: ["clamped reasoning_effort none → thinkingConfig.thinkingLevel=low"],
  },
  {
    name: "effort is refused where the model cannot think",
    request: { reasoning: "low" },
    model: "gemini-2.0-flash",
    sends: {},
    refuses: ["reasoning_effort"],
  },
  {
    name: "no thinking is what such a model does",
    request: { reasoning: "none" },
    model: "gemini-2.0-flash",
    sends: {},
  },
  {
    name: "the caller's own thinking passes",
    request: { extras: { thinkingConfig: { thinkingBudget: 5 } } },
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 5 } } },
    reports: ["passed thinkingConfig"],
  },
  {
    name: "tools go as JSON schema",
    request: { tools: [tool, { name: "at", description: "d", parameters, strict: true }] },
    sends: {
      tools: [
        {
          functionDeclarations: [
            { name: "now" },
            { name: "at", description: "d", parametersJsonSchema: parameters },
          ],
        },
      ],
    },
    reports: ["dropped tools[1].strict true"],
  },
  {
    name: "a tool must be called",
    request: { tools: [tool], toolChoice: { mode: "required" } },
    sends: { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig: { mode: "ANY" } } },
  },
  {
    name: "this tool must be called",
    request: { tools: [tool], toolChoice: { mode: "tool", tool: "now" } },
    sends: {
      tools: [{ functionDeclarations }],
      toolConfig: { functionCallingConfig: { mode: "ANY", allowedFunctionNames: ["now"] } },
    },
  },
  {
    name: "no tool may be called",
    request: { tools: [tool], toolChoice: { mode: "none" } },
    sends: { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig: { mode: "NONE" } } },
  },
  {
    name: "one call at a time is refused",
    request: { tools: [tool], parallelToolCalls: false },
    sends: { tools: [{ functionDeclarations }] },
    refuses: ["parallel_tool_calls"],
  },
  {
    name: "safety settings pass",
    request: { extras: { safety_settings: [{ category: "c", threshold: "t" }] } },
    sends: { safetySettings: [{ category: "c", threshold: "t" }] },
    reports: ["renamed safety_settings safety_settings → safetySettings"],
  },
  {
    name: "image answers are asked for, spoken ones refused",
    request: { extras: { modalities: ["text", "image", "audio"], audio: { voice: "v" } } },
    sends: { generationConfig: { responseModalities: ["TEXT", "IMAGE"] } },
    reports: ["mapped modalities image → generationConfig.responseModalities"],
    refuses: ["modalities", "audio"],
  },
  {
    name: "unknown fields are dropped and named, values not shown",
    request: {
      extras: {
        user: "ann@example.org",
        store: true,
        cachedContent: "cachedContents/x",
        metadata: { a: "b" },
      },
    },
    to: { obligations: ["no-client-metadata", "store:false"] },
    sends: {},
    reports: ["dropped cachedContent"],
    refuses: ["user", "store", "metadata"],
  },
  {
    name: "zdr-routing cannot be met and cannot be dropped",
    request: {},
    to: { obligations: ["zdr-routing"] },
    sends: {},
    refuses: ["obligation:zdr-routing!"],
  },
];
