// Writes neutral messages as input items of the Responses API.
// Used by `upstream-request`; what cannot be carried is reported with its path, never left out in silence.

import type { ParamChange } from "../../core/answer.ts";
import type { Destination, UnsupportedParam } from "../../core/dialect.ts";
import type { AssistantMessage, MediaPart, Message, Part } from "../../core/request.ts";
import { refusedPart } from "../change-log.ts";
import { isObject, type JsonObject, parseJson } from "../json.ts";
import { addressOf, lacks } from "../openai/request-parts.ts";
import { nativeOf } from "./server-tools.ts";

export interface EncodedInput {
  readonly items: readonly JsonObject[];
  readonly params: readonly ParamChange[];
  readonly unsupported: readonly UnsupportedParam[];
}

export function encodeInput(messages: readonly Message[], to: Destination): EncodedInput {
  const params: ParamChange[] = [];
  const unsupported: UnsupportedParam[] = [];
  /** Calls whose results are called otherwise. */
  const freeform = new Set<string>();

  function encode(message: Message, index: number): readonly JsonObject[] {
    const path = `messages[${index}]`;
    if (message.name !== undefined) params.push({ param: `${path}.name`, action: "dropped" });
    for (const name of Object.keys(message.extras ?? {})) {
      params.push({ param: `${path}.${name}`, action: "dropped" });
    }
    if (message.role === "assistant") return encodeTurn(message, path);
    const content = encodeParts(message.parts, path);
    if (message.role === "tool") {
      const [first] = message.parts;
      const done = first?.type === "text" ? nativeOf(first.native) : undefined;
      if (done) return [done];
      const output = message.parts.length === 1 && first?.type === "text" ? first.text : content;
      const type = freeform.has(message.toolCallId) ? "custom_tool_call_output" : "function_call_output";
      return [{ type, call_id: message.toolCallId, output }];
    }
    const role = message.role === "system" ? (message.spelling ?? "system") : message.role;
    return [{ type: "message", role, content }];
  }

  function encodeParts(parts: readonly Part[], path: string): readonly JsonObject[] {
    return parts.flatMap((part, index) => {
      const encoded = encodePart(part, to);
      if (encoded) return [encoded];
      const place = `${path}.parts[${index}]`;
      if (part.type !== "text") unsupported.push(refusedPart(place, part));
      return [];
    });
  }

  /** Thoughts, words and calls are items of their own; a thought goes back only with its proof. */
  function encodeTurn(message: AssistantMessage, path: string): readonly JsonObject[] {
    const thoughts = message.reasoning.map(({ redacted }) => reasoningItem(redacted)).filter(isObject);
    if (thoughts.length === 0 && message.reasoning.length > 0) {
      params.push({ param: `${path}.reasoning`, action: "dropped" });
    }
    const said: JsonObject[] = [];
    let content: JsonObject[] = [];
    const close = (): void => {
      if (content.length > 0) said.push({ type: "message", role: "assistant", content });
      content = [];
    };
    for (const { text, native } of message.parts) {
      const item = nativeOf(native);
      if (item) close();
      if (item) said.push(item);
      else content.push({ type: "output_text", text, annotations: [] });
    }
    if (message.refusal !== undefined) content.push({ type: "refusal", refusal: message.refusal });
    close();
    const calls = message.toolCalls.map((call) => {
      const { id, name, arguments: text } = call;
      if (!call.freeform) return { type: "function_call", call_id: id, name, arguments: text };
      freeform.add(id);
      return { type: "custom_tool_call", call_id: id, name, input: text };
    });
    return [...thoughts, ...said, ...calls];
  }

  return { items: messages.flatMap(encode), params, unsupported };
}

/** The item as it came, if it came from this API. */
function reasoningItem(redacted: string | undefined): JsonObject | undefined {
  const item = redacted?.startsWith("{") ? parseJson(redacted) : undefined;
  return isObject(item) && item["type"] === "reasoning" ? item : undefined;
}

function encodePart(part: Part, to: Destination): JsonObject | undefined {
  if (part.type === "text") return { type: "input_text", text: part.text };
  if (part.type === "image" && !lacks(to, "VISION")) return encodeImage(part);
  return part.type === "file" ? encodeFile(part) : undefined;
}

function encodeImage(part: MediaPart): JsonObject | undefined {
  const url = addressOf(part, "image/jpeg");
  return url === undefined
    ? undefined
    : { type: "input_image", image_url: url, detail: part.detail ?? "auto" };
}

function encodeFile(part: MediaPart): JsonObject | undefined {
  const id = part.extras?.["file_id"];
  if (part.base64 !== undefined || part.url?.startsWith("data:")) {
    const data = addressOf(part, "application/pdf");
    return { type: "input_file", filename: part.name ?? "file.pdf", file_data: data };
  }
  if (part.url !== undefined) return { type: "input_file", file_url: part.url };
  return typeof id === "string" ? { type: "input_file", file_id: id } : undefined;
}
