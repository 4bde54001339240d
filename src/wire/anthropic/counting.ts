// Asks Anthropic how many tokens a completion would read, without asking for the answer.
// `anthropicDialect` hands it out. https://platform.claude.com/docs/en/build-with-claude/token-counting

import { type TokenCounting, WireFault } from "../../core/dialect.ts";
import { isObject, numberOf, parseJson } from "../json.ts";

/** What of a request counts; the API refuses the rest. */
const counted: readonly string[] =
  "model messages system tools tool_choice thinking output_config cache_control context_management".split(
    " ",
  );

export const counting: TokenCounting = {
  encode(completion) {
    const body = parseJson(completion.body);
    const entries = Object.entries(isObject(body) ? body : {}).filter(([name]) => counted.includes(name));
    return {
      ...completion,
      path: "/v1/messages/count_tokens",
      body: JSON.stringify(Object.fromEntries(entries)),
    };
  },
  decode(body) {
    const tokens = numberOf(isObject(body) ? body["input_tokens"] : undefined);
    if (tokens === undefined) throw new WireFault("malformed", "The provider's answer holds no count.");
    return tokens;
  },
};
