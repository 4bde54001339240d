// Asks Gemini how many tokens a completion would read, without asking for the answer.
// `geminiDialect` hands it out. https://ai.google.dev/api/tokens

import { type TokenCounting, WireFault } from "../../core/dialect.ts";
import { isObject, numberOf, parseJson } from "../json.ts";

export const counting: TokenCounting = {
  encode(completion) {
    const [path = ""] = completion.path.split("?");
    const address = path.slice(0, path.lastIndexOf(":"));
    const model = decodeURIComponent(address.slice(address.indexOf("models/")));
    const body = parseJson(completion.body);
    const generateContentRequest = { model, ...(isObject(body) ? body : {}) };
    return {
      ...completion,
      path: `${address}:countTokens`,
      body: JSON.stringify({ generateContentRequest }),
    };
  },
  decode(body) {
    const tokens = numberOf(isObject(body) ? body["totalTokens"] : undefined);
    if (tokens === undefined) throw new WireFault("malformed", "The provider's answer holds no count.");
    return tokens;
  },
};
