// Writes one content part as a Converse content block, bytes inside; nothing is ever named by address:
// Bedrock would fetch an `s3://` of the caller's with the gateway's own rights. Used by `encode-messages`.
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html

import type { Extras, MediaPart, Part } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import { isObject, type JsonObject, rowOf, stringOf } from "../json.ts";
import { inlineMedia } from "../media.ts";

/** The block, and the cache mark behind it where the caller set one. Blank text has no block: Converse refuses it. */
export function encodePart(part: Part, path: string, log: ChangeLog): readonly JsonObject[] {
  log.droppedExtras(part.extras, ["cache_control"], `${path}.`);
  const block = part.type === "text" ? encodeText(part.text) : encodeMedia(part);
  if (!block) {
    if (part.type !== "text") log.refusedPart(path, part);
    return [];
  }
  return [block, ...cachePoint(part.extras)];
}

export const encodeText = (text: string): JsonObject | undefined =>
  text.trim() === "" ? undefined : { text };

/** https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html */
export function cachePoint(extras: Extras | undefined): readonly JsonObject[] {
  const asked = extras?.["cache_control"];
  if (!isObject(asked)) return [];
  const ttl = stringOf(asked["ttl"]);
  return [{ cachePoint: { type: "default", ...(ttl === undefined ? {} : { ttl }) } }];
}

/** Type of the part → block and format. */
const formats: Readonly<Record<string, readonly ["image" | "document" | "video", string]>> = {
  "image/png": ["image", "png"],
  "image/jpeg": ["image", "jpeg"],
  "image/jpg": ["image", "jpeg"],
  "image/gif": ["image", "gif"],
  "image/webp": ["image", "webp"],
  "application/pdf": ["document", "pdf"],
  "text/csv": ["document", "csv"],
  "text/html": ["document", "html"],
  "text/plain": ["document", "txt"],
  "text/markdown": ["document", "md"],
  "application/msword": ["document", "doc"],
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ["document", "docx"],
  "application/vnd.ms-excel": ["document", "xls"],
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["document", "xlsx"],
  "video/mp4": ["video", "mp4"],
  "video/quicktime": ["video", "mov"],
  "video/webm": ["video", "webm"],
  "video/x-matroska": ["video", "mkv"],
  "video/mpeg": ["video", "mpeg"],
};

function encodeMedia(part: MediaPart): JsonObject | undefined {
  const inline = inlineMedia(part);
  const [kind, format] = rowOf(formats, inline?.mimeType) ?? [];
  if (!inline || kind === undefined) return undefined;
  const content = { format, source: { bytes: inline.base64 } };
  return { [kind]: kind === "document" ? { ...content, name: documentName(part.name) } : content };
}

/** Letters, digits, single blanks, hyphens and brackets: the API refuses any other, and a name it wants. */
const documentName = (name = "document"): string =>
  name
    .replaceAll(/[^a-zA-Z0-9\-()[\] ]/g, " ")
    .replaceAll(/ +/g, " ")
    .trim()
    .slice(0, 200) || "document";
