// Reads a client's `messages` into neutral ones, the deprecated function messages included.
// Used by `client-request`. What a message says beyond its documented fields travels in its extras.

import type { Message, Part, ReasoningBlock, TextPart, ToolCall } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalArray,
  optionalObject,
  optionalString,
  requiredItems,
  requiredObject,
  requiredString,
  wrongType,
} from "./client-fields.ts";
import { decodePart, decodeText } from "./client-parts.ts";
import { decodeTag } from "./client-tags.ts";
import { decodeReasoning, isThinking } from "./reasoning-details.ts";

const most = 100_000;

/** `annotations`, `citations` and `portcullis` are ours: clients send whole answers back. */
const known: ReadonlySet<string> = new Set(
  `role content name sensitivity refusal tool_calls function_call tool_call_id reasoning reasoning_content
  reasoning_details thinking_blocks annotations citations portcullis`.split(/\s+/),
);

export function decodeMessages(body: JsonObject): readonly Message[] {
  /** Stands for the id that function calls did not have yet. */
  let lastFunctionCall = "call_0";

  function decode(value: unknown, index: number): Message {
    const path = `messages[${index}]`;
    if (!isObject(value)) throw wrongType(value, path, "an object");
    const sensitivity = decodeTag(value, path);
    const role = value["role"];
    const name = optionalString(value, "name", `${path}.`);
    const extras = fieldsBeside(value, known);
    const base = {
      ...(name === undefined ? {} : { name }),
      ...(sensitivity === undefined ? {} : { sensitivity }),
      ...(extras === undefined ? {} : { extras }),
    };
    switch (role) {
      case "user":
        return { ...base, role, parts: decodeContent(value, path) };
      case "system":
      case "developer":
        return { ...base, role: "system", spelling: role, parts: decodeTexts(value, path) };
      case "tool":
        return {
          ...base,
          role,
          toolCallId: requiredString(value, "tool_call_id", `${path}.`),
          parts: decodeContent(value, path),
        };
      case "function":
        return { ...base, role: "tool", toolCallId: lastFunctionCall, parts: functionResult(value, path) };
      case "assistant":
        return { ...base, role, ...decodeAssistant(value, path, index) };
      default:
        throw notOneOf(role, `${path}.role`, [
          "developer",
          "system",
          "user",
          "assistant",
          "tool",
          "function",
        ]);
    }
  }

  function decodeAssistant(value: JsonObject, path: string, index: number) {
    const toolCalls = (optionalArray(value, "tool_calls", 1000, `${path}.`) ?? []).map((call, position) =>
      decodeCall(call, `${path}.tool_calls[${position}]`),
    );
    const called = optionalObject(value, "function_call", `${path}.`);
    if (called) {
      lastFunctionCall = `call_${index}`;
      toolCalls.push({ id: lastFunctionCall, ...calledFunction(called, `${path}.function_call.`) });
    }
    const content = decodeAssistantContent(value, path);
    const refusal = optionalString(value, "refusal", `${path}.`) ?? content.refusal;
    if (
      value["content"] == null &&
      toolCalls.length === 0 &&
      refusal === undefined &&
      value["audio"] == null
    ) {
      throw wrongType(value["content"], `${path}.content`, "a string or an array of content parts");
    }
    return {
      parts: content.parts,
      ...(refusal === undefined ? {} : { refusal }),
      toolCalls,
      reasoning: [...decodeReasoning(value), ...content.reasoning],
    };
  }

  return requiredItems(body, "messages", most).map(decode);
}

function decodeContent(message: JsonObject, path: string): readonly Part[] {
  const content = message["content"];
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) {
    throw wrongType(content, `${path}.content`, "a string or an array of content parts");
  }
  const items = requiredItems(message, "content", most, `${path}.`);
  return items.map((part, index) => decodePart(part, `${path}.content[${index}]`));
}

function decodeTexts(message: JsonObject, path: string): readonly TextPart[] {
  return decodeContent(message, path).map((part, index) => {
    if (part.type === "text") return part;
    throw invalid(`Messages of this role hold text only.`, `${path}.content[${index}].type`);
  });
}

interface AssistantContent {
  readonly parts: readonly TextPart[];
  readonly reasoning: readonly ReasoningBlock[];
  readonly refusal?: string;
}

/** Text, refusals, and the thinking parts that Mistral's answers have. */
function decodeAssistantContent(message: JsonObject, path: string): AssistantContent {
  const content = message["content"];
  if (content === undefined || content === null) return { parts: [], reasoning: [] };
  if (!Array.isArray(content)) return { parts: decodeTexts(message, path), reasoning: [] };
  const parts: TextPart[] = [];
  const reasoning: ReasoningBlock[] = [];
  let refusal: string | undefined;
  for (const [index, part] of content.entries()) {
    const place = `${path}.content[${index}]`;
    if (!isObject(part)) throw wrongType(part, place, "an object");
    if (part["type"] === "refusal") refusal = (refusal ?? "") + requiredString(part, "refusal", `${place}.`);
    else if (isThinking(part)) reasoning.push(...decodeReasoning({ thinking_blocks: [part] }));
    else if (part["type"] === "text") parts.push(decodeText(part, place));
    else throw notOneOf(part["type"], `${place}.type`, ["text", "refusal"]);
  }
  return { parts, reasoning, ...(refusal === undefined ? {} : { refusal }) };
}

function decodeCall(call: unknown, path: string): ToolCall {
  if (!isObject(call)) throw wrongType(call, path, "an object");
  if (call["type"] === "custom") return decodeCustomCall(call, path);
  if (call["type"] !== undefined && call["type"] !== "function") {
    throw notOneOf(call["type"], `${path}.type`, ["function", "custom"]);
  }
  const google = optionalObject(optionalObject(call, "extra_content", `${path}.`) ?? {}, "google", path);
  const signature = optionalString(google ?? {}, "thought_signature", path);
  const extras = fieldsBeside(call, placedInCall);
  return {
    id: requiredString(call, "id", `${path}.`),
    ...calledFunction(requiredObject(call, "function", `${path}.`), `${path}.function.`),
    ...(signature === undefined ? {} : { signature }),
    ...(extras === undefined ? {} : { extras }),
  };
}

/** `index` is left over from a stream, and says where the call stands anyway. */
const placedInCall: ReadonlySet<string> = new Set(["id", "type", "function", "index", "extra_content"]);

function decodeCustomCall(call: JsonObject, path: string): ToolCall {
  const called = requiredObject(call, "custom", `${path}.`);
  return {
    id: requiredString(call, "id", `${path}.`),
    name: requiredString(called, "name", `${path}.custom.`),
    arguments: requiredString(called, "input", `${path}.custom.`),
    freeform: true,
  };
}

function calledFunction(called: JsonObject, prefix: string): Pick<ToolCall, "name" | "arguments"> {
  return {
    name: requiredString(called, "name", prefix),
    arguments: requiredString(called, "arguments", prefix),
  };
}

/** The old function message may have null for an answer. */
function functionResult(message: JsonObject, path: string): readonly Part[] {
  return message["content"] === null ? [{ type: "text", text: "" }] : decodeContent(message, path);
}
