// Reading answers from the bytes of a connection: the same however they are cut, and refused where two readers could differ.

import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerReader } from "../../../src/providers/http1/answer-reader.ts";

interface Read {
  readonly said: string[];
  readonly fault: string | undefined;
}

function read(pieces: readonly Buffer[], closes = false): Read {
  const said: string[] = [];
  let body = "";
  const reader = new AnswerReader({
    onHead: (status, headers) => void said.push(`${status} ${JSON.stringify(headers)}`),
    onData: (bytes) => void (body += bytes.toString("latin1")),
    onWhole: ({ reusable, keptFor }) => void said.push(`${body} ${reusable} ${keptFor}`),
  });
  reader.expect();
  try {
    for (const piece of pieces) reader.read(piece);
    if (closes) reader.close();
  } catch (error) {
    return { said, fault: (error as Error).name };
  }
  return { said, fault: undefined };
}

const head = (...lines: readonly string[]): string => `${["HTTP/1.1 200 OK", ...lines].join("\r\n")}\r\n\r\n`;
const chunked = "Transfer-Encoding: Chunked";

const answers: Readonly<
  Record<string, readonly [wire: string, closes: boolean, ...said: readonly string[]]>
> = {
  "a body of a length": [
    `${head("Content-Length: 5", "X-Two: a", "x-two:  b ")}hello`,
    false,
    '200 {"content-length":"5","x-two":"a, b"}',
    "hello true undefined",
  ],
  "an empty body": [head("content-length: 0"), false, '200 {"content-length":"0"}', " true undefined"],
  "a body in chunks, with extensions and trailers": [
    `${head(chunked)}5;a=b\r\nhello\r\n00006\r\n world\r\n0\r\nx-sum: 1\r\nx-more: 2\r\n\r\n`,
    false,
    '200 {"transfer-encoding":"Chunked"}',
    "hello world true undefined",
  ],
  "a body that ends with the connection": [`${head()}hello`, true, "200 {}", "hello false undefined"],
  "an answer after interim ones": [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${head("content-length: 1")}!`,
    false,
    '200 {"content-length":"1"}',
    "! true undefined",
  ],
  "an answer that may have no body": [
    "HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n",
    false,
    '204 {"content-length":"7"}',
    " true undefined",
  ],
  "a server that will close": [
    `${head("Connection: keep-alive, Close", "content-length: 1")}!`,
    false,
    '200 {"connection":"keep-alive, Close","content-length":"1"}',
    "! false undefined",
  ],
  "a server that says for how long it stays": [
    `${head("Keep-Alive: timeout=5, max=100", "content-length: 1")}!`,
    false,
    '200 {"keep-alive":"timeout=5, max=100","content-length":"1"}',
    "! true 5000",
  ],
  "an older server": [
    "HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\n!",
    false,
    '200 {"content-length":"1"}',
    "! false undefined",
  ],
};

for (const [what, [wire, closes, ...said]] of Object.entries(answers))
  test(`${what} is read alike whole, byte by byte and in two parts`, () => {
    const bytes = Buffer.from(wire, "latin1");
    assert.deepEqual(read([bytes], closes), { said, fault: undefined });
    const single = Array.from(bytes, (_byte, index) => bytes.subarray(index, index + 1));
    assert.deepEqual(read(single, closes), { said, fault: undefined });
    for (let cut = 1; cut < bytes.length; cut += 1)
      assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)], closes), {
        said,
        fault: undefined,
      });
  });

const refused: Readonly<Record<string, string>> = {
  "two lengths": head("content-length: 5", "Content-Length: 5"),
  "two lengths in one line": head("content-length: 5, 5"),
  "a length below nothing": head("content-length: -5"),
  "a length and chunks": head("content-length: 5", chunked),
  "chunks twice": head(chunked, chunked),
  "a coding that nobody knows": head("transfer-encoding: gzip, chunked"),
  "chunks from an older server": "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
  "another protocol": "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n",
  "another version": "HTTP/2 200 OK\r\n\r\n",
  "a greeting of another protocol": "220 mail.example ESMTP\r\n\r\n",
  "a space before a colon": head("content-length : 5"),
  "a line without a colon": head("content-length"),
  "a folded line": head("x-one: a", " content-length: 5"),
  "a bare line feed in a header": head("x-one: a\ncontent-length: 5"),
  "a bare carriage return in the status line": "HTTP/1.1 200 O\rK\r\n\r\n",
  "a zero byte in a header": head("x-one: a\0b"),
  "a chunk without a length": `${head(chunked)}\r\nhello`,
  "a chunk with a sign": `${head(chunked)}+5\r\nhello\r\n`,
  "a chunk whose length is no number": `${head(chunked)}0x5\r\nhello\r\n`,
  "a chunk that is longer than it says": `${head(chunked)}4\r\nhello\r\n`,
  "a line of a chunk that ends with a line feed alone": `${head(chunked)}5\nhello\r\n`,
  "more than was asked for": `${head("content-length: 1")}!HTTP/1.1 200 OK\r\n\r\n`,
  "a head without end": `HTTP/1.1 200 OK\r\nx-long: ${"a".repeat(20_000)}`,
  "trailers without end": `${head(chunked)}0\r\n${`x: ${"a".repeat(1_000)}\r\n`.repeat(20)}`,
  "a chunk's line without end": `${head(chunked)}5;${"a".repeat(20_000)}`,
};

for (const [what, wire] of Object.entries(refused))
  test(`${what} is refused, also where it comes byte by byte`, () => {
    const bytes = Buffer.from(wire, "latin1");
    assert.ok(read([bytes]).fault);
    const few = bytes.length > 2_000 ? 97 : 1;
    const pieces = Array.from({ length: Math.ceil(bytes.length / few) }, (_piece, index) =>
      bytes.subarray(index * few, (index + 1) * few),
    );
    assert.ok(read(pieces).fault);
  });

const never = (): never => assert.fail();

test("nothing is awaited before it is expected", () => {
  const reader = new AnswerReader({ onHead: never, onData: never, onWhole: never });
  assert.throws(() => reader.read(Buffer.from(head("content-length: 0"))));
});
