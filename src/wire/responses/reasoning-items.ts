// Reasoning as items of the Responses API: its text as the summary, what proves it as encrypted content.
// Both sides of `/v1/responses` use it. Opaque parts are wrapped and unwrapped, never read or changed.

import type { ReasoningBlock } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject, parseJson, stringOf } from "../json.ts";
import { invalid, optionalString } from "../openai/client-fields.ts";

/** What a provider that is not OpenAI wants back goes into the field that OpenAI's clients hand back untouched. */
const envelopePrefix = "pc1.";

export function encodeProof(block: Pick<ReasoningBlock, "signature" | "redacted">): string | undefined {
  const { signature, redacted } = block;
  const own = redacted === undefined ? undefined : openaiContent(redacted);
  if (own !== undefined) return own;
  if (signature === undefined && redacted === undefined) return undefined;
  return envelopePrefix + Buffer.from(JSON.stringify({ signature, redacted })).toString("base64url");
}

export function decodeReasoningItem(item: JsonObject, path: string): readonly ReasoningBlock[] {
  const text = [...arrayOf(item["summary"]), ...arrayOf(item["content"])]
    .filter(isObject)
    .map((part) => stringOf(part["text"]) ?? "")
    .join("");
  const content = optionalString(item, "encrypted_content", `${path}.`);
  if (content === undefined) return text === "" ? [] : [{ text }];
  if (!content.startsWith(envelopePrefix)) {
    // Kept whole: OpenAI wants the id and the summary back with the content.
    const { status: _status, ...whole } = item;
    return [...(text === "" ? [] : [{ text }]), { text: "", redacted: JSON.stringify(whole) }];
  }
  const { signature, redacted } = opened(content, `${path}.encrypted_content`);
  if (redacted !== undefined) return [...(text === "" ? [] : [{ text }]), { text: "", redacted }];
  return [{ text, ...(signature === undefined ? {} : { signature }) }];
}

/** The content of a reasoning item that came from OpenAI as a whole. */
function openaiContent(redacted: string): string | undefined {
  const item = redacted.startsWith("{") ? parseJson(redacted) : undefined;
  return isObject(item) && item["type"] === "reasoning" ? stringOf(item["encrypted_content"]) : undefined;
}

function opened(content: string, path: string): Pick<ReasoningBlock, "signature" | "redacted"> {
  const value = parseJson(Buffer.from(content.slice(envelopePrefix.length), "base64url").toString("utf8"));
  if (!isObject(value)) throw invalid("The encrypted content was not made here.", path);
  return { signature: stringOf(value["signature"]), redacted: stringOf(value["redacted"]) };
}
