// Writes an assistant's turn as Gemini sent it: thoughts, text and function calls, each with its signature.
// The message encoder calls it. https://ai.google.dev/gemini-api/docs/thought-signatures

import { Failure } from "../../core/errors.ts";
import type { AssistantMessage, ReasoningBlock, ToolCall } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { isMinted } from "./call-ids.ts";
import { encodePart } from "./encode-parts.ts";

/** Google's documented stand-in for the signature of a call that another model made. */
const foreignCallSignature = "skip_thought_signature_validator";

export function encodeAssistant(
  message: AssistantMessage,
  path: string,
  strict: boolean,
  log: ChangeLog,
): JsonObject[] {
  const parts = message.reasoning.flatMap((block, index) =>
    encodeThought(block, `${path}.reasoning[${index}]`, log),
  );
  const text = message.parts
    .map((part, index) => encodePart(part, `${path}.parts[${index}]`, log))
    .filter((part) => part !== undefined);
  if (message.refusal !== undefined && message.refusal !== "") text.push({ text: message.refusal });
  parts.push(...signed(text, message.reasoning));
  for (const [index, call] of message.toolCalls.entries()) {
    // Of parallel calls only the first carries a signature.
    const standIn = strict && index === 0 && call.signature === undefined;
    if (standIn) log.changed("mapped", `${path}.toolCalls[0].signature`, undefined, foreignCallSignature);
    log.droppedExtras(call.extras, [], `${path}.toolCalls[${index}].`);
    parts.push(encodeCall(call, standIn, `${path}.toolCalls[${index}]`));
  }
  return parts;
}

function encodeThought(block: ReasoningBlock, path: string, log: ChangeLog): JsonObject[] {
  if (block.redacted !== undefined) {
    log.changed("dropped", path, "redacted");
    return [];
  }
  if (block.text === "") return [];
  const signature = block.signature === undefined ? {} : { thoughtSignature: block.signature };
  return [{ text: block.text, thought: true, ...signature }];
}

/** A signature without a thought is that of the text: it came on its last part, or on an empty one. */
function signed(text: readonly JsonObject[], reasoning: readonly ReasoningBlock[]): readonly JsonObject[] {
  const thoughtSignature = reasoning.findLast(
    (block) => block.text === "" && block.signature !== undefined && block.redacted === undefined,
  )?.signature;
  if (thoughtSignature === undefined) return text;
  return [...text.slice(0, -1), { ...(text.at(-1) ?? { text: "" }), thoughtSignature }];
}

function encodeCall(call: ToolCall, standIn: boolean, path: string): JsonObject {
  const args = call.arguments.trim() === "" ? {} : parseJson(call.arguments);
  if (!isObject(args)) {
    throw new Failure("INVALID_REQUEST", "The arguments of a tool call must be a JSON object.", {
      path: `${path}.arguments`,
    });
  }
  const thoughtSignature = standIn ? foreignCallSignature : call.signature;
  return {
    functionCall: { ...(isMinted(call.id) ? {} : { id: call.id }), name: call.name, args },
    ...(thoughtSignature === undefined ? {} : { thoughtSignature }),
  };
}
