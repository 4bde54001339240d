// Granite Guardian behind a chat endpoint: one risk a question, answered with yes or no.
// vLLM is told the risk in the template's settings (3.0 to 3.2 and from 3.3 by two names), Ollama by the system turn.
// Source: https://github.com/ibm-granite/granite-guardian and ibm-granite/gguf, read 2026-11-21.

import type { ModerationAnswer, ModerationCall } from "../../core/moderation.ts";
import { textOf, unreadable, type Format, type Judged, type Reading } from "./format.ts";
import { turnsOf } from "./llama-guard.ts";
import { unknownCategory } from "./taxonomy.ts";

/** `harm` is the umbrella: alone, it says that something is wrong, not what. */
const umbrella = "harm";
const hazardOf: Readonly<Record<string, string>> = {
  [umbrella]: unknownCategory,
  violence: "S1",
  unethical_behavior: "S2",
  social_bias: "S10",
  sexual_content: "S12",
};
const risks = Object.keys(hazardOf);

/** Later models wrap the score, and may show how sure they are. */
const form =
  /^\s*(?:<think>[^]*?<\/think>\s*)?(?:<score>\s*(yes|no)\s*<\/score>|(yes|no))\s*(?:<confidence>\s*\w+\s*<\/confidence>)?\s*$/i;
const maxOutputTokens = 48;

export const graniteGuardian: Format = {
  categories: Object.values(hazardOf).filter((category) => category !== unknownCategory),
  calls: (judged) => risks.map((risk) => askFor(risk, judged)),
  read(answers): Reading {
    const found = answers.map(isFound);
    if (found.length !== risks.length || found.includes(undefined))
      return unreadable("it answered neither yes nor no");
    const named = risks.filter((_, index) => found[index] === true);
    if (named.length === 0) return { outcome: "pass" };
    const told = named.length > 1 ? named.filter((risk) => risk !== umbrella) : named;
    return { outcome: "hit", hits: told.map((risk) => ({ category: hazardOf[risk] ?? unknownCategory })) };
  },
};

const askFor = (risk: string, judged: Judged): ModerationCall => ({
  type: "chat",
  turns: [{ role: "system", text: risk }, ...turnsOf(judged)],
  maxOutputTokens,
  fields: { chat_template_kwargs: { guardian_config: { risk_name: risk, criteria_id: risk } } },
});

function isFound(answer: ModerationAnswer): boolean | undefined {
  const [, wrapped, bare] = form.exec(textOf([answer]) ?? "") ?? [];
  const word = (wrapped ?? bare)?.toLowerCase();
  return word === undefined ? undefined : word === "yes";
}
