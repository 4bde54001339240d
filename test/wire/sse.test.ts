// Reading server-sent events however the bytes are cut, and writing them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { WireFault } from "../../src/core/dialect.ts";
import { createServerEventDecoder, encodeServerEvent } from "../../src/wire/sse.ts";
import { recut } from "../kit/recut.ts";

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function decode(pieces: readonly Uint8Array[]) {
  const decoder = createServerEventDecoder();
  return [...pieces.flatMap((piece) => [...decoder.push(piece)]), ...decoder.end()];
}

const feed =
  '\uFEFF: keep-alive\n\nevent: greeting\ndata: {"text":"Grüße 👋🏽 日本"}\nid: 7\nretry: 5\n\n\n' +
  "data: one\ndata:two\ndata\ndata:  three\n\ndatabase: ignored\nevent: alone\n\ndata: [DONE]\n\n";
const expected = [
  { event: "greeting", data: '{"text":"Grüße 👋🏽 日本"}' },
  { event: undefined, data: "one\ntwo\n\n three" },
  { event: undefined, data: "[DONE]" },
];

for (const [name, lineEnd] of [
  ["LF", "\n"],
  ["CRLF", "\r\n"],
  ["CR", "\r"],
] as const) {
  test(`events with ${name} line ends are the same however the bytes are cut`, () => {
    const bytes = bytesOf(feed.replaceAll("\n", lineEnd));
    assert.deepEqual(decode([bytes]), expected);
    for (let size = 1; size <= 24; size += 1) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      assert.deepEqual(decode(pieces), expected, `pieces of ${size}`);
    }
    for (let seed = 0; seed < 200; seed += 1) assert.deepEqual(decode(recut(bytes, seed)), expected);
  });
}

test("an event leaves the decoder with the bytes that complete it", () => {
  const decoder = createServerEventDecoder();
  assert.deepEqual(decoder.push(bytesOf("data: a\n")), []);
  assert.deepEqual(decoder.push(bytesOf("\ndata: b\n\nda")), [
    { event: undefined, data: "a" },
    { event: undefined, data: "b" },
  ]);
  assert.deepEqual(decoder.push(bytesOf("ta: c\r")), []);
  assert.deepEqual(decoder.push(bytesOf("\n\r")), [{ event: undefined, data: "c" }]);
});

test("an event whose blank line never came is given at the end", () => {
  assert.deepEqual(decode([bytesOf("data: [DONE]")]), [{ event: undefined, data: "[DONE]" }]);
  assert.deepEqual(decode([bytesOf("data: [DONE]\n")]), [{ event: undefined, data: "[DONE]" }]);
  assert.deepEqual(decode([]), []);
});

test("an event longer than the limit is refused, as one line and as many", () => {
  const oneLine = createServerEventDecoder(1000);
  const manyLines = createServerEventDecoder(1000);
  const piece = bytesOf(`data: ${"x".repeat(90)}`);
  const line = bytesOf(`data: ${"x".repeat(90)}\n`);
  const pushAll = (decoder: typeof oneLine, bytes: Uint8Array) => () => {
    for (let count = 0; count < 20; count += 1) decoder.push(bytes);
  };
  assert.throws(pushAll(oneLine, piece), WireFault);
  assert.throws(pushAll(manyLines, line), WireFault);
});

test("what is written reads back the same", () => {
  assert.equal(encodeServerEvent('{"a":1}'), 'data: {"a":1}\n\n');
  const written = encodeServerEvent("two\nlines\r\nand three", "note") + encodeServerEvent("plain");
  assert.deepEqual(decode([bytesOf(written)]), [
    { event: "note", data: "two\nlines\nand three" },
    { event: undefined, data: "plain" },
  ]);
});
