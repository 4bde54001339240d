// What providers ask for each use of a tool that they run, beside the tokens. A provider or tool without a row has a fee
// that nobody here knows: then the cost that is shown says that it is estimated. The flow reads it.

/** Dollars a use. */
type ToolFees = Readonly<Record<string, number>>;

const none: ToolFees = {};

const fees: Readonly<Record<string, ToolFees>> = {
  // https://developers.openai.com/api/docs/pricing, as told by third parties until 2026-11-05: $10 and $2.50 a thousand.
  // Containers are priced by their size and pictures by their tokens, neither of which an answer tells.
  openai: { web_search: 0.01, file_search: 0.0025 },
  // https://platform.claude.com/docs/en/about-claude/pricing: $10 a thousand searches; fetching pages costs tokens alone.
  anthropic: { web_search: 0.01, web_fetch: 0 },
};

export const toolFeesOf = (providerId: string): ToolFees =>
  Object.hasOwn(fees, providerId) ? (fees[providerId] ?? none) : none;
