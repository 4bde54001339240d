// Llama Guard 3 and 4 behind a chat endpoint (vLLM, Ollama, Groq, Together): the endpoint applies the template,
// so it is sent plain turns, alternating and starting with the user. Judged is the last of them.

import type { ModerationTurn } from "../../core/moderation.ts";
import { defuse } from "./defuse.ts";
import type { Format, Judged } from "./format.ts";
import { readLlamaGuard } from "./llama-guard-answer.ts";

/** `unsafe`, a line break and all the codes there are fit. */
const maxOutputTokens = 32;

/** The 1B model was not taught `S14`. */
export function llamaGuard(categories: readonly string[]): Format {
  const known = new Map(categories.map((code) => [code, code]));
  return {
    categories,
    calls: (judged) => [{ type: "chat", turns: turnsOf(judged), maxOutputTokens }],
    read: (answers) => readLlamaGuard(answers, known),
  };
}

/** Templates refuse conversations that begin with the assistant, and empty turns. */
function turnsOf({ phase, prompt, context, window }: Judged): readonly ModerationTurn[] {
  const text = defuse(context + window);
  if (phase === "input") return [{ role: "user", text }];
  return [
    { role: "user", text: prompt.trim() === "" ? "…" : defuse(prompt) },
    { role: "assistant", text },
  ];
}
