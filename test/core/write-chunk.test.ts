// What is written in one piece arrives as Node's own writes would have: framed where the client knows frames, in order,
// and no faster than it is read.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request, type RequestListener } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { writeChunk, writeFirst, writeLast } from "../../src/core/write-chunk.ts";

async function serve(t: TestContext, listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const noDrain = (): never => assert.fail("nothing is full");
const pieces = ["plain ", "", "ünïcödé 🙂 ", "x".repeat(40_000), "\r\n0\r\n\r\n", "end"];

const inPieces: RequestListener = (_asked, response) => {
  writeFirst(response, "begin ", noDrain);
  for (const piece of pieces) writeChunk(response, piece, () => undefined);
  writeLast(response, "!");
};
const whole = `begin ${pieces.join("")}!`;

/** All that comes back for what is sent as it is. */
async function exchanged(port: number, sent: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(sent);
  const chunks: Buffer[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

test("pieces arrive whole and in order, whatever they hold", async (t) => {
  const port = await serve(t, inPieces);
  const asked = request({ port, host: "127.0.0.1", agent: false });
  asked.end();
  const [answer] = (await once(asked, "response")) as [AsyncIterable<Buffer>];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), whole);
});

test("an end without a last piece is one end, and the connection carries the next answer", async (t) => {
  const port = await serve(t, (asked, response) => {
    writeFirst(response, String(asked.url), noDrain);
    writeLast(response, "");
  });
  const answers = await exchanged(
    port,
    "GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n",
  );
  const bodies = answers.split(/HTTP\/1\.1 200[^]*?\r\n\r\n/).slice(1);
  assert.deepEqual(bodies, ["2\r\n/1\r\n0\r\n\r\n", "2\r\n/2\r\n0\r\n\r\n"]);
});

test("a client of HTTP/1.0 gets the pieces without frames", async (t) => {
  const port = await serve(t, inPieces);
  const answer = await exchanged(port, "GET / HTTP/1.0\r\n\r\n");
  assert.equal(answer.slice(answer.indexOf("\r\n\r\n") + 4), whole);
});

test("an answer that waits for the one before it comes behind it", async (t) => {
  const first = Promise.withResolvers<undefined>();
  const port = await serve(t, (asked, response) => {
    writeFirst(response, `${asked.url} `, noDrain);
    writeChunk(response, "said ", noDrain);
    if (asked.url === "/second") {
      writeLast(response, "first");
      first.resolve(undefined);
    } else void first.promise.then(() => writeLast(response, "late"));
  });
  const ask = (path: string, more = ""): string => `GET ${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`;
  const answer = await exchanged(port, ask("/first") + ask("/second", "connection: close\r\n"));
  const said = answer.replaceAll(/\r\n[0-9a-f]+\r\n/g, "").replaceAll("\r\n", "");
  assert.match(said, /\/first said late.*\/second said first/s);
});

test("who reads slowly is waited for, and told of when it has caught up", async (t) => {
  const drained = Promise.withResolvers<undefined>();
  let waits = 0;
  const port = await serve(t, (_asked, response) => {
    response.write("begin");
    const fill = (): void => {
      while (writeChunk(response, "x".repeat(65_536), onDrain));
      waits += 1;
    };
    const onDrain = (): void => {
      drained.resolve(undefined);
      response.end();
    };
    fill();
  });
  const asked = request({ port, host: "127.0.0.1", agent: false });
  asked.end();
  const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream];
  answer.resume();
  await drained.promise;
  assert.equal(waits, 1);
});
