// Reads the content parts of a client's message into neutral ones.
// Used by `client-messages`. A URL stays a URL and base64 stays as it is: nothing is fetched or decoded here.

import type { MediaPart, Part, TextPart } from "../../core/request.ts";
import { type JsonObject, isObject } from "../json.ts";
import {
  fieldsBeside,
  invalid,
  notOneOf,
  optionalString,
  requiredObject,
  requiredString,
  wrongType,
} from "./client-fields.ts";

type PartDecoder = (part: JsonObject, path: string) => Part;

export const details: readonly unknown[] = ["auto", "low", "high"];

const decoders: Readonly<Record<string, PartDecoder>> = {
  text: decodeText,
  image_url(part, path) {
    const image = requiredObject(part, "image_url", `${path}.`);
    const url = requiredString(image, "url", `${path}.image_url.`);
    const detail = image["detail"] ?? undefined;
    if (detail !== undefined && !details.includes(detail)) {
      throw notOneOf(detail, `${path}.image_url.detail`, details as string[]);
    }
    return {
      type: "image",
      ...addressed(url),
      ...(detail === undefined ? {} : { detail: detail as "auto" | "low" | "high" }),
      ...beside(part, "image_url"),
    };
  },
  input_audio(part, path) {
    const audio = requiredObject(part, "input_audio", `${path}.`);
    const base64 = requiredString(audio, "data", `${path}.input_audio.`);
    const format = requiredString(audio, "format", `${path}.input_audio.`);
    return { type: "audio", base64, mimeType: `audio/${format}`, ...beside(part, "input_audio") };
  },
  audio_url: byAddress("audio", "audio_url"),
  video_url: byAddress("video", "video_url"),
  file(part, path) {
    const file = requiredObject(part, "file", `${path}.`);
    const data = optionalString(file, "file_data", `${path}.file.`);
    const id = optionalString(file, "file_id", `${path}.file.`);
    const name = optionalString(file, "filename", `${path}.file.`);
    if (data === undefined && id === undefined) {
      throw invalid(`Missing required parameter: '${path}.file.file_data'.`, `${path}.file.file_data`);
    }
    const others = beside(part, "file");
    const extras = id === undefined ? others.extras : { ...others.extras, file_id: id };
    return {
      type: "file",
      ...(data === undefined ? {} : addressed(data, true)),
      ...(name === undefined ? {} : { name }),
      ...(extras === undefined ? {} : { extras }),
    };
  },
};

export function decodePart(value: unknown, path: string): Part {
  if (!isObject(value)) throw wrongType(value, path, "an object");
  const decode = typeof value["type"] === "string" ? decoderOf(value["type"]) : undefined;
  if (!decode) throw notOneOf(value["type"], `${path}.type`, Object.keys(decoders));
  return decode(value, path);
}

export function decodeText(part: JsonObject, path: string): TextPart {
  return { type: "text", text: requiredString(part, "text", `${path}.`), ...beside(part, "text") };
}

const decoderOf = (type: string): PartDecoder | undefined =>
  Object.hasOwn(decoders, type) ? decoders[type] : undefined;

function byAddress(type: "audio" | "video", field: string): PartDecoder {
  return (part, path) => {
    const url = requiredString(requiredObject(part, field, `${path}.`), "url", `${path}.${field}.`);
    return { type, ...addressed(url), ...beside(part, field) };
  };
}

const marker = ";base64,";

/** A `data:` URL is base64 with its type; OpenAI's file data may also be bare base64. */
export function addressed(url: string, bareBase64 = false): Pick<MediaPart, "url" | "base64" | "mimeType"> {
  if (url.startsWith("data:")) {
    const at = url.slice(0, 300).indexOf(marker);
    if (at > 5) return { base64: url.slice(at + marker.length), mimeType: url.slice(5, at) };
    return { url };
  }
  return bareBase64 && !/^https?:\/\//i.test(url) ? { base64: url } : { url };
}

function beside(part: JsonObject, field: string): { readonly extras?: JsonObject } {
  const extras = fieldsBeside(part, new Set(["type", field]));
  return extras === undefined ? {} : { extras };
}
