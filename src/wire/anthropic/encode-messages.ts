// Writes a conversation as Anthropic's system blocks and alternating turns.
// The request encoder calls it. https://platform.claude.com/docs/en/build-with-claude/working-with-messages

import { Failure } from "../../core/errors.ts";
import type {
  AssistantMessage,
  AssistantPiece,
  Message,
  ReasoningBlock,
  ToolCall,
  ToolMessage,
} from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { blockFields, encodePart, encodeText, pickExtras } from "./encode-parts.ts";

interface Turn {
  readonly role: "user" | "assistant" | "system";
  readonly content: readonly JsonObject[];
}

export interface Conversation {
  readonly system: readonly JsonObject[];
  readonly turns: readonly Turn[];
}

/** `keepsPlaces`: instructions between turns stay there, as whoever speaks Anthropic's wire means them. */
export function encodeConversation(
  messages: readonly Message[],
  log: ChangeLog,
  keepsPlaces = false,
): Conversation {
  const system: JsonObject[] = [];
  const turns: { role: Turn["role"]; content: JsonObject[] }[] = [];

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    const blocks = withMessageExtras(message, encodeMessage(message, path, log), path, log);
    if (message.name !== undefined) log.changed("dropped", `${path}.name`);
    if (message.role === "system" && !(keepsPlaces && turns.length > 0)) {
      if (turns.length > 0) log.changed("mapped", path, "system", "system (moved to the front)");
      system.push(...blocks);
      continue;
    }
    if (blocks.length === 0) continue;
    const role = message.role === "tool" ? "user" : message.role;
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...blocks);
    else turns.push({ role, content: blocks });
  }

  for (const turn of turns) if (turn.role === "user") turn.content = resultsFirst(turn.content);
  return turns.length > 0 ? { system, turns } : systemAsQuestion(system, log);
}

/** The API wants a message: instructions that stand alone are asked as one. */
function systemAsQuestion(system: readonly JsonObject[], log: ChangeLog): Conversation {
  if (system.length === 0) {
    throw new Failure("INVALID_REQUEST", "The messages hold nothing to send.", { path: "messages" });
  }
  log.changed("mapped", "messages[0].role", "system", "user");
  return { system: [], turns: [{ role: "user", content: system }] };
}

/** "Tool result blocks must come first in the content array." */
const resultsFirst = (content: readonly JsonObject[]): JsonObject[] => [
  ...content.filter(isToolResult),
  ...content.filter((block) => !isToolResult(block)),
];

const isToolResult = (block: JsonObject): boolean => block["type"] === "tool_result";

function encodeMessage(message: Message, path: string, log: ChangeLog): JsonObject[] {
  if (message.role === "assistant") return encodeAssistant(message, path, log);
  if (message.role === "tool") return [encodeToolResult(message, path, log)];
  return encodeParts(message.parts, path, log);
}

const encodeParts = (parts: Exclude<Message, AssistantMessage>["parts"], path: string, log: ChangeLog) =>
  parts
    .map((part, index) => encodePart(part, `${path}.parts[${index}]`, log))
    .filter((block) => block !== undefined);

/** Reasoning first where nothing else is said, and unchanged: the API checks signatures and their order. */
function encodeAssistant(message: AssistantMessage, path: string, log: ChangeLog): JsonObject[] {
  const { reasoning, parts, refusal = "", toolCalls, order } = message;
  const said = refusal === "" ? parts : [...parts, { type: "text", text: refusal } as const];
  const pieces: Readonly<Record<AssistantPiece, readonly (JsonObject | undefined)[]>> = {
    reasoning: reasoning.map((block, index) => encodeThought(block, `${path}.reasoning[${index}]`, log)),
    part: said.map((part, index) => encodeText(part, `${path}.parts[${index}]`, log)),
    call: toolCalls.map((call, index) => encodeToolCall(call, `${path}.toolCalls[${index}]`, log)),
  };
  const taken = { reasoning: 0, part: 0, call: 0 };
  const ordered = order
    ? order.map((piece) => pieces[piece][taken[piece]++])
    : [...pieces.reasoning, ...pieces.part, ...pieces.call];
  return ordered.filter((block) => block !== undefined);
}

function encodeThought(block: ReasoningBlock, path: string, log: ChangeLog): JsonObject | undefined {
  const { text, signature, redacted, from = "anthropic" } = block;
  if (from !== "anthropic") log.changed("dropped", path, "of another model");
  else if (redacted !== undefined) return { type: "redacted_thinking", data: redacted };
  else if (signature !== undefined) return { type: "thinking", thinking: text, signature };
  else log.changed("dropped", path, "unsigned");
  return undefined;
}

function encodeToolCall(call: ToolCall, path: string, log: ChangeLog): JsonObject {
  const input = call.arguments.trim() === "" ? {} : parseJson(call.arguments);
  if (!isObject(input)) {
    throw new Failure("INVALID_REQUEST", "The arguments of a tool call must be a JSON object.", {
      path: `${path}.arguments`,
    });
  }
  if (call.signature !== undefined) log.changed("dropped", `${path}.signature`);
  const extras = pickExtras(call.extras, callFields, path, log);
  return { type: "tool_use", id: toolUseId(call.id), name: call.name, input, ...extras };
}

const callFields: readonly string[] = [...blockFields, "caller", "toolset_name"];
const resultFields: readonly string[] = [...blockFields, "toolset_name"];

function encodeToolResult(message: ToolMessage, path: string, log: ChangeLog): JsonObject {
  const content = encodeParts(message.parts, path, log);
  const failed = message.extras?.["is_error"];
  return {
    type: "tool_result",
    tool_use_id: toolUseId(message.toolCallId),
    ...(content.length === 0 ? {} : { content }),
    ...(typeof failed === "boolean" ? { is_error: failed } : {}),
  };
}

/** Ids minted by other vendors may hold characters that Anthropic refuses; call and result change alike. */
const toolUseId = (id: string): string => id.replace(/[^a-zA-Z0-9_-]/g, "_");

/** A cache mark on a message stands on its last block. */
function withMessageExtras(
  message: Message,
  blocks: JsonObject[],
  path: string,
  log: ChangeLog,
): JsonObject[] {
  const known = message.role === "tool" ? [...resultFields, "is_error"] : blockFields;
  const { is_error: _handled, ...marks } = pickExtras(message.extras, known, path, log);
  const last = blocks.at(-1);
  return last === undefined ? blocks : [...blocks.slice(0, -1), { ...last, ...marks }];
}
