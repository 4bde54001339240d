// What whole answers and streams write the same way: stop reasons, usage, citations, the extension.
// Used by `client-answer` and `client-events`. https://platform.claude.com/docs/en/api/messages

import type { AnswerEvent } from "../../core/answer.ts";
import type { FinishReason, TokenUsage } from "../../core/events.ts";
import { type JsonObject, isObject, objectOf } from "../json.ts";
import { encodeNotice } from "../openai/client-wire.ts";

export interface MessageStyle {
  /** Shown where the upstream did not say what answered. */
  readonly requestedModel: string;
  /** The caller's own: only one of these is ever named as what ended the answer. */
  readonly stopSequences: readonly string[];
  /** Where each neutral message stands in the client's body, for an error in the middle. */
  readonly places: readonly string[];
}

export type Of<T extends AnswerEvent["type"]> = Extract<AnswerEvent, { type: T }>;

/** What is known of how the answer ended, once it has. */
export interface Ending {
  readonly finish: Of<"choice-finish"> | undefined;
  readonly refusal: string;
  readonly calledTools: boolean;
  readonly notices: readonly Of<"safety-notice">[];
}

const stopReasons: Readonly<Record<FinishReason, string>> = {
  stop: "end_turn",
  length: "max_tokens",
  tool_calls: "tool_use",
  content_filter: "refusal",
  budget: "max_tokens",
  cancelled: "max_tokens",
};

/** Anthropic's words that say more than the neutral reason, and which reason each of them is. */
const finerReasons: Readonly<Record<string, FinishReason>> = {
  pause_turn: "stop",
  stop_sequence: "stop",
  model_context_window_exceeded: "length",
};

export function encodeStop(ending: Ending, style: MessageStyle): JsonObject {
  const { finish, refusal } = ending;
  const sequence = finish?.stopSequence;
  const named = sequence !== undefined && style.stopSequences.includes(sequence) ? sequence : null;
  const reason = stopReasonOf(ending, named !== null);
  return {
    stop_reason: reason,
    stop_sequence: named,
    stop_details:
      reason === "refusal"
        ? { type: "refusal", category: null, explanation: refusal === "" ? null : refusal }
        : null,
  };
}

function stopReasonOf({ finish, refusal, calledTools }: Ending, bySequence: boolean): string {
  const reason = finish?.reason ?? "stop";
  const word = finish?.word ?? "";
  if (reason === "stop") {
    if (refusal !== "") return "refusal";
    // Some servers say that they stopped where they called: agents go by this word.
    if (calledTools) return "tool_use";
    if (bySequence) return "stop_sequence";
  }
  const isFiner =
    word !== "stop_sequence" && Object.hasOwn(finerReasons, word) && finerReasons[word] === reason;
  return isFiner ? word : stopReasons[reason];
}

/** Input without what was cached, as Anthropic counts. */
export function encodeUsage(usage: TokenUsage): JsonObject {
  const { input, cachedInput, cacheWrite, output, reasoning, toolUses } = usage;
  return {
    ...(toolUses === undefined ? {} : { server_tool_use: requestsOf(toolUses) }),
    input_tokens: Math.max(0, input - cachedInput - cacheWrite),
    cache_creation_input_tokens: cacheWrite,
    cache_read_input_tokens: cachedInput,
    output_tokens: output,
    ...(reasoning > 0 ? { output_tokens_details: { thinking_tokens: reasoning } } : {}),
  };
}

const requestsOf = (uses: Readonly<Record<string, number>>): JsonObject =>
  Object.fromEntries(Object.entries(uses).map(([tool, count]) => [`${tool}_requests`, count]));

const tiers: ReadonlySet<string> = new Set(["standard", "priority", "batch"]);

export const knownTier = (tier: string | undefined): string | null =>
  tier !== undefined && tiers.has(tier) ? tier : null;

/** Those of Anthropic's models as they wrote them; addresses of others as results of a web search. */
export function encodeCitations({ citations, native }: Of<"citations">): readonly JsonObject[] {
  return citations.flatMap((citation, index) => {
    const own = native?.[index] ?? citation;
    if (isObject(own) && String(own["type"]).endsWith("_location")) return [own];
    const { url, title } = objectOf(objectOf(citation)?.["url_citation"]) ?? {};
    if (typeof url !== "string") return [];
    const named = typeof title === "string" ? title : "";
    return [{ type: "web_search_result_location", url, title: named, cited_text: "", encrypted_index: "" }];
  });
}

/** What safety did, and which categories ended the answer. Undefined where there is nothing to say. */
export function encodeSafety({ notices, finish }: Ending): JsonObject | undefined {
  if (notices.length === 0) return undefined;
  const categories = [...new Set(notices.flatMap((notice) => notice.categories))];
  const cut = finish?.reason === "content_filter";
  return { safety: notices.map(encodeNotice), ...(cut ? { categories } : {}) };
}

export const messageId = (receiptId: string): string => `msg_${receiptId}`;
