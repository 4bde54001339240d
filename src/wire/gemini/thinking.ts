// Turns the neutral reasoning effort into Gemini's thinking level or budget, by model family.
// The request encoder calls it. Facts from ai.google.dev/gemini-api/docs/thinking and models.dev, read 2026-11-21.

import type { CompletionRequest, ReasoningEffort } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject } from "../json.ts";

type Level = "minimal" | "low" | "medium" | "high";

type Family =
  | { readonly by: "level"; readonly levels: readonly Level[] }
  | { readonly by: "budget"; readonly smallest: number; readonly largest: number; readonly off: boolean }
  | { readonly by: "nothing" };

const param = "reasoning_effort";

export function encodeThinking(
  request: CompletionRequest,
  upstreamModel: string,
  log: ChangeLog,
): JsonObject | undefined {
  const asked = request.reasoning;
  const name = ["thinkingConfig", "thinking_config"].find((field) => isObject(request.extras[field]));
  if (name !== undefined) {
    log.changed("passed", name);
    if (asked !== undefined) log.changed("dropped", param, asked);
    return request.extras[name] as JsonObject;
  }
  for (const field of ["thinkingConfig", "thinking_config"]) {
    if (request.extras[field] !== undefined && request.extras[field] !== null) log.changed("dropped", field);
  }
  if (asked === undefined) return undefined;
  const family = familyOf(upstreamModel);
  if (family.by === "level") return byLevel(asked, family.levels, log);
  if (family.by === "budget") return byBudget(asked, family, log);
  if (asked !== "none") log.refused(param, asked);
  return undefined;
}

/** True for models that refuse a function call in the history without its thought signature. */
export const checksSignatures = (upstreamModel: string): boolean => familyOf(upstreamModel).by === "level";

/** How the model's thinking is steered. */
export const thinksBy = (upstreamModel: string): Family["by"] => familyOf(upstreamModel).by;

const ranks: readonly Level[] = ["minimal", "low", "medium", "high"];

const levelsByEffort: Readonly<Record<ReasoningEffort, Level>> = {
  none: "minimal",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
};

/** A level that the model lacks becomes the next higher one; no model of these stops thinking. */
function byLevel(asked: ReasoningEffort, levels: readonly Level[], log: ChangeLog): JsonObject {
  const wanted = ranks.indexOf(levelsByEffort[asked]);
  const level = levels.find((candidate) => ranks.indexOf(candidate) >= wanted) ?? "high";
  log.changed(level === asked ? "mapped" : "clamped", param, asked, `thinkingConfig.thinkingLevel=${level}`);
  return { thinkingLevel: level, ...(asked === "none" ? {} : { includeThoughts: true }) };
}

/** The numbers of Google's own OpenAI-compatible endpoint: ai.google.dev/gemini-api/docs/openai#thinking */
const budgetsByEffort: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
};

function byBudget(
  asked: ReasoningEffort,
  family: Extract<Family, { by: "budget" }>,
  log: ChangeLog,
): JsonObject {
  const wanted = budgetsByEffort[asked];
  const keepsOff = wanted === 0 && family.off;
  const budget = keepsOff ? 0 : Math.min(Math.max(wanted, family.smallest), family.largest);
  const action = budget === wanted ? "mapped" : "clamped";
  log.changed(action, param, asked, `thinkingConfig.thinkingBudget=${budget}`);
  return { thinkingBudget: budget, ...(asked === "none" ? {} : { includeThoughts: true }) };
}

const familyOf = (upstreamModel: string): Family =>
  families.find(([pattern]) => pattern.test(upstreamModel))?.[1] ?? { by: "nothing" };

const families: readonly (readonly [RegExp, Family])[] = [
  [/gemini-3-pro(?!-image)/, { by: "level", levels: ["low", "high"] }],
  [/gemini-[3-9](?:\.\d+)?-pro(?!-image)/, { by: "level", levels: ["low", "medium", "high"] }],
  [/gemini-[3-9].*image/, { by: "level", levels: ["minimal", "high"] }],
  [/gemini-[3-9]/, { by: "level", levels: ranks }],
  [/gemini-2\.5-(?:.*image|.*tts)/, { by: "nothing" }],
  [/gemini-2\.5-pro/, { by: "budget", smallest: 128, largest: 32_768, off: false }],
  [/gemini-(?:2\.5-)?flash-lite/, { by: "budget", smallest: 512, largest: 24_576, off: true }],
  [/gemini-(?:2\.5-flash|flash-latest)/, { by: "budget", smallest: 1, largest: 24_576, off: true }],
];
