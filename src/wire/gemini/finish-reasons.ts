// What each of Gemini's finish reasons means to us.
// The candidate decoder calls it. https://ai.google.dev/api/generate-content#FinishReason

import { WireFault } from "../../core/dialect.ts";
import type { FinishReason } from "../../core/events.ts";

/** Throws `WireFault` where the model failed: a failure must never look like an answer. */
export function finishReasonOf(word: string, hasCalls: boolean): FinishReason {
  if (failures.has(word)) throw new WireFault("malformed", `The model failed with ${word}.`);
  if (filtered.has(word)) return "content_filter";
  if (word === "MAX_TOKENS") return "length";
  return hasCalls ? "tool_calls" : "stop";
}

const failures: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "MALFORMED_RESPONSE",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
]);

/** `OTHER` is how Google ends an answer that it will not explain. */
const filtered: ReadonlySet<string> = new Set([
  "SAFETY",
  "RECITATION",
  "LANGUAGE",
  "OTHER",
  "BLOCKLIST",
  "PROHIBITED_CONTENT",
  "SPII",
  "MODEL_ARMOR",
  "IMAGE_SAFETY",
  "IMAGE_PROHIBITED_CONTENT",
  "IMAGE_RECITATION",
]);
