// Writes AWS's binary event stream, for fakes that speak Bedrock's wire.
// https://smithy.io/2.0/aws/amazon-eventstream.html

import { crc32 } from "node:zlib";

export function eventMessage(headers: Readonly<Record<string, string>>, body: unknown): Buffer {
  const encoded = Buffer.concat(
    Object.entries(headers).map(([name, value]) => {
      const bytes = Buffer.from(value);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(bytes.length);
      return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from([7]), length, bytes]);
    }),
  );
  const payload = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const prelude = Buffer.alloc(8);
  prelude.writeUInt32BE(16 + encoded.length + payload.length, 0);
  prelude.writeUInt32BE(encoded.length, 4);
  const unproved = Buffer.concat([prelude, checksum(prelude), encoded, payload]);
  return Buffer.concat([unproved, checksum(unproved)]);
}

/** `[type, body]`; an exception's type ends in `Exception`. */
export const eventStream = (...events: readonly (readonly [string, unknown])[]): Buffer =>
  Buffer.concat(
    events.map(([type, body]) => {
      const kind = type.endsWith("Exception") ? "exception" : "event";
      return eventMessage(
        { [`:${kind}-type`]: type, ":content-type": "application/json", ":message-type": kind },
        body,
      );
    }),
  );

function checksum(bytes: Buffer): Buffer {
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(bytes));
  return sum;
}
