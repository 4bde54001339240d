// Reads what a client says that the model said before: thoughts, text, tool calls, in whatever order they came.
// Used by `client-messages`. Thoughts are taken as they are: whoever wrote them checks them.

import type {
  AssistantMessage,
  AssistantPiece,
  ReasoningBlock,
  TextPart,
  ToolCall,
} from "../../core/request.ts";
import { type JsonObject, isObject, rowOf } from "../json.ts";
import {
  fieldsBeside,
  notOneOf,
  optionalString,
  requiredObject,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { decodeNative, decodeText } from "./client-parts.ts";
import { hiddenThoughtOf, thoughtOf, unwrapCallProof } from "./foreign-proof.ts";

interface Said {
  readonly parts: TextPart[];
  readonly toolCalls: ToolCall[];
  readonly reasoning: ReasoningBlock[];
  readonly order: AssistantPiece[];
  /** By the id of the call; they stand before it. */
  readonly signatures: Map<string, string>;
}

/** Undefined where it is empty. */
export function decodeAssistant(content: unknown, path: string): AssistantMessage | undefined {
  if (typeof content === "string") {
    const parts: TextPart[] = content === "" ? [] : [{ type: "text", text: content }];
    return parts.length === 0 ? undefined : { role: "assistant", parts, toolCalls: [], reasoning: [] };
  }
  if (!Array.isArray(content)) {
    throw wrongType(content, `${path}.content`, "a string or an array of content blocks");
  }
  const said: Said = { parts: [], toolCalls: [], reasoning: [], order: [], signatures: new Map() };
  for (const [index, block] of content.entries()) read(block, `${path}.content[${index}]`, said);
  const { parts, toolCalls, reasoning, order } = said;
  if (order.length === 0) return undefined;
  return { role: "assistant", parts, toolCalls, reasoning, ...(isUsual(order) ? {} : { order }) };
}

function read(block: unknown, path: string, said: Said): void {
  if (!isObject(block)) throw wrongType(block, path, "an object");
  const reader = typeof block["type"] === "string" ? rowOf(readers, block["type"]) : undefined;
  if (!reader) throw notOneOf(block["type"], `${path}.type`, ["text", "tool_use", "thinking"]);
  reader(block, path, said);
}

const readers: Readonly<Record<string, (block: JsonObject, path: string, said: Said) => void>> = {
  text(block, path, { parts, order }) {
    parts.push(decodeText(block, path));
    order.push("part");
  },
  thinking(block, path, { reasoning, order }) {
    const text = requiredString(block, "thinking", `${path}.`);
    const thought = thoughtOf(text, optionalString(block, "signature", `${path}.`));
    if (text === "" && thought.signature === undefined) return;
    reasoning.push(thought);
    order.push("reasoning");
  },
  redacted_thinking(block, path, { reasoning, order, signatures }) {
    const data = requiredString(block, "data", `${path}.`);
    const call = unwrapCallProof(data);
    if (call) {
      signatures.set(call.id, call.signature);
      return;
    }
    reasoning.push(hiddenThoughtOf(data));
    order.push("reasoning");
  },
  tool_use(block, path, { toolCalls, order, signatures }) {
    const id = requiredString(block, "id", `${path}.`);
    const extras = fieldsBeside(block, placedInCall);
    const signature = signatures.get(id);
    toolCalls.push({
      id,
      name: requiredString(block, "name", `${path}.`),
      arguments: JSON.stringify(requiredObject(block, "input", `${path}.`)),
      ...(signature === undefined ? {} : { signature }),
      ...(extras === undefined ? {} : { extras }),
    });
    order.push("call");
  },
  server_tool_use: readNative,
  web_search_tool_result: readNative,
  web_fetch_tool_result: readNative,
  code_execution_tool_result: readNative,
  bash_code_execution_tool_result: readNative,
  text_editor_code_execution_tool_result: readNative,
  tool_search_tool_result: readNative,
  advisor_tool_result: readNative,
  fallback: readNative,
  compaction: readNative,
};

const placedInCall: ReadonlySet<string> = new Set(["type", "id", "name", "input"]);

/** What a tool that ran at the provider was asked and said. */
function readNative(block: JsonObject, _path: string, { parts, order }: Said): void {
  parts.push(decodeNative(block, ""));
  order.push("part");
}

const ranks: Readonly<Record<AssistantPiece, number>> = { reasoning: 0, part: 1, call: 2 };

const isUsual = (order: readonly AssistantPiece[]): boolean =>
  order.every((piece, index) => ranks[order[index - 1] ?? "reasoning"] <= ranks[piece]);
