// What a destination makes of each parameter: the words of the capability tables, named as OpenAI names the parameters.
// Every dialect answers with such a table; doors show it, the OpenAI encoder is driven by it, a matrix test holds all to it.

import type { Destination, ParameterName, ParameterTable, Support } from "../core/dialect.ts";
import type { ReasoningEffort } from "../core/request.ts";
import { isObject, rowOf } from "./json.ts";

export const taken: Support = { is: "taken" };
export const refused: Support = { is: "refused" };
export const mapped = (to: string): Support => ({ is: "mapped", to });
export const clamped = (least: number, most: number): Support => ({ is: "clamped", least, most });

export const every = <Name extends ParameterName>(
  names: readonly Name[],
  support: Support,
): Readonly<Record<Name, Support>> =>
  Object.fromEntries(names.map((name) => [name, support])) as Record<Name, Support>;

/** Every request asks for its table, and nothing else changes it: kept as long as the model's own list of capabilities is. */
export function remembered(make: (to: Destination) => ParameterTable): (to: Destination) => ParameterTable {
  const byCapabilities = new WeakMap<readonly string[], Map<string, ParameterTable>>();
  return (to) => {
    let tables = byCapabilities.get(to.capabilities);
    if (!tables) byCapabilities.set(to.capabilities, (tables = new Map()));
    const name = `${to.providerId}/${to.upstreamModel}`;
    let table = tables.get(name);
    if (!table) tables.set(name, (table = make(to)));
    return table;
  };
}

const ladder: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "xhigh"];

/** The nearest effort that a model has: the next lower one, else its lowest. Undefined where it has none at all. */
export function nearestEffort(
  asked: ReasoningEffort,
  efforts: readonly ReasoningEffort[],
): ReasoningEffort | undefined {
  const rank = ladder.indexOf(asked);
  const had = ladder.filter((effort) => efforts.includes(effort));
  const lower = had.findLast((effort) => ladder.indexOf(effort) <= rank);
  // Whoever asks for thinking does not mean none.
  return lower === undefined || (lower === "none" && asked !== "none")
    ? had.find((effort) => effort !== "none" || asked === "none")
    : lower;
}

/** Saying what holds anyway asks nothing of a provider that does not know the field. */
const defaults: Readonly<Record<string, readonly unknown[]>> = {
  temperature: [1],
  top_p: [1],
  tool_choice: ["auto"],
  parallel_tool_calls: [true],
  logprobs: [false],
  top_logprobs: [0],
  frequency_penalty: [0],
  presence_penalty: [0],
  reasoning_effort: ["none"],
  store: [false],
  service_tier: ["auto", "default"],
};

export function isDefault(name: string, value: unknown): boolean {
  if (name === "logit_bias" || name === "metadata") return isObject(value) && Object.keys(value).length === 0;
  if (name === "modalities") return Array.isArray(value) && value.join() === "text";
  return rowOf(defaults, name)?.includes(value) ?? false;
}
