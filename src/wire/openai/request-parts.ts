// Writes one neutral content part as OpenAI's; undefined where the destination cannot carry it.
// Used by `request-messages`. Base64 passes through untouched.

import type { Destination } from "../../core/dialect.ts";
import type { MediaKind, MediaPart, Part } from "../../core/request.ts";
import type { JsonObject } from "../json.ts";
import type { ProviderHabits } from "./provider-habits.ts";

export function encodePart(part: Part, to: Destination, habits: ProviderHabits): JsonObject | undefined {
  if (part.type === "text") return { ...part.extras, type: "text", text: part.text };
  if (lacks(to, capabilityOf[part.type])) return undefined;
  if (part.url !== undefined && !habits.mediaByUrl.includes(part.type)) return undefined;
  return encoders[part.type](part, habits);
}

const capabilityOf: Readonly<Record<MediaKind, string | undefined>> = {
  image: "VISION",
  audio: "AUDIO",
  video: "VIDEO",
  // Catalogs seldom say it of models that read documents: the provider decides.
  file: undefined,
};

/** True where the catalog knows the model and does not know it to do this. */
export const lacks = (to: Destination, capability: string | undefined): boolean =>
  capability !== undefined && to.capabilities.length > 0 && !to.capabilities.includes(capability);

type PartEncoder = (part: MediaPart, habits: ProviderHabits) => JsonObject | undefined;

const encoders: Readonly<Record<MediaKind, PartEncoder>> = {
  image: (part) => {
    const url = addressOf(part, "image/jpeg");
    return url === undefined
      ? undefined
      : { ...part.extras, type: "image_url", image_url: { url, detail: part.detail } };
  },
  audio: (part) => {
    if (part.url !== undefined) return { ...part.extras, type: "audio_url", audio_url: { url: part.url } };
    if (part.base64 === undefined) return undefined;
    const input = { data: part.base64, format: audioFormat(part.mimeType) };
    return { ...part.extras, type: "input_audio", input_audio: input };
  },
  video: (part, habits) => {
    const url = habits.video ? addressOf(part, "video/mp4") : undefined;
    return url === undefined ? undefined : { ...part.extras, type: "video_url", video_url: { url } };
  },
  file: (part, habits) => {
    const { file_id: id, ...extras } = part.extras ?? {};
    const data = addressOf(part, "application/pdf");
    if (data === undefined && id === undefined) return undefined;
    if (habits.documentPart === "document_url") {
      return data === undefined ? undefined : { ...extras, type: "document_url", document_url: data };
    }
    return { ...extras, type: "file", file: { filename: part.name, file_data: data, file_id: id } };
  },
};

export function addressOf(part: MediaPart, fallbackMime: string): string | undefined {
  if (part.base64 === undefined) return part.url;
  return `data:${part.mimeType ?? sniffMime(part.base64) ?? fallbackMime};base64,${part.base64}`;
}

/** How the first bytes of common formats look in base64. */
const signatures: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi0", "application/pdf"],
];

const sniffMime = (base64: string): string | undefined =>
  signatures.find(([start]) => base64.startsWith(start))?.[1];

const audioFormats: Readonly<Record<string, string>> = { mpeg: "mp3", "x-wav": "wav", wave: "wav" };

function audioFormat(mimeType = "audio/wav"): string {
  const format = mimeType.slice(mimeType.indexOf("/") + 1);
  return audioFormats[format] ?? format;
}
