// Reads how much a client wants the model to think, as the neutral effort that every dialect has a word for.
// Used by `client-request`. The client's own fields stay in the extras: Anthropic gets them as they are.

import type { ReasoningEffort } from "../../core/request.ts";
import { type JsonObject, numberOf, rowOf } from "../json.ts";
import {
  notOneOf,
  optionalObject,
  optionalString,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";

const efforts: Readonly<Record<string, ReasoningEffort>> = {
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "xhigh",
};

/** "high" is what Anthropic's models do where nothing else is said. */
const usual: ReasoningEffort = "high";

/** A budget from here on is this effort: halfway between the budgets that efforts become on their way out. */
const effortsFromBudget: readonly (readonly [number, ReasoningEffort])[] = [
  [12_000, "high"],
  [4_000, "medium"],
  [0, "low"],
];

export function decodeReasoning(body: JsonObject): ReasoningEffort | undefined {
  const thinking = optionalObject(body, "thinking");
  const effort = decodeEffort(body);
  if (!thinking) return effort;
  const type = requiredString(thinking, "type", "thinking.");
  switch (type) {
    case "disabled":
      return "none";
    case "adaptive":
    case "between_tools":
      return effort ?? usual;
    case "enabled":
      return effort ?? effortOfBudget(thinking["budget_tokens"]);
    default:
      throw notOneOf(type, "thinking.type", ["enabled", "adaptive", "disabled"]);
  }
}

function decodeEffort(body: JsonObject): ReasoningEffort | undefined {
  const asked = optionalString(optionalObject(body, "output_config") ?? {}, "effort", "output_config.");
  if (asked === undefined) return undefined;
  const effort = rowOf(efforts, asked);
  if (effort === undefined) throw notOneOf(asked, "output_config.effort", Object.keys(efforts));
  return effort;
}

function effortOfBudget(budget: unknown): ReasoningEffort {
  const tokens = numberOf(budget);
  if (tokens === undefined) throw wrongType(budget, "thinking.budget_tokens", "an integer");
  return effortsFromBudget.find(([least]) => tokens >= least)?.[1] ?? "low";
}
