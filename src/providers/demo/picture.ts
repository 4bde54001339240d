// A deterministic picture for a text: one colour, sixteen pixels square, as a PNG.
// Only the demo image deployment uses it. https://www.w3.org/TR/png-3/

import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import { type ImageAnswer, noUsage } from "../../core/events.ts";
import type { ImageRequest } from "../../core/request.ts";

const side = 16;

export function demoImage({ inputs: [prompt], n }: ImageRequest): ImageAnswer {
  const images = Array.from({ length: n }, (_, index) => ({
    base64: png(createHash("sha256").update(`${index}:${prompt}`).digest()).toString("base64"),
    mimeType: "image/png",
    revisedPrompt: `One colour, made by Portcullis's demo; no AI painted it. You said: ${prompt}`,
  }));
  const usage = { ...noUsage, input: Math.ceil(prompt.length / 4), output: n };
  return { images, usage, properties: { output_format: "png" } };
}

function png([red = 0, green = 0, blue = 0]: Buffer): Buffer {
  const row = Buffer.concat([
    Buffer.of(0),
    ...Array.from({ length: side }, () => Buffer.of(red, green, blue)),
  ]);
  const size = Buffer.alloc(8);
  size.writeUInt32BE(side, 0);
  size.writeUInt32BE(side, 4);
  // Eight bits a colour, colours without transparency, the only compression, filter and order there are.
  const header = Buffer.concat([size, Buffer.of(8, 2, 0, 0, 0)]);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.concat(Array.from({ length: side }, () => row)))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
