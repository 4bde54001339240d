// Writes a conversation as Converse's system blocks and alternating messages.
// The request encoder calls it. https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference-call.html

import { Failure } from "../../core/errors.ts";
import type { AssistantMessage, Message, ToolCall, ToolMessage } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { cachePoint, encodePart, encodeText } from "./encode-parts.ts";

interface Turn {
  readonly role: "user" | "assistant";
  readonly content: JsonObject[];
}

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly messages: readonly Turn[];
}

export function encodeConversation(messages: readonly Message[], log: ChangeLog): Conversation {
  const system: JsonObject[] = [];
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    log.droppedExtras(message.extras, ["cache_control", "is_error"], `${path}.`);
    if (message.name !== undefined) log.changed("dropped", `${path}.name`);
    const blocks = [...encodeMessage(message, path, log), ...cachePoint(message.extras)];
    if (message.role === "system") {
      if (turns.length > 0) log.changed("mapped", path, "system", "system (moved to the front)");
      system.push(...blocks);
      continue;
    }
    if (blocks.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }
  return turns.length > 0 ? { system, messages: turns } : systemAsQuestion(system, log);
}

/** The API wants a message: instructions that stand alone are asked as one. */
function systemAsQuestion(system: JsonObject[], log: ChangeLog): Conversation {
  if (system.length === 0) {
    throw new Failure("INVALID_REQUEST", "The messages hold nothing to send.", { path: "messages" });
  }
  log.changed("mapped", "messages[0].role", "system", "user");
  return { system: [], messages: [{ role: "user", content: system }] };
}

function encodeMessage(message: Message, path: string, log: ChangeLog): readonly JsonObject[] {
  if (message.role === "assistant") return encodeAssistant(message, path, log);
  const content = message.parts.flatMap((part, index) => encodePart(part, `${path}.parts[${index}]`, log));
  return message.role === "tool" ? [encodeResult(message, content)] : content;
}

/** Reasoning first, unchanged: the model checks its signatures. */
function encodeAssistant(message: AssistantMessage, path: string, log: ChangeLog): readonly JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const [index, { text, signature, redacted }] of message.reasoning.entries()) {
    if (redacted !== undefined) blocks.push({ reasoningContent: { redactedContent: redacted } });
    else if (signature !== undefined)
      blocks.push({ reasoningContent: { reasoningText: { text, signature } } });
    else log.changed("dropped", `${path}.reasoning[${index}]`, "unsigned");
  }
  for (const [index, part] of message.parts.entries()) {
    blocks.push(...encodePart(part, `${path}.parts[${index}]`, log));
  }
  const refusal = encodeText(message.refusal ?? "");
  if (refusal) blocks.push(refusal);
  for (const [index, call] of message.toolCalls.entries()) {
    blocks.push(encodeCall(call, `${path}.toolCalls[${index}]`, log));
  }
  return blocks;
}

function encodeCall(call: ToolCall, path: string, log: ChangeLog): JsonObject {
  const input = call.arguments.trim() === "" ? {} : parseJson(call.arguments);
  if (!isObject(input)) {
    throw new Failure("INVALID_REQUEST", "The arguments of a tool call must be a JSON object.", {
      path: `${path}.arguments`,
    });
  }
  if (call.signature !== undefined) log.changed("dropped", `${path}.signature`);
  log.droppedExtras(call.extras, [], `${path}.`);
  return { toolUse: { toolUseId: toolUseId(call.id), name: call.name, input } };
}

function encodeResult({ toolCallId, extras }: ToolMessage, content: readonly JsonObject[]): JsonObject {
  const failed = extras?.["is_error"] === true;
  return {
    toolResult: {
      toolUseId: toolUseId(toolCallId),
      content: content.length === 0 ? [{ text: "(empty)" }] : content,
      ...(failed ? { status: "error" } : {}),
    },
  };
}

/** Ids minted elsewhere may be longer or hold other characters; call and result change alike. */
const toolUseId = (id: string): string => id.replaceAll(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64);
