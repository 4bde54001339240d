// Reasoning on the client's side: shown in OpenRouter's form, which clients keep, and read back in any form.
// Used by the client-side codecs. Signatures and encrypted blocks are taken and given as they are.

import type { ReasoningBlock } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject, parseJson } from "../json.ts";
import { textOf } from "./loose-values.ts";

/** Details and blocks hold the text too, so the plain string counts only without them. */
export function decodeReasoning(message: JsonObject): readonly ReasoningBlock[] {
  const blocks = [...arrayOf(message["reasoning_details"]), ...arrayOf(message["thinking_blocks"])]
    .filter(isObject)
    .flatMap(decodeBlock);
  if (blocks.length > 0) return blocks;
  const text = textOf(message["reasoning_content"]) ?? textOf(message["reasoning"]);
  return text === undefined ? [] : [{ text }];
}

export const isThinking = (part: JsonObject): boolean =>
  part["type"] === "thinking" || part["type"] === "redacted_thinking";

function decodeBlock(block: JsonObject): readonly ReasoningBlock[] {
  const data = textOf(block["data"]);
  if (data !== undefined) return [{ text: "", redacted: block["format"] ? JSON.stringify(block) : data }];
  const thinking = block["thinking"];
  const text = Array.isArray(thinking)
    ? thinking.map((part) => (isObject(part) ? (textOf(part["text"]) ?? "") : "")).join("")
    : (textOf(block["text"]) ?? textOf(block["summary"]) ?? textOf(thinking) ?? "");
  const signature = textOf(block["signature"]);
  if (text === "" && signature === undefined) return [];
  return [{ text, ...(signature === undefined ? {} : { signature }) }];
}

/** Also what OpenRouter itself wants back. An encrypted block that came as a whole detail goes as one. */
export function encodeReasoningDetail(block: ReasoningBlock, index: number): JsonObject {
  const { text, signature, redacted } = block;
  if (redacted === undefined) return { type: "reasoning.text", text, signature, index };
  const whole = redacted.startsWith("{") ? parseJson(redacted) : undefined;
  // An item of the Responses API has no place among these details but as a whole.
  if (isObject(whole) && whole["type"] !== "reasoning") return whole;
  return { type: "reasoning.encrypted", data: redacted, index };
}
