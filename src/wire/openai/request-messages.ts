// Writes neutral messages as OpenAI's, in the destination's habits.
// Used by `request-encoding`; what cannot be carried is reported with its path, never left out in silence.

import { createHash } from "node:crypto";
import type { ParamChange } from "../../core/answer.ts";
import type { Destination, UnsupportedParam } from "../../core/dialect.ts";
import type { AssistantMessage, Message, Part, ToolCall } from "../../core/request.ts";
import { refusedPart } from "../change-log.ts";
import { arrayOf, type JsonObject } from "../json.ts";
import { encodePart, lacks } from "./request-parts.ts";
import { type ProviderHabits, habitsOf } from "./provider-habits.ts";

export interface EncodedMessages {
  readonly messages: readonly JsonObject[];
  readonly params: readonly ParamChange[];
  readonly unsupported: readonly UnsupportedParam[];
}

export function encodeMessages(messages: readonly Message[], to: Destination): EncodedMessages {
  const habits = habitsOf(to.providerId);
  const params: ParamChange[] = [];
  const unsupported: UnsupportedParam[] = [];

  function encode(message: Message, index: number): JsonObject {
    const { extras } = message;
    const name = nameOf(message, index);
    const content = encodeContent(message.parts, `messages[${index}]`);
    const { role } = message;
    const common = extras === undefined ? { role, content, name } : { ...extras, role, content, name };
    if (message.role === "system") return { ...common, role: systemRole(message.spelling, index) };
    if (message.role === "tool") return { ...common, tool_call_id: callId(message.toolCallId, habits) };
    if (message.role === "user") return common;
    const { content: thought, ...reasoning } = encodeReasoning(message, index);
    return {
      ...common,
      ...reasoning,
      content:
        thought === undefined ? said(message, content) : [...arrayOf(thought), ...asParts(message, content)],
      refusal: message.refusal,
      tool_calls: message.toolCalls.length === 0 ? undefined : message.toolCalls.map(encodeCall),
    };
  }

  /** Tools have names everywhere. */
  function nameOf({ name, role }: Message, index: number): string | undefined {
    if (name === undefined || habits.messageNames || role === "tool") return name;
    params.push({ param: `messages[${index}].name`, action: "dropped" });
    return undefined;
  }

  function systemRole(spelling: "system" | "developer" | undefined, index: number): string {
    if (spelling !== "developer" || habits.developerRole) return spelling ?? "system";
    params.push({ param: `messages[${index}].role`, action: "mapped", from: "developer", to: "system" });
    return "system";
  }

  /** One text without extras is a string: every server reads that, not every one an array. */
  function encodeContent(parts: readonly Part[], path: string): unknown {
    const [first] = parts;
    if (parts.length === 1 && first?.type === "text" && !first.extras) return first.text;
    return parts.flatMap((part, index) => {
      const encoded = encodePart(part, to, habits);
      if (encoded) return [encoded];
      const place = `${path}.parts[${index}]`;
      if (part.type !== "text") unsupported.push(refusedPart(place, part));
      return [];
    });
  }

  function encodeReasoning({ reasoning }: AssistantMessage, index: number): JsonObject {
    if (reasoning.length === 0) return {};
    if (habits.reasoningBack && !lacks(to, "REASONING")) return habits.reasoningBack(reasoning);
    params.push({ param: `messages[${index}].reasoning`, action: "dropped" });
    return {};
  }

  function encodeCall({ id, name, arguments: text, signature, freeform, extras }: ToolCall): JsonObject {
    if (freeform) return { ...extras, id, type: "custom", custom: { name, input: text } };
    return {
      ...extras,
      id: callId(id, habits),
      type: "function",
      function: { name, arguments: text },
      ...(signature === undefined ? {} : { extra_content: { google: { thought_signature: signature } } }),
    };
  }

  return { messages: messages.map(encode), params, unsupported };
}

const said = ({ parts }: AssistantMessage, content: unknown): unknown =>
  parts.length === 0 ? null : content;

const asParts = ({ parts }: AssistantMessage, content: unknown): readonly unknown[] =>
  parts.length > 0 && typeof content === "string" ? [{ type: "text", text: content }] : arrayOf(content);

/** Mistral takes nine letters and digits; another provider's id becomes the same nine wherever it stands. */
function callId(id: string, habits: ProviderHabits): string {
  if (habits.toolCallIds === "any" || /^[a-zA-Z0-9]{9}$/.test(id)) return id;
  return createHash("sha256").update(id).digest("hex").slice(0, 9);
}
