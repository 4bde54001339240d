// Llama Guard 3 and 4: behind a chat endpoint (vLLM, Ollama, Groq, Together), which applies the template by itself
// and is sent plain turns; and as a raw prompt, where the categories may be chosen. Judged is the last turn.

import type { ModerationTurn } from "../../core/moderation.ts";
import { defuse } from "./defuse.ts";
import type { Format, Judged } from "./format.ts";
import { readLlamaGuard } from "./llama-guard-answer.ts";
import type { ChosenCategory } from "./taxonomy.ts";

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

export function llamaGuardCompletions(chosen: readonly ChosenCategory[]): Format {
  const known = new Map(chosen.map(({ code, category }) => [code, category]));
  return {
    categories: chosen.map(({ category }) => category),
    calls: (judged) => [{ type: "completion", prompt: promptOf(turnsOf(judged), chosen), maxOutputTokens }],
    read: (answers) => readLlamaGuard(answers, known),
  };
}

/** Templates refuse conversations that begin with the assistant, and empty turns. */
export function turnsOf({ phase, prompt, context, window }: Judged): readonly ModerationTurn[] {
  const text = defuse(context + window);
  if (phase === "input") return [{ role: "user", text }];
  return [
    { role: "user", text: prompt.trim() === "" ? "…" : defuse(prompt) },
    { role: "assistant", text },
  ];
}

/**
 * The template that Meta publishes, word by word: the model was trained on it.
 * https://www.llama.com/docs/model-cards-and-prompt-formats/llama-guard-3/ (the server adds the first token)
 */
function promptOf(turns: readonly ModerationTurn[], chosen: readonly ChosenCategory[]): string {
  const role = turns.at(-1)?.role === "assistant" ? "Agent" : "User";
  const categories = chosen.map(({ code, category, name, means }) =>
    code === category ? `${code}: ${name}.` : `${code}: ${name}.\n${means}`,
  );
  const conversation = turns.map(
    (turn) => `${turn.role === "assistant" ? "Agent" : "User"}: ${turn.text}\n\n`,
  );
  return `<|start_header_id|>user<|end_header_id|>

Task: Check if there is unsafe content in '${role}' messages in conversations according our safety policy with the below categories.

<BEGIN UNSAFE CONTENT CATEGORIES>
${categories.join("\n")}
<END UNSAFE CONTENT CATEGORIES>

<BEGIN CONVERSATION>

${conversation.join("")}<END CONVERSATION>

Provide your safety assessment for ONLY THE LAST ${role} message in the above conversation:
 - First line must read 'safe' or 'unsafe'.
 - If unsafe, a second line must include a comma-separated list of violated categories.<|eot_id|><|start_header_id|>assistant<|end_header_id|>

`;
}
