// Cuts AWS's binary event stream into events, each with its checksums proved.
// The Bedrock dialect frames its streams with it. What fails a checksum is never read.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html, https://smithy.io/2.0/aws/amazon-eventstream.html

import { crc32 } from "node:zlib";
import { type EventFraming, type ServerEvent, WireFault } from "../../core/dialect.ts";

const preludeBytes = 12;
const checksumBytes = 4;
const longestMessage = 32 * 1024 * 1024;

export function createEventStreamFraming(): EventFraming {
  let held: Uint8Array[] = [];
  let size = 0;
  /** Nothing more can be read before so many bytes are there. */
  let wanted = preludeBytes;

  return {
    push(bytes) {
      held.push(bytes);
      size += bytes.length;
      if (size < wanted) return [];
      const all = Buffer.concat(held);
      const events: ServerEvent[] = [];
      let start = 0;
      wanted = preludeBytes;
      while (all.length - start >= wanted) {
        const length = lengthOf(all, start);
        wanted = length;
        if (all.length - start < length) break;
        events.push(readMessage(all.subarray(start, start + length)));
        start += length;
        wanted = preludeBytes;
      }
      held = [all.subarray(start)];
      size = all.length - start;
      return events;
    },
    end() {
      if (size > 0) throw new WireFault("truncated", "The provider's stream broke off inside a message.");
      return [];
    },
  };
}

/** The prelude has a checksum of its own, so that a spoiled length is never waited for. */
function lengthOf(bytes: Buffer, start: number): number {
  const length = bytes.readUInt32BE(start);
  if (crc32(bytes.subarray(start, start + 8)) !== bytes.readUInt32BE(start + 8)) throw spoiled();
  const smallest = preludeBytes + bytes.readUInt32BE(start + 4) + checksumBytes;
  if (length < smallest || length > longestMessage) throw spoiled();
  return length;
}

/** Events are named by their type, exceptions `exception:` and theirs, errors `error:` and their code. */
function readMessage(message: Buffer): ServerEvent {
  const end = message.length - checksumBytes;
  if (crc32(message.subarray(0, end)) !== message.readUInt32BE(end)) throw spoiled();
  const bodyStart = preludeBytes + message.readUInt32BE(4);
  const headers = readHeaders(message.subarray(preludeBytes, bodyStart));
  const data = message.toString("utf8", bodyStart, end);
  const kind = headers.get(":message-type") ?? "event";
  if (kind === "exception") return { event: `exception:${headers.get(":exception-type") ?? ""}`, data };
  if (kind === "error") {
    const words = { message: headers.get(":error-message") ?? "" };
    return { event: `error:${headers.get(":error-code") ?? ""}`, data: JSON.stringify(words) };
  }
  return { event: headers.get(":event-type"), data };
}

/** Bytes of the value by its type; undefined: two bytes before it say how many. */
const valueBytes: readonly (number | undefined)[] = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];
const textType = 7;

/** Those that hold text; the others are stepped over. */
function readHeaders(bytes: Buffer): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  try {
    for (let at = 0; at < bytes.length;) {
      const nameEnd = at + 1 + bytes.readUInt8(at);
      const name = bytes.toString("utf8", at + 1, nameEnd);
      const type = bytes.readUInt8(nameEnd);
      if (type >= valueBytes.length) throw spoiled();
      const fixed = valueBytes[type];
      const start = nameEnd + (fixed === undefined ? 3 : 1);
      const end = start + (fixed ?? bytes.readUInt16BE(nameEnd + 1));
      if (end > bytes.length) throw spoiled();
      if (type === textType) headers.set(name, bytes.toString("utf8", start, end));
      at = end;
    }
  } catch {
    throw spoiled();
  }
  return headers;
}

const spoiled = (): WireFault => new WireFault("malformed", "A message of the provider's stream is spoiled.");
