// Reads reasoning that a client hands back with an assistant message, in any of the forms it was given in.
// Used by `client-messages`. Signatures and encrypted blocks are taken as they are.

import type { ReasoningBlock } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject } from "../json.ts";
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
  const redacted = textOf(block["data"]);
  if (redacted !== undefined) return [{ text: "", redacted }];
  const thinking = block["thinking"];
  const text = Array.isArray(thinking)
    ? thinking.map((part) => (isObject(part) ? (textOf(part["text"]) ?? "") : "")).join("")
    : (textOf(block["text"]) ?? textOf(block["summary"]) ?? textOf(thinking) ?? "");
  const signature = textOf(block["signature"]);
  if (text === "" && signature === undefined) return [];
  return [{ text, ...(signature === undefined ? {} : { signature }) }];
}
