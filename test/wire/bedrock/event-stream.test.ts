// The binary event stream: AWS's own test vectors, any cutting of the bytes, and nothing read that fails a checksum.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault, type ServerEvent } from "../../../src/core/dialect.ts";
import { createEventStreamFraming } from "../../../src/wire/bedrock/event-stream.ts";
import { eventMessage, eventStream } from "../../kit/event-stream.ts";
import { recut } from "../../kit/recut.ts";

function read(...pieces: readonly Uint8Array[]): readonly ServerEvent[] {
  const framing = createEventStreamFraming();
  const events = pieces.flatMap((piece) => framing.push(piece));
  return [...events, ...framing.end()];
}

const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** github.com/aws/aws-sdk-js-v3, eventstream-marshaller (Apache-2.0). */
const vectors = {
  "an empty message": ["000000100000000005c248eb7d98c8ff", ""],
  "a payload without headers": [
    "0000001d00000000fd528c5a7b27666f6f273a27626172277dc3653936",
    "{'foo':'bar'}",
  ],
  "a payload with one text header": [
    "0000003d0000002007fd83960c636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b27666f6f273a27626172277d8d9c08b1",
    "{'foo':'bar'}",
  ],
  "a header that is a number": [
    "0000002d0000001041c424b80a6576656e742d74797065040000a00c7b27666f6f273a27626172277d36f480a0",
    "{'foo':'bar'}",
  ],
} as const;

for (const [name, [bytes, data]] of Object.entries(vectors)) {
  test(`AWS's vector: ${name}`, () => {
    assert.deepEqual(read(hex(bytes)), [{ event: undefined, data }]);
  });
  test(`any spoiled byte of ${name} is noticed`, () => {
    const whole = hex(bytes);
    for (let at = 0; at < whole.length; at += 1) {
      const spoiled = Buffer.from(whole);
      spoiled[at] = (spoiled[at] ?? 0) ^ 0x40;
      assert.throws(() => read(spoiled), WireFault, `byte ${at}`);
    }
  });
}

const stream = eventStream(
  ["messageStart", { role: "assistant" }],
  ["contentBlockDelta", { delta: { text: "Grüezi 🌤️" } }],
  ["throttlingException", { message: "slow down" }],
);

test("events and exceptions are named, however the bytes are cut", () => {
  const expected = [
    { event: "messageStart", data: '{"role":"assistant"}' },
    { event: "contentBlockDelta", data: '{"delta":{"text":"Grüezi 🌤️"}}' },
    { event: "exception:throttlingException", data: '{"message":"slow down"}' },
  ];
  assert.deepEqual(read(stream), expected);
  for (const seed of [1, 2, 3, 4, 5]) assert.deepEqual(read(...recut(stream, seed)), expected);
  assert.deepEqual(read(...[...stream].map((byte) => Buffer.from([byte]))), expected);
});

test("an error message without a body carries its words in headers", () => {
  const headers = { ":message-type": "error", ":error-code": "InternalError", ":error-message": "oops" };
  assert.deepEqual(read(eventMessage(headers, "")), [
    { event: "error:InternalError", data: '{"message":"oops"}' },
  ]);
});

test("a stream that breaks off inside a message is truncated", () => {
  assert.throws(() => read(stream.subarray(0, -3)), { kind: "truncated" });
});
