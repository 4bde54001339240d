// Reads the content parts of `POST /v1/responses` into neutral ones.
// Used by `client-items`. A URL stays a URL and base64 stays as it is: nothing is fetched or decoded here.

import type { Part, TextPart } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalString,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";
import { addressed, decodePart, details } from "../openai/client-parts.ts";

type PartDecoder = (part: JsonObject, path: string) => Part;

const decoders: Readonly<Record<string, PartDecoder>> = {
  input_text: decodeText,
  output_text: decodeText,
  text: decodeText,
  input_image(part, path) {
    const url = optionalString(part, "image_url", `${path}.`);
    if (url === undefined) throw fileById(part, path, "image_url");
    const detail = part["detail"] ?? undefined;
    if (detail !== undefined && !details.includes(detail)) {
      throw notOneOf(detail, `${path}.detail`, details as string[]);
    }
    return {
      type: "image",
      ...addressed(url),
      ...(detail === undefined ? {} : { detail: detail as "auto" | "low" | "high" }),
      ...beside(part, ["image_url", "detail", "file_id"]),
    };
  },
  input_file(part, path) {
    const data = optionalString(part, "file_data", `${path}.`);
    const url = optionalString(part, "file_url", `${path}.`);
    const name = optionalString(part, "filename", `${path}.`);
    const where = data === undefined ? url : data;
    if (where === undefined) throw fileById(part, path, "file_data");
    return {
      type: "file",
      ...addressed(where, data !== undefined),
      ...(name === undefined ? {} : { name }),
      ...beside(part, ["file_data", "file_url", "filename", "file_id", "detail"]),
    };
  },
  input_audio: (part, path) => decodePart(part, path),
};

export function decodeParts(content: unknown, path: string): readonly Part[] {
  if (typeof content === "string") return [{ type: "text", text: content }];
  if (!Array.isArray(content)) throw wrongType(content, path, "a string or an array of content parts");
  return content.map((part: unknown, index) => {
    const place = `${path}[${index}]`;
    if (!isObject(part)) throw wrongType(part, place, "an object");
    const type = part["type"];
    const decode = typeof type === "string" && Object.hasOwn(decoders, type) ? decoders[type] : undefined;
    if (!decode) throw notOneOf(type, `${place}.type`, Object.keys(decoders));
    return decode(part, place);
  });
}

export interface AssistantParts {
  readonly parts: readonly TextPart[];
  readonly refusal: string | undefined;
}

export function decodeAssistantParts(content: unknown, path: string): AssistantParts {
  const parts: TextPart[] = [];
  let refusal: string | undefined;
  const items: readonly unknown[] = Array.isArray(content) ? content : decodeParts(content, path);
  for (const [index, item] of items.entries()) {
    const place = `${path}[${index}]`;
    if (!isObject(item)) throw wrongType(item, place, "an object");
    if (item["type"] === "refusal") refusal = (refusal ?? "") + requiredString(item, "refusal", `${place}.`);
    else if (isText(item["type"])) parts.push(decodeText(item, place));
    else throw notOneOf(item["type"], `${place}.type`, ["output_text", "refusal"]);
  }
  return { parts, refusal };
}

const isText = (type: unknown): boolean => type === "output_text" || type === "input_text" || type === "text";

/** Of an answer's own text, what stood beside it says nothing to a model. */
function decodeText(part: JsonObject, path: string): TextPart {
  const text = requiredString(part, "text", `${path}.`);
  return { type: "text", text, ...beside(part, ["text", "annotations", "logprobs", "citations"]) };
}

function fileById(part: JsonObject, path: string, instead: string) {
  const byId = typeof part["file_id"] === "string";
  return invalid(
    byId
      ? `Files are not kept here: send '${path}.${instead}' instead of '${path}.file_id'.`
      : `Missing required parameter: '${path}.${instead}'.`,
    `${path}.${byId ? "file_id" : instead}`,
  );
}

function beside(part: JsonObject, known: readonly string[]): Pick<TextPart, "extras"> {
  const extras = fieldsBeside(part, new Set(["type", ...known]));
  return extras === undefined ? {} : { extras };
}
