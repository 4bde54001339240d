// Of which type fetched bytes are, and whether a part of that kind may be of it: their first bytes before the server's word.
// `fetch-media.ts` asks. A page is never media: an error page, a login or an inner site must not reach a model as a picture.

import type { MediaKind } from "../core/request.ts";

/** The type; undefined where it is none that such a part can be. */
export function mediaTypeOf(bytes: Buffer, declared: string, kind: MediaKind): string | undefined {
  const said = declared.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (isPage(said) || looksLikePage(bytes)) return undefined;
  const seen = signatures.find(([, matches]) => matches(bytes))?.[0];
  // What has a known beginning must have it, whatever the server says.
  if (seen === undefined && signatures.some(([type]) => type === plain(said))) return undefined;
  const type = seen === undefined || sameContainer(seen, said) ? plain(said) : seen;
  return kinds[kind].test(type) ? type : undefined;
}

const kinds: Readonly<Record<MediaKind, RegExp>> = {
  image: /^image\/(?!svg)/,
  audio: /^audio\//,
  video: /^video\//,
  file: /^(?:text|image)\/(?!svg)|^application\/(?!octet-stream|x-www-form-urlencoded)/,
};

const isPage = (type: string): boolean => /^(?:text\/html|application\/xhtml\+xml|multipart\/)/.test(type);

/** https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type, the marks of HTML. */
const pageMarks =
  /^\s*(?:<!doctype html|<!--|<(?:html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)[\s>])/i;

const looksLikePage = (bytes: Buffer): boolean =>
  pageMarks.test(bytes.toString("latin1", 0, 512).replace(/^\xef\xbb\xbf/, ""));

const plain = (type: string): string => (type === "image/jpg" ? "image/jpeg" : type);

const starts =
  (text: string, offset = 0) =>
  (bytes: Buffer): boolean =>
    bytes.toString("latin1", offset, offset + text.length) === text;

const riff =
  (form: string) =>
  (bytes: Buffer): boolean =>
    starts("RIFF")(bytes) && starts(form, 8)(bytes);

const signatures: readonly (readonly [type: string, matches: (bytes: Buffer) => boolean])[] = [
  ["image/png", starts("\x89PNG\r\n\x1a\n")],
  ["image/jpeg", starts("\xff\xd8\xff")],
  ["image/gif", starts("GIF8")],
  ["image/webp", riff("WEBP")],
  ["application/pdf", starts("%PDF-")],
  ["audio/wav", riff("WAVE")],
  ["audio/flac", starts("fLaC")],
  ["audio/ogg", starts("OggS")],
  ["video/mp4", starts("ftyp", 4)],
  ["video/webm", starts("\x1a\x45\xdf\xa3")],
];

/** Boxes and pages that hold sound, pictures or both: the server knows which. */
const containers: Readonly<Record<string, RegExp>> = {
  "video/mp4": /^(?:audio\/(?:mp4|m4a|x-m4a|aac)|video\/(?:mp4|quicktime|3gpp)|image\/(?:heic|heif|avif))$/,
  "video/webm": /^(?:audio|video)\/(?:webm|x-matroska)$/,
  "audio/ogg": /^(?:audio|video)\/(?:ogg|opus)$/,
  "audio/wav": /^audio\/(?:wave?|x-wav|vnd\.wave)$/,
};

const sameContainer = (seen: string, said: string): boolean => containers[seen]?.test(said) === true;
