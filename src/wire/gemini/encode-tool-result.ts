// Writes a tool's result as Gemini's function response, which names the function instead of the call.
// The message encoder calls it. https://ai.google.dev/gemini-api/docs/function-calling

import { Failure } from "../../core/errors.ts";
import type { Message, ToolMessage } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { isMinted } from "./call-ids.ts";
import { encodeMedia } from "./encode-parts.ts";

export function encodeToolResult(
  message: ToolMessage,
  earlier: readonly Message[],
  path: string,
  takesMedia: boolean,
  log: ChangeLog,
): JsonObject[] {
  const id = message.toolCallId;
  const media = encodeMediaParts(message, path, takesMedia, log);
  const functionResponse = {
    ...(isMinted(id) ? {} : { id }),
    name: nameOfCall(id, earlier, path),
    response: responseOf(message),
    ...(takesMedia && media.length > 0 ? { parts: media } : {}),
  };
  return takesMedia ? [{ functionResponse }] : [{ functionResponse }, ...media];
}

function nameOfCall(id: string, earlier: readonly Message[], path: string): string {
  for (const message of earlier.toReversed()) {
    if (message.role !== "assistant") continue;
    const call = message.toolCalls.find((candidate) => candidate.id === id);
    if (call) return call.name;
  }
  throw new Failure("INVALID_REQUEST", "No earlier assistant message makes the tool call of this result.", {
    path: `${path}.toolCallId`,
  });
}

/** The API wants an object: "use output to specify function output and error to specify error details". */
function responseOf(message: ToolMessage): JsonObject {
  const text = message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  if (message.extras?.["is_error"] === true) return { error: text };
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : { output: parsed ?? text };
}

/** Gemini 3 takes media in a function response, older models beside it. */
function encodeMediaParts(message: ToolMessage, path: string, takesMedia: boolean, log: ChangeLog) {
  const encoded: JsonObject[] = [];
  for (const [index, part] of message.parts.entries()) {
    const at = `${path}.parts[${index}]`;
    log.droppedExtras(part.extras, [], `${at}.`);
    if (part.type === "text") continue;
    const media = encodeMedia(part);
    if (!media) log.refusedPart(at, part);
    else {
      encoded.push(media);
      if (!takesMedia) log.changed("mapped", at, part.type, "part beside the result");
    }
  }
  return encoded;
}
