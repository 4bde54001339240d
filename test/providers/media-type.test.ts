// What was fetched is of the kind that was asked for, by its own first bytes before its server's word; a page never is.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { MediaKind } from "../../src/core/request.ts";
import { mediaTypeOf } from "../../src/providers/media-type.ts";

const png = "\x89PNG\r\n\x1a\n....";
const mp4 = "\0\0\0\x18ftypisom";

const rows: readonly (readonly [
  bytes: string,
  declared: string,
  kind: MediaKind,
  type: string | undefined,
])[] = [
  [png, "image/png", "image", "image/png"],
  [png, "", "image", "image/png"],
  [png, "application/octet-stream", "image", "image/png"],
  [png, "image/jpeg", "image", "image/png"],
  [png, "image/png", "audio", undefined],
  [png, "image/png", "file", "image/png"],
  ["\xff\xd8\xff\xe0", "image/jpg; q=1", "image", "image/jpeg"],
  ["GIF89a", "image/gif", "image", "image/gif"],
  ["RIFF\0\0\0\0WEBPVP8 ", "", "image", "image/webp"],
  ["RIFF\0\0\0\0WAVEfmt ", "audio/x-wav", "audio", "audio/x-wav"],
  ["%PDF-1.7", "application/pdf", "file", "application/pdf"],
  ["%PDF-1.7", "text/html", "file", undefined],
  ["%PDF-1.7", "application/pdf", "image", undefined],
  ['{"role":"admin"}', "image/png", "image", undefined],
  ['{"role":"admin"}', "", "file", undefined],
  ["a,b\n1,2", "text/csv; charset=utf-8", "file", "text/csv"],
  ["ID3....", "audio/mpeg", "audio", "audio/mpeg"],
  [mp4, "video/mp4", "video", "video/mp4"],
  [mp4, "audio/mp4", "audio", "audio/mp4"],
  [mp4, "", "audio", undefined],
  [mp4, "image/heic", "image", "image/heic"],
  ["<svg xmlns='…'>", "image/svg+xml", "image", undefined],
  ["<!DOCTYPE html><p>", "image/png", "image", undefined],
  ["\n <HTML><body>", "application/pdf", "file", undefined],
  ["\xef\xbb\xbf<!doctype html>", "text/plain", "file", undefined],
  ["hello", "text/html", "file", undefined],
  ["x", "application/octet-stream", "file", undefined],
];

for (const [bytes, declared, kind, type] of rows) {
  const name = `${JSON.stringify(bytes.slice(0, 12))} served as ${JSON.stringify(declared)}`;
  test(`${name} is ${type === undefined ? `no ${kind}` : `${type} in a part of kind ${kind}`}`, () => {
    assert.equal(mediaTypeOf(Buffer.from(bytes, "latin1"), declared, kind), type);
  });
}
