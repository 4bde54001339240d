// Turns the neutral reasoning effort into Anthropic's thinking block and effort level.
// The request encoder calls it. https://platform.claude.com/docs/en/build-with-claude/extended-thinking

import type {
  AssistantMessage,
  CompletionRequest,
  ReasoningBlock,
  ReasoningEffort,
} from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";
import type { Effort, ModelTraits } from "./model-traits.ts";

export interface Thinking {
  readonly block: JsonObject | undefined;
  readonly effort: Effort | undefined;
  /** Sampling parameters are restricted while the model thinks. */
  readonly on: boolean;
}

const param = "reasoning_effort";
const smallestBudget = 1024;
/** Thinking counts into max_tokens: this much of it at most, so that an answer still fits. */
const largestShare = 0.8;

const budgets: Readonly<Record<Exclude<ReasoningEffort, "none">, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_384,
  xhigh: 32_768,
};

const efforts: Readonly<Record<Exclude<ReasoningEffort, "none">, Effort>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
};

const nothing: Thinking = { block: undefined, effort: undefined, on: false };

export function encodeThinking(
  request: CompletionRequest,
  traits: ModelTraits,
  maxTokens: number,
  log: ChangeLog,
): Thinking {
  const asked = request.reasoning;
  const own = request.extras["thinking"];
  if (isObject(own)) {
    // The API wants the thought before the calls that it led to, and another model's cannot be sent.
    if (own["type"] === "enabled" && continuesForeignTurn(request)) {
      log.changed("dropped", "thinking");
      return nothing;
    }
    log.changed("passed", "thinking");
    // In Anthropic's own words both say the same; in OpenAI's the effort is another parameter.
    if (asked !== undefined && request.words === undefined) log.changed("dropped", param, asked);
    return { block: own, effort: undefined, on: own["type"] !== "disabled" };
  }
  if (own !== undefined && own !== null) log.changed("dropped", "thinking");
  // The effort is in `output_config`, which goes out as it came.
  if (asked === undefined || request.words === "anthropic") return nothing;
  if (asked === "none") return withoutThinking(traits, log);
  if (traits.thinking === "none") {
    log.refused(param, asked);
    return nothing;
  }
  return traits.thinking === "adaptive"
    ? adaptive(request, asked, traits, log)
    : budgeted(request, asked, maxTokens, log);
}

function withoutThinking(traits: ModelTraits, log: ChangeLog): Thinking {
  if (traits.off === "omit") return nothing;
  if (traits.off === "disabled") {
    log.changed("mapped", param, "none", "thinking.type=disabled");
    return { ...nothing, block: { type: "disabled" } };
  }
  log.changed("clamped", param, "none", "output_config.effort=low");
  return { ...nothing, effort: "low" };
}

function adaptive(
  request: CompletionRequest,
  asked: Exclude<ReasoningEffort, "none">,
  traits: ModelTraits,
  log: ChangeLog,
): Thinking {
  const wanted = efforts[asked];
  const effort = traits.efforts.includes(wanted) ? wanted : "high";
  log.changed(effort === asked ? "mapped" : "clamped", param, asked, `output_config.effort=${effort}`);
  // "Tool choice any and tool are not supported with thinking": the effort still holds.
  if (forcesTool(request)) return { block: undefined, effort, on: false };
  const block = traits.hidesThinking ? { type: "adaptive", display: "summarized" } : { type: "adaptive" };
  return { block, effort, on: true };
}

function budgeted(
  request: CompletionRequest,
  asked: Exclude<ReasoningEffort, "none">,
  maxTokens: number,
  log: ChangeLog,
): Thinking {
  const wanted = budgets[asked];
  const budget = Math.min(wanted, Math.floor(maxTokens * largestShare));
  if (budget < smallestBudget || forcesTool(request) || continuesUnreasonedTurn(request)) {
    log.refused(param, asked);
    return nothing;
  }
  const action = budget < wanted ? "clamped" : "mapped";
  log.changed(action, param, asked, `thinking.budget_tokens=${budget}`);
  return { block: { type: "enabled", budget_tokens: budget }, effort: undefined, on: true };
}

const forcesTool = (request: CompletionRequest): boolean =>
  request.tools !== undefined &&
  request.tools.length > 0 &&
  (request.toolChoice?.mode === "required" || request.toolChoice?.mode === "tool");

/** The turn whose calls were answered last. */
const openTurn = ({ messages }: CompletionRequest): AssistantMessage | undefined =>
  messages.at(-1)?.role === "tool" ? messages.findLast((message) => message.role === "assistant") : undefined;

const isProven = ({ from = "anthropic", signature, redacted }: ReasoningBlock): boolean =>
  from === "anthropic" && (signature ?? redacted) !== undefined;

/** With thinking on, an assistant turn that awaits tool results must open with its thinking block. */
function continuesUnreasonedTurn(request: CompletionRequest): boolean {
  const turn = openTurn(request);
  return turn !== undefined && !turn.reasoning.some(isProven);
}

/** It thought, but as another model. */
const continuesForeignTurn = (request: CompletionRequest): boolean =>
  continuesUnreasonedTurn(request) && openTurn(request)?.reasoning.length !== 0;
