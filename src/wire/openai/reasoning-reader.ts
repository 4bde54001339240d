// Reasoning as OpenAI-shaped providers write it: a string under one of two names, OpenRouter's details,
// LiteLLM's thinking blocks, Mistral's content parts. Used by `choice-reader`; opaque parts stay as they are.

import type { ModelEvent } from "../../core/events.ts";
import { type JsonObject, isObject, arrayOf } from "../json.ts";
import { textOf } from "./loose-values.ts";

/**
 * Details and blocks repeat what the plain string says, some in the same delta, some when they are whole:
 * their text counts only where the choice has said nothing plainly. Answers whether it has by now.
 */
export function readReasoning(
  delta: JsonObject,
  choice: number,
  saidPlainly: boolean,
  events: ModelEvent[],
): boolean {
  // DeepSeek, Qwen, xAI and vLLM say `reasoning_content`; Groq, Ollama and OpenRouter `reasoning`.
  const text = textOf(delta["reasoning_content"]) ?? textOf(delta["reasoning"]);
  if (text !== undefined) events.push({ type: "reasoning-delta", choice, text });
  const plain = saidPlainly || text !== undefined;
  const { reasoning_details: details, thinking_blocks: blocks } = delta;
  if (Array.isArray(details)) readDetails(details, !plain, choice, events);
  if (Array.isArray(blocks)) for (const block of blocks) readBlock(block, !plain, choice, events);
  return plain;
}

/** https://openrouter.ai/docs/use-cases/reasoning-tokens: the text is also in `reasoning`. */
function readDetails(
  details: readonly unknown[],
  withText: boolean,
  choice: number,
  events: ModelEvent[],
): void {
  for (const detail of details) {
    if (!isObject(detail)) continue;
    const text = textOf(detail["text"]) ?? textOf(detail["summary"]);
    if (withText && text !== undefined) events.push({ type: "reasoning-delta", choice, text });
    const signature = textOf(detail["signature"]);
    if (signature !== undefined) events.push({ type: "reasoning-seal", choice, signature });
    // Kept whole: OpenRouter wants id and format back with the data.
    if (textOf(detail["data"]) !== undefined) {
      events.push({ type: "reasoning-seal", choice, redacted: JSON.stringify(detail) });
    }
  }
}

/** Anthropic's blocks, as LiteLLM hands them on. */
function readBlock(block: unknown, withText: boolean, choice: number, events: ModelEvent[]): void {
  if (!isObject(block)) return;
  const text = textOf(block["thinking"]);
  if (withText && text !== undefined) events.push({ type: "reasoning-delta", choice, text });
  const signature = textOf(block["signature"]);
  if (signature !== undefined) events.push({ type: "reasoning-seal", choice, signature });
  const redacted = textOf(block["data"]);
  if (redacted !== undefined) events.push({ type: "reasoning-seal", choice, redacted });
}

/** Mistral: `{type: "thinking", thinking: [{type: "text", text}]}`. */
export function readThinking(piece: JsonObject, choice: number, events: ModelEvent[]): void {
  const thinking = piece["thinking"];
  const texts = typeof thinking === "string" ? [thinking] : arrayOf(thinking).map(partText);
  for (const text of texts) {
    if (text !== undefined && text !== "") events.push({ type: "reasoning-delta", choice, text });
  }
  const signature = textOf(piece["signature"]);
  if (signature !== undefined) events.push({ type: "reasoning-seal", choice, signature });
}

const partText = (part: unknown): string | undefined => (isObject(part) ? textOf(part["text"]) : undefined);
