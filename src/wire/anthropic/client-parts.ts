// Reads the content blocks of a client's user turns and tool results into neutral parts.
// Used by `client-messages`. A URL stays a URL and base64 stays as it is: nothing is fetched or decoded here.

import type { MediaPart, Part, TextPart } from "../../core/request.ts";
import { type JsonObject, arrayOf, isObject, rowOf } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalString,
  requiredObject,
  requiredString,
  wrongType,
} from "../openai/client-fields.ts";

type PartDecoder = (block: JsonObject, path: string) => Part;

const decoders: Readonly<Record<string, PartDecoder>> = {
  text: decodeText,
  image: (block, path) => ({
    type: "image",
    ...addressed(requiredObject(block, "source", `${path}.`), `${path}.source`, block, ["type", "source"]),
  }),
  document: decodeDocument,
  search_result: (block, path) => decodeNative(block, readableText(block["content"], `${path}.content`)),
  tool_reference: (block) => decodeNative(block, ""),
};

export function decodePart(value: unknown, path: string): Part {
  if (!isObject(value)) throw wrongType(value, path, "an object");
  const decode = typeof value["type"] === "string" ? rowOf(decoders, value["type"]) : undefined;
  if (!decode) throw notOneOf(value["type"], `${path}.type`, Object.keys(decoders));
  return decode(value, path);
}

/** A text that cites its sources keeps them: only who wrote them can read them. */
export function decodeText(block: JsonObject, path: string): TextPart {
  const text = requiredString(block, "text", `${path}.`);
  const citations = arrayOf(block["citations"]).filter((citation) => !isForeign(citation));
  if (citations.length > 0) return decodeNative({ ...block, citations }, text);
  const extras = fieldsBeside(block, placedInText);
  return { type: "text", text, ...(extras === undefined ? {} : { extras }) };
}

/** Made by us from another model's source: Claude would look in vain for what it encrypted there. */
const isForeign = (citation: unknown): boolean => isObject(citation) && citation["encrypted_index"] === "";

const placedInText: ReadonlySet<string> = new Set(["type", "text", "citations"]);

/** A block that no other dialect has, and what of it everyone can read. */
export const decodeNative = (block: JsonObject, text: string): TextPart => ({
  type: "text",
  text,
  native: { dialect: "anthropic", block },
});

function decodeDocument(block: JsonObject, path: string): Part {
  const source = requiredObject(block, "source", `${path}.`);
  if (source["type"] === "text") {
    return decodeNative(block, requiredString(source, "data", `${path}.source.`));
  }
  if (source["type"] === "content") {
    return decodeNative(block, readableText(source["content"], `${path}.source.content`));
  }
  const title = optionalString(block, "title", `${path}.`);
  const address = addressed(source, `${path}.source`, block, ["type", "source", "title"]);
  return {
    type: "file",
    ...address,
    mimeType: address.mimeType ?? "application/pdf",
    ...(title === undefined ? {} : { name: title }),
  };
}

/** Where the bytes are, and the fields of the block that have no neutral name. */
function addressed(
  source: JsonObject,
  path: string,
  block: JsonObject,
  placed: readonly string[],
): Omit<MediaPart, "type"> {
  const beside = fieldsBeside(block, new Set(placed));
  const extras = beside === undefined ? {} : { extras: beside };
  switch (source["type"]) {
    case "base64":
      return {
        base64: requiredString(source, "data", `${path}.`),
        mimeType: requiredString(source, "media_type", `${path}.`),
        ...extras,
      };
    case "url": {
      const url = requiredString(source, "url", `${path}.`);
      if (!/^https?:\/\//i.test(url)) throw invalid(`Invalid '${path}.url': expected an http URL.`, path);
      return { url, ...extras };
    }
    case "file":
      // No codec sends it: files of the gateway's account are nobody's to name.
      return { extras: { ...beside, file_id: requiredString(source, "file_id", `${path}.`) } };
    default:
      throw notOneOf(source["type"], `${path}.type`, ["base64", "url"]);
  }
}

/** Text, or blocks of nothing but text. */
function readableText(content: unknown, path: string): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) throw wrongType(content, path, "a string or an array of text blocks");
  const texts = content.map((block: unknown, index) => {
    if (!isObject(block)) throw wrongType(block, `${path}[${index}]`, "an object");
    if (block["type"] !== "text") throw notOneOf(block["type"], `${path}[${index}].type`, ["text"]);
    return requiredString(block, "text", `${path}[${index}].`);
  });
  return texts.join("\n");
}
