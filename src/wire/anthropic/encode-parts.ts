// Writes text and media parts as Anthropic's content blocks.
// The message encoder calls it. A part that has no block is refused by its path, never left out.

import type { Extras, MediaPart, Part, TextPart } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import type { JsonObject } from "../json.ts";
import { inlineMedia, remoteMimeType } from "../media.ts";

/** Undefined where there is nothing to write: the API takes no blank text. */
export function encodePart(part: Part, path: string, log: ChangeLog): JsonObject | undefined {
  if (part.type === "text") return encodeText(part, path, log);
  const encode = encoders[part.type];
  const block = encode?.(part);
  if (!block) {
    log.refusedPart(path, part);
    return undefined;
  }
  if (part.detail !== undefined && part.detail !== "auto") {
    log.changed("dropped", `${path}.detail`, part.detail);
  }
  const known = block["type"] === "document" ? documentFields : blockFields;
  if (part.name !== undefined && known === blockFields) log.changed("dropped", `${path}.name`);
  return { ...block, ...pickExtras(part.extras, known, path, log) };
}

export function encodeText(part: TextPart, path: string, log: ChangeLog): JsonObject | undefined {
  if (part.native?.dialect === "anthropic") return part.native.block;
  if (part.text.trim() === "") {
    if (part.text !== "") log.changed("dropped", path, "blank text");
    return undefined;
  }
  return { type: "text", text: part.text, ...pickExtras(part.extras, blockFields, path, log) };
}

/** Anthropic's own fields pass through, the others are reported. */
export function pickExtras(
  extras: Extras | undefined,
  known: readonly string[],
  path: string,
  log: ChangeLog,
): JsonObject {
  if (extras === undefined) return {};
  log.droppedExtras(extras, known, `${path}.`);
  return Object.fromEntries(known.filter((name) => name in extras).map((name) => [name, extras[name]]));
}

export const blockFields: readonly string[] = ["cache_control"];
const documentFields: readonly string[] = ["cache_control", "citations", "title", "context"];

const encoders: Readonly<Partial<Record<MediaPart["type"], (part: MediaPart) => JsonObject | undefined>>> = {
  image: encodeImage,
  file: encodeDocument,
};

const imageTypes: readonly string[] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

function encodeImage(part: MediaPart): JsonObject | undefined {
  const inline = inlineMedia(part);
  if (!inline) return part.url === undefined ? undefined : { type: "image", source: byUrl(part.url) };
  const mimeType = inline.mimeType === "image/jpg" ? "image/jpeg" : inline.mimeType;
  if (mimeType === undefined || !imageTypes.includes(mimeType)) return undefined;
  return { type: "image", source: { type: "base64", media_type: mimeType, data: inline.base64 } };
}

/** PDF by URL or base64, text as text; an image sent as a file is an image. */
function encodeDocument(part: MediaPart): JsonObject | undefined {
  const inline = inlineMedia(part);
  const mimeType = inline ? inline.mimeType : remoteMimeType(part);
  if (mimeType?.startsWith("image/")) return encodeImage({ ...part, mimeType });
  const title = part.name === undefined ? {} : { title: part.name };
  if (!inline) {
    const readable = part.url !== undefined && (mimeType === undefined || mimeType === "application/pdf");
    return readable ? { type: "document", source: byUrl(part.url), ...title } : undefined;
  }
  if (mimeType === "application/pdf") {
    const source = { type: "base64", media_type: mimeType, data: inline.base64 };
    return { type: "document", source, ...title };
  }
  if (mimeType === undefined || !isTextual(mimeType)) return undefined;
  const text = Buffer.from(inline.base64, "base64").toString("utf8");
  return { type: "document", source: { type: "text", media_type: "text/plain", data: text }, ...title };
}

const byUrl = (url: string): JsonObject => ({ type: "url", url });

const isTextual = (mimeType: string): boolean =>
  mimeType.startsWith("text/") || /^application\/(?:json|xml|yaml|x-yaml|javascript)\b/.test(mimeType);
