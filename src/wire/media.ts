// What a media part holds and of which type it is, as far as the request itself tells.
// Codecs use it to write parts in their dialect; it never looks further into a blob than its first bytes.

import type { MediaPart } from "../core/request.ts";
import { rowOf } from "./json.ts";

export interface InlineMedia {
  readonly base64: string;
  /** Undefined where neither the caller nor the first bytes say it. */
  readonly mimeType: string | undefined;
}

/** The bytes that travel in the request, given as base64 or as a `data:` URL; undefined for a part by URL. */
export function inlineMedia(part: MediaPart): InlineMedia | undefined {
  if (part.base64 !== undefined) return typed(part.base64, part.mimeType);
  if (part.url === undefined || !part.url.startsWith("data:")) return undefined;
  const comma = part.url.indexOf(",");
  const [mimeType, ...flags] = part.url.slice(5, comma === -1 ? undefined : comma).split(";");
  const data = comma === -1 ? "" : part.url.slice(comma + 1);
  const base64 = flags.includes("base64") ? data : Buffer.from(unescaped(data)).toString("base64");
  return typed(base64, part.mimeType ?? (mimeType === "" ? undefined : mimeType));
}

/** True where its bytes lie elsewhere. */
export const isRemote = ({ url }: MediaPart): boolean => url !== undefined && !url.startsWith("data:");

/** The type of a part by URL: what the caller says, else what the name's ending says. */
export function remoteMimeType(part: MediaPart): string | undefined {
  if (part.mimeType !== undefined) return part.mimeType;
  const ending = /\.([a-z0-9]{2,5})(?:[?#]|$)/i.exec(part.url ?? "")?.[1]?.toLowerCase();
  return rowOf(typesByEnding, ending);
}

/** A stray percent sign is no reason to fail: the provider then gets what the caller wrote. */
function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function typed(base64: string, mimeType: string | undefined): InlineMedia {
  const known = mimeType ?? typesByFirstBytes.find(([start]) => base64.startsWith(start))?.[1];
  return { base64, mimeType: known };
}

/** Base64 of the signatures in https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern and its neighbours. */
const typesByFirstBytes: readonly (readonly [string, string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["JVBERi0", "application/pdf"],
  ["SUQz", "audio/mpeg"],
];

const typesByEnding: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  json: "application/json",
  mp3: "audio/mpeg",
  wav: "audio/wav",
  flac: "audio/flac",
  ogg: "audio/ogg",
  m4a: "audio/mp4",
  mp4: "video/mp4",
  mov: "video/quicktime",
  webm: "video/webm",
};
