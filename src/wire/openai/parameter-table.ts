// The capability table of one model at one provider of the OpenAI dialect: the provider's own rows, what the model
// refuses, and what the catalog says it cannot do. The request encoder is driven by it and doors show it.

import type { Destination, ParameterName, ParameterTable, Support } from "../../core/dialect.ts";
import type { ReasoningEffort } from "../../core/request.ts";
import { every, nearestEffort, refused, remembered } from "../parameter-support.ts";
import { parametersOfModel } from "./model-parameters.ts";
import { parametersAt, type ProviderParameters } from "./provider-parameters.ts";
import { lacks } from "./request-parts.ts";

export const parameterTable = remembered((to) => tableOf(to, parametersAt(to.providerId)));

/** For any wire of OpenAI's: what the model refuses, it refuses over each. */
export function tableOf(to: Destination, provider: ProviderParameters): ParameterTable {
  const model = parametersOfModel(to.upstreamModel, to.providerId);
  const effort = effortOf(provider.reasoning_effort, model.efforts, model.effortWords);
  const rows: Partial<Record<ParameterName, Support>> = {
    ...every(model.refuses, refused),
    ...every(model.refusesWhileThinking, { is: "refused", while: "thinking" }),
    reasoning_effort: lacks(to, "REASONING") ? refused : effort,
    ...(lacks(to, "AUDIO") ? every(["audio", "modalities"], refused) : {}),
    ...(lacks(to, "TOOLS") ? every(["tools", "tool_choice", "parallel_tool_calls"], refused) : {}),
  };
  const merged = { ...provider, ...rows };
  for (const name of model.refusesWhileThinking) {
    // What the provider refuses always is not taken by thinking less.
    if (provider[name].is === "refused") merged[name] = provider[name];
  }
  return { of: merged, others: "passed" };
}

/** The provider's way of saying an effort, for those efforts that the model has. */
function effortOf(
  support: Support,
  efforts: readonly ReasoningEffort[] | undefined,
  words: Readonly<Partial<Record<ReasoningEffort, string>>> = {},
): Support {
  if (efforts === undefined || support.is === "refused") return support;
  if (efforts.length === 0) return refused;
  const said = support.is === "mapped" ? support.words : undefined;
  const to = support.is === "mapped" ? support.to : "reasoning_effort";
  const entries = allEfforts.flatMap((asked) => {
    const nearest = nearestEffort(asked, efforts);
    if (nearest === undefined) return [];
    return [[asked, said?.[nearest] ?? { [to]: words[nearest] ?? nearest }] as const];
  });
  return { is: "mapped", to, words: Object.fromEntries(entries) };
}

const allEfforts: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh"];
