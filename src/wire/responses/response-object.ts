// Writes the `response` object of the Responses API: what was asked, repeated, and what came of it.
// Whole answers are one; the events of a stream carry it at its beginning and its end.

import type { Receipt } from "../../core/answer.ts";
import type { Failure, FailureCode } from "../../core/errors.ts";
import type { FinishReason, TokenUsage } from "../../core/events.ts";
import { type JsonObject, arrayOf, isObject, objectOf } from "../json.ts";

export interface ResponseStyle {
  /** Seconds since the epoch. */
  readonly created: number;
  /** The request's body: much of it is repeated. */
  readonly body: JsonObject;
}

export interface ResponseState {
  readonly receiptId: string;
  readonly model: string;
  readonly serviceTier: string | undefined;
  readonly output: readonly JsonObject[];
  readonly finish: FinishReason | undefined;
  readonly receipt?: Receipt | undefined;
  readonly failure?: Failure | undefined;
}

export function encodeResponse(state: ResponseState, style: ResponseStyle): JsonObject {
  const { receipt, failure, finish, serviceTier } = state;
  const over = receipt !== undefined || failure !== undefined;
  const cutBy = incompleteReason(finish);
  const status = failure
    ? "failed"
    : !over
      ? "in_progress"
      : cutBy === undefined
        ? "completed"
        : "incomplete";
  return {
    id: `resp_${state.receiptId}`,
    object: "response",
    created_at: style.created,
    status,
    ...(status === "completed" ? { completed_at: Math.floor(Date.now() / 1000) } : {}),
    background: false,
    error: failure ? { code: errorCodes[failure.code] ?? "server_error", message: failure.message } : null,
    incomplete_details: status === "incomplete" ? { reason: cutBy } : null,
    ...repeated(style.body),
    model: state.model,
    output: state.output,
    previous_response_id: null,
    store: false,
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
    ...(receipt ? { usage: encodeUsage(receipt.usage) } : {}),
  };
}

/** What the request set, or what holds where it set nothing. */
function repeated(body: JsonObject): JsonObject {
  const text = objectOf(body["text"]);
  const reasoning = objectOf(body["reasoning"]);
  return {
    instructions: body["instructions"] ?? null,
    max_output_tokens: body["max_output_tokens"] ?? null,
    max_tool_calls: body["max_tool_calls"] ?? null,
    metadata: body["metadata"] ?? {},
    parallel_tool_calls: body["parallel_tool_calls"] ?? true,
    reasoning: { effort: reasoning?.["effort"] ?? null, summary: reasoning?.["summary"] ?? null },
    temperature: body["temperature"] ?? 1,
    text: { format: { type: "text" }, ...withoutNulls(text) },
    tool_choice: body["tool_choice"] ?? "auto",
    tools: arrayOf(body["tools"]).filter(isObject).map(repeatedTool),
    top_logprobs: body["top_logprobs"] ?? 0,
    top_p: body["top_p"] ?? 1,
    truncation: body["truncation"] ?? "disabled",
    ...withoutNulls({
      safety_identifier: body["safety_identifier"],
      prompt_cache_key: body["prompt_cache_key"],
      user: body["user"],
    }),
  };
}

const repeatedTool = (tool: JsonObject): JsonObject =>
  tool["type"] === "function"
    ? { ...tool, parameters: tool["parameters"] ?? null, strict: tool["strict"] ?? null }
    : tool;

function withoutNulls(fields: JsonObject | undefined): JsonObject {
  return Object.fromEntries(
    Object.entries(fields ?? {}).filter(([, value]) => value !== null && value !== undefined),
  );
}

export function incompleteReason(finish: FinishReason | undefined): string | undefined {
  if (finish === "content_filter") return "content_filter";
  return finish === "length" || finish === "budget" || finish === "cancelled"
    ? "max_output_tokens"
    : undefined;
}

/** The API knows few codes here; the `error` event before says it exactly. */
const errorCodes: Partial<Readonly<Record<FailureCode, string>>> = {
  RATE_LIMITED: "rate_limit_exceeded",
  INVALID_REQUEST: "invalid_prompt",
  CONTEXT_LENGTH_EXCEEDED: "invalid_prompt",
  INPUT_BLOCKED: "invalid_prompt",
};

function encodeUsage({ input, cachedInput, cacheWrite, output, reasoning }: TokenUsage): JsonObject {
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: cachedInput, cache_write_tokens: cacheWrite },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output,
  };
}
