// Reads a client's `system` and `messages` into neutral messages: tool results become messages of their own.
// Used by `client-request`. https://platform.claude.com/docs/en/api/messages

import type { Message, Part, TextPart } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalBoolean,
  requiredItems,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { decodeTag } from "../openai/client-tags.ts";
import { decodeAssistant } from "./client-assistant.ts";
import { decodePart, decodeText } from "./client-parts.ts";

export interface DecodedConversation {
  readonly messages: readonly Message[];
  /** Where each of them stands in the client's body. */
  readonly places: readonly string[];
}

const most = 100_000;

export function decodeConversation(body: JsonObject): DecodedConversation {
  const messages: Message[] = [];
  const places: string[] = [];
  const add = (message: Message, place: string): void => {
    messages.push(message);
    places.push(place);
  };
  if (body["system"] !== undefined && body["system"] !== null) {
    add({ role: "system", parts: decodeTexts(body["system"], "system") }, "system");
  }
  for (const [index, value] of requiredItems(body, "messages", most).entries()) {
    decodeTurn(value, `messages[${index}]`, add);
  }
  return { messages, places };
}

function decodeTurn(value: unknown, path: string, add: (message: Message, place: string) => void): void {
  if (!isObject(value)) throw wrongType(value, path, "an object");
  const sensitivity = decodeTag(value, path);
  const tagged = sensitivity === undefined ? {} : { sensitivity };
  switch (value["role"]) {
    case "user":
      return decodeUser(value["content"], path, (message, place) => add({ ...message, ...tagged }, place));
    case "assistant": {
      const said = decodeAssistant(value["content"], path);
      // What said nothing, as after a refusal, has nothing to be told of.
      if (said !== undefined) add({ ...said, ...tagged }, path);
      return;
    }
    case "system":
      return add(
        { role: "system", parts: decodeTexts(value["content"], `${path}.content`), ...tagged },
        path,
      );
    default:
      throw notOneOf(value["role"], `${path}.role`, ["user", "assistant"]);
  }
}

/** Results go first, each as a message of its own: so the API wants them, and so every dialect takes them. */
function decodeUser(content: unknown, path: string, add: (message: Message, place: string) => void): void {
  if (typeof content === "string")
    return add({ role: "user", parts: [{ type: "text", text: content }] }, path);
  if (!Array.isArray(content)) {
    throw wrongType(content, `${path}.content`, "a string or an array of content blocks");
  }
  if (content.length === 0) throw invalid(`Invalid '${path}.content': empty array.`, `${path}.content`);
  const parts: Part[] = [];
  for (const [index, block] of content.entries()) {
    const place = `${path}.content[${index}]`;
    if (isObject(block) && block["type"] === "tool_result") add(decodeToolResult(block, place), place);
    else parts.push(decodePart(block, place));
  }
  if (parts.length > 0) add({ role: "user", parts }, path);
}

const placedInResult: ReadonlySet<string> = new Set(["type", "tool_use_id", "content", "is_error"]);

function decodeToolResult(block: JsonObject, path: string): Message {
  const failed = optionalBoolean(block, "is_error", `${path}.`);
  const extras = {
    ...fieldsBeside(block, placedInResult),
    ...(failed === undefined ? {} : { is_error: failed }),
  };
  return {
    role: "tool",
    toolCallId: requiredString(block, "tool_use_id", `${path}.`),
    parts: decodeResultContent(block["content"], `${path}.content`),
    ...(Object.keys(extras).length === 0 ? {} : { extras }),
  };
}

function decodeResultContent(content: unknown, path: string): readonly Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(content, path, "a string or an array of content blocks");
  return content.map((block, index) => decodePart(block, `${path}[${index}]`));
}

function decodeTexts(content: unknown, path: string): readonly TextPart[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(content, path, "a string or an array of text blocks");
  return content.map((block: unknown, index) => {
    const place = `${path}[${index}]`;
    if (!isObject(block)) throw wrongType(block, place, "an object");
    if (block["type"] !== "text") throw notOneOf(block["type"], `${place}.type`, ["text"]);
    return decodeText(block, place);
  });
}
