// OpenRouter's `provider` object: what a caller may prefer among those who serve a model, and what is asked of them.
// Used by `request-encoding`. A caller never chooses the company that gets the data: that would pass by the policy.
// https://openrouter.ai/docs/features/provider-routing

import type { Destination } from "../../core/dialect.ts";
import { type JsonObject, objectOf } from "../json.ts";
import type { ProviderHabits } from "./provider-habits.ts";

/** Preferences that name nobody, and those that only narrow. */
export const harmlessPreferences: ReadonlySet<string> = new Set(
  "sort max_price quantizations data_collection zdr require_parameters".split(" "),
);

/** Left out of the answer, these would make it another one; unasked, the relay ignores what a model cannot. */
const meaningful = [
  "stop",
  "seed",
  "logprobs",
  "top_logprobs",
  "logit_bias",
  "response_format",
  "tools",
  "tool_choice",
] as const;

/** With what the policy obliges to, which no preference weakens; undefined where there is nothing to say. */
export function providerPreferences(
  fields: JsonObject,
  obliged: JsonObject,
  habits: ProviderHabits,
  to: Destination,
): JsonObject | undefined {
  const insists =
    habits.ignoresUnsupported && to.mayDrop !== true && meaningful.some((name) => name in fields);
  if (!insists && fields["provider"] === undefined && obliged["provider"] === undefined) return undefined;
  const preferences = {
    ...objectOf(fields["provider"]),
    ...(insists ? { require_parameters: true } : {}),
    ...objectOf(obliged["provider"]),
  };
  return Object.keys(preferences).length === 0 ? undefined : preferences;
}
