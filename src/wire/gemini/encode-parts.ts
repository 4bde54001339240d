// Writes text and media parts as Gemini's parts.
// The message encoder calls it. https://ai.google.dev/api/caching#Part

import type { MediaPart, Part } from "../../core/request.ts";
import type { ChangeLog } from "../change-log.ts";
import type { JsonObject } from "../json.ts";
import { inlineMedia, remoteMimeType } from "../media.ts";

/** Undefined where there is nothing to write. */
export function encodePart(part: Part, path: string, log: ChangeLog): JsonObject | undefined {
  log.droppedExtras(part.extras, part.type === "video" ? ["videoMetadata"] : [], `${path}.`);
  if (part.type === "text") return part.text === "" ? undefined : { text: part.text };
  const media = encodeMedia(part);
  if (!media) {
    log.refusedPart(path, part);
    return undefined;
  }
  if (part.name !== undefined) log.changed("dropped", `${path}.name`);
  if (part.detail !== undefined && part.detail !== "auto") {
    log.changed("dropped", `${path}.detail`, part.detail);
  }
  const videoMetadata = part.type === "video" ? part.extras?.["videoMetadata"] : undefined;
  return videoMetadata === undefined ? media : { ...media, videoMetadata };
}

export function encodeMedia(part: MediaPart): JsonObject | undefined {
  const inline = inlineMedia(part);
  if (inline) {
    const mimeType = inline.mimeType ?? typesByKind[part.type];
    return mimeType === undefined ? undefined : { inlineData: { mimeType, data: inline.base64 } };
  }
  if (part.url === undefined) return undefined;
  const mimeType = remoteMimeType(part);
  return { fileData: { ...(mimeType === undefined ? {} : { mimeType }), fileUri: part.url } };
}

/** Where neither the caller nor the bytes say it; a file of unknown type cannot be sent. */
const typesByKind: Readonly<Partial<Record<MediaPart["type"], string>>> = {
  image: "image/jpeg",
  audio: "audio/wav",
  video: "video/mp4",
};
