// What the tools cost that a provider ran for an answer: counted where it says how often, at most assumed before a call.
// The meter and the worst case use it. A use without a known fee makes a cost an estimate, never a guess.

import type { TokenUsage } from "../core/events.ts";
import { type Picodollars, picodollarsOf } from "../core/money.ts";
import type { CompletionRequest, ModelRequest, Tool } from "../core/request.ts";

/** Dollars a use, by the tool's name; without a row nobody knows. */
type Fees = Readonly<Record<string, number>>;

export interface ToolCost {
  readonly cost: Picodollars;
  /** Every use has a known fee. */
  readonly whole: boolean;
}

const nothing: ToolCost = { cost: 0, whole: true };

export function costOfUses({ toolUses }: TokenUsage, fees: Fees): ToolCost {
  if (toolUses === undefined) return nothing;
  let usd = 0;
  let whole = true;
  for (const [tool, uses] of Object.entries(toolUses)) {
    const fee = fees[tool];
    if (fee === undefined) whole &&= uses === 0;
    else usd += fee * uses;
  }
  return { cost: picodollarsOf(usd), whole };
}

/** How often a model may search where nobody says how often. */
const assumedUses = 10;

/** Of tools that the request offers and that have a known fee. */
export function worstCaseOfUses(request: ModelRequest, fees: Fees): Picodollars {
  if (request.action !== "complete" || request.tools === undefined) return 0;
  let usd = 0;
  for (const tool of request.tools) {
    const type = tool.native?.block["type"] ?? tool.extras?.["type"];
    if (typeof type === "string") usd += (fees[type.replace(version, "")] ?? 0) * mostUses(tool, request);
  }
  return picodollarsOf(usd);
}

/** `web_search_20250305` and `web_search_2025_08_26` are web search. */
const version = /_\d[\d_]*$/;

function mostUses({ native, extras }: Tool, request: CompletionRequest): number {
  const most = [native?.block["max_uses"], extras?.["max_uses"], request.extras["max_tool_calls"]];
  return most.find((count) => typeof count === "number") ?? assumedUses;
}
