// Writes a conversation as Gemini's system instruction and contents.
// The request encoder calls it. https://ai.google.dev/gemini-api/docs/text-generation

import { Failure } from "../../core/errors.ts";
import type { Message, TextPart, UserMessage } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import type { JsonObject } from "../json.ts";
import { encodeAssistant } from "./encode-assistant.ts";
import { encodePart } from "./encode-parts.ts";
import { encodeToolResult } from "./encode-tool-result.ts";
import { checksSignatures } from "./thinking.ts";

interface Content {
  readonly role: "user" | "model";
  readonly parts: readonly JsonObject[];
}

export interface Conversation {
  readonly systemInstruction: { readonly parts: readonly JsonObject[] } | undefined;
  readonly contents: readonly Content[];
}

export function encodeConversation(
  messages: readonly Message[],
  upstreamModel: string,
  log: ChangeLog,
): Conversation {
  const system: JsonObject[] = [];
  const contents: { role: Content["role"]; parts: JsonObject[] }[] = [];
  const strict = checksSignatures(upstreamModel);

  for (const [index, message] of messages.entries()) {
    const path = `messages[${index}]`;
    const parts = encodeMessage(message, messages.slice(0, index), path, strict, log);
    if (message.name !== undefined) log.changed("dropped", `${path}.name`);
    log.droppedExtras(message.extras, message.role === "tool" ? ["is_error"] : [], `${path}.`);
    if (message.role === "system") {
      if (contents.length > 0)
        log.changed("mapped", path, "system", "systemInstruction (moved to the front)");
      system.push(...parts);
      continue;
    }
    if (parts.length === 0) continue;
    const role = message.role === "assistant" ? "model" : "user";
    const last = contents.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else contents.push({ role, parts });
  }

  if (contents.length === 0) return systemAsQuestion(system, log);
  return { systemInstruction: system.length === 0 ? undefined : { parts: system }, contents };
}

/** The API wants contents: instructions that stand alone are asked as one. */
function systemAsQuestion(system: readonly JsonObject[], log: ChangeLog): Conversation {
  if (system.length === 0) {
    throw new Failure("INVALID_REQUEST", "The messages hold nothing to send.", { path: "messages" });
  }
  log.changed("mapped", "messages[0].role", "system", "user");
  return { systemInstruction: undefined, contents: [{ role: "user", parts: system }] };
}

function encodeMessage(
  message: Message,
  earlier: readonly Message[],
  path: string,
  strict: boolean,
  log: ChangeLog,
): JsonObject[] {
  if (message.role === "assistant") return encodeAssistant(message, path, strict, log);
  if (message.role === "tool") return encodeToolResult(message, earlier, path, strict, log);
  return encodeParts(message.parts, path, log);
}

const encodeParts = (parts: readonly TextPart[] | UserMessage["parts"], path: string, log: ChangeLog) =>
  parts
    .map((part, index) => encodePart(part, `${path}.parts[${index}]`, log))
    .filter((part) => part !== undefined);
