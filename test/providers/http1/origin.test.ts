// Calling an origin over real sockets: connections are used again where they may be, and never where something is wrong with them.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createSecureServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { exchange } from "../../../src/providers/http-exchange.ts";
import { readJson } from "../../../src/providers/http-call.ts";
import type { Outgoing } from "../../../src/providers/http1/call.ts";
import { Origin } from "../../../src/providers/http1/origin.ts";
import { identityFor } from "../../kit/certificate.ts";
import { eventually } from "../../kit/eventually.ts";

type Answer = (socket: Socket, question: string, count: number) => unknown;

const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));

/** Hands each read of each connection to `answer`, and counts both. */
async function startRaw(answer: Answer, mostConnections = 8) {
  const sockets: Socket[] = [];
  let count = 0;
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => answer(socket, bytes.toString("utf8"), (count += 1)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = originOf(server, mostConnections);
  closing.push(() => {
    origin.destroy();
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { origin, sockets };
}

function originOf(server: Server, mostConnections: number): Origin {
  const { port } = server.address() as AddressInfo;
  return new Origin(new URL(`http://127.0.0.1:${port}`), 5_000, mostConnections);
}

const outgoing: Outgoing = { origin: "", path: "/v1/x", method: "POST", headers: ["x-a", "b"], body: "{}" };
const never = new AbortController().signal;

const answerOf = async (origin: Origin, asked: Outgoing, signal = never): Promise<unknown> =>
  await readJson((await exchange(origin, asked, signal)).body);

const ask = (origin: Origin, more: Partial<Outgoing> = {}, signal = never): Promise<unknown> =>
  answerOf(origin, { ...outgoing, ...more }, signal);

const whole = (body: string, ...headers: readonly string[]): string =>
  ["HTTP/1.1 200 OK", `content-length: ${Buffer.byteLength(body)}`, ...headers, "", body].join("\r\n");

const withCode = (code: string) => (error: unknown) => (error as { code?: string }).code === code;

test("a question goes out as one piece, and the connection carries the next one", async () => {
  const questions: string[] = [];
  const { origin, sockets } = await startRaw((socket, question) => {
    questions.push(question);
    socket.write(whole("1"));
  });
  assert.equal(await ask(origin), 1);
  assert.equal(await ask(origin, { body: '"Grüße, 世界"' }), 1);
  assert.equal(await answerOf(origin, { origin: "", path: "/v1/x", method: "GET", headers: [] }), 1);
  const { host } = origin.destination.url;
  const lines = ["POST /v1/x HTTP/1.1", `host: ${host}`, "connection: keep-alive", "x-a: b"];
  assert.deepEqual(questions, [
    [...lines, "content-length: 2", "", "{}"].join("\r\n"),
    [...lines, "content-length: 17", "", '"Grüße, 世界"'].join("\r\n"),
    ["GET /v1/x HTTP/1.1", `host: ${host}`, "connection: keep-alive", "", ""].join("\r\n"),
  ]);
  assert.equal(sockets.length, 1);
});

for (const [what, headers] of [
  ["says that it closes", ["connection: close"]],
  ["keeps a connection for no time", ["keep-alive: timeout=1"]],
] as const)
  test(`a connection whose server ${what} carries nothing more`, async () => {
    const { origin, sockets } = await startRaw((socket) => void socket.write(whole("1", ...headers)));
    await ask(origin);
    await ask(origin);
    assert.equal(sockets.length, 2);
    await eventually(() => sockets.every((socket) => socket.closed));
  });

test("what nobody asked for is never taken for the next answer", async () => {
  const { origin, sockets } = await startRaw((socket, _question, count) => {
    socket.write(count === 1 ? whole("1") + whole("666") : whole("2"));
  });
  assert.equal(await ask(origin), 1);
  assert.equal(await ask(origin), 2);
  assert.equal(sockets.length, 2);
});

test("what comes while nothing is asked closes the connection", async () => {
  const { origin, sockets } = await startRaw(
    (socket, _question, count) => void socket.write(whole(`${count}`)),
  );
  assert.equal(await ask(origin), 1);
  sockets[0]?.write(whole("666"));
  await eventually(() => sockets[0]?.closed === true);
  assert.equal(await ask(origin), 2);
});

test("a connection that was closed while it was free is not used", async () => {
  const { origin, sockets } = await startRaw(
    (socket, _question, count) => void socket.write(whole(`${count}`)),
  );
  assert.equal(await ask(origin), 1);
  sockets[0]?.end();
  await once(sockets[0] as Socket, "finish");
  // Its end has come and nobody has read it: that happens before anything is sent.
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await ask(origin), 2);
});

test("no more connections are opened than may be, and whoever waits for one may leave", async () => {
  const answers: (() => void)[] = [];
  const { origin, sockets } = await startRaw(
    (socket, _question, count) => void answers.push(() => socket.write(whole(`${count}`))),
    2,
  );
  const leaving = new AbortController();
  const first = ask(origin);
  const second = ask(origin);
  const third = ask(origin, {}, leaving.signal);
  const fourth = ask(origin);
  await eventually(() => answers.length === 2);
  leaving.abort(new Error("left"));
  await assert.rejects(third, /left/);
  answers.splice(0).forEach((answer) => answer());
  await Promise.all([first, second]);
  await eventually(() => answers.length === 1);
  answers.splice(0).forEach((answer) => answer());
  assert.equal(await fourth, 3);
  assert.equal(sockets.length, 2);
});

test("who leaves closes the connection, and a call that has left before is not sent", async () => {
  let asked = 0;
  const { origin, sockets } = await startRaw(() => void (asked += 1));
  const leaving = new AbortController();
  const answer = ask(origin, {}, leaving.signal);
  await eventually(() => asked === 1);
  leaving.abort(new Error("left"));
  await assert.rejects(answer, /left/);
  await eventually(() => sockets[0]?.closed === true);
  await assert.rejects(ask(origin, {}, AbortSignal.abort(new Error("left"))), /left/);
  assert.equal(asked, 1);
});

test("an answer that comes before its question was sent ends the connection", async () => {
  const { origin, sockets } = await startRaw((socket, _question, count) => {
    if (count > 1) return;
    socket.pause();
    socket.write(whole("1"));
  });
  assert.equal(await ask(origin, { body: JSON.stringify("x".repeat(20_000_000)) }), 1);
  sockets[0]?.resume();
  await eventually(() => sockets[0]?.closed === true);
});

test("a head or a body that does not come in time is a failure that says so", async () => {
  const { origin } = await startRaw((socket, question) => {
    if (question.includes("/body")) socket.write("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe");
    else socket.write("HTTP/1.1 200");
  });
  const times = { headersTimeout: 100, bodyTimeout: 100 };
  await assert.rejects(ask(origin, times), withCode("UND_ERR_HEADERS_TIMEOUT"));
  const { body } = await exchange(origin, { ...outgoing, ...times, path: "/body" }, never);
  assert.equal((await body.take())?.toString(), "he");
  await assert.rejects(body.take(), withCode("UND_ERR_BODY_TIMEOUT"));
});

test("a body that goes on coming is in time, however long it takes", async () => {
  const pieces = 30;
  const { origin } = await startRaw(async (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${pieces}\r\n\r\n`);
    for (let piece = 0; piece < pieces; piece += 1) {
      await sleep(20);
      socket.write("1");
    }
  });
  assert.equal(await ask(origin, { bodyTimeout: 300 }), Number("1".repeat(pieces)));
});

test("a body that breaks off is a failure, and so is one that nobody can read on", async () => {
  const { origin } = await startRaw((socket, question) => {
    if (question.includes("/broken")) socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe");
    else socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\nllo\r\n");
  });
  for (const path of ["/broken", "/unreadable"]) {
    const { body } = await exchange(origin, { ...outgoing, path }, never);
    assert.equal((await body.take())?.toString(), "he");
    await assert.rejects(body.take());
  }
});

test("what could end a line is not sent", async () => {
  let asked = 0;
  const { origin } = await startRaw(() => void (asked += 1));
  for (const more of [
    { path: "/a b" },
    { path: "/a\r\nx: y" },
    { path: "http://elsewhere.example/" },
    { headers: ["x-a", "b\r\nx-c: d"] },
    { headers: ["x-a\r\nx-c", "d"] },
    { headers: ["x-a", "世界"] },
  ])
    await assert.rejects(ask(origin, more), withCode("UND_ERR_INVALID_ARG"));
  assert.equal(asked, 0);
});

test("where nobody listens every call fails, and later ones may succeed", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const origin = originOf(server, 2);
  server.close();
  await once(server, "close");
  const calls = await Promise.allSettled([1, 2, 3, 4].map(() => ask(origin)));
  assert.deepEqual(new Set(calls.map(({ status }) => status)), new Set(["rejected"]));
  const late = createServer((socket) => socket.on("data", () => void socket.end(whole("1")))).listen(
    port,
    "127.0.0.1",
  );
  await once(late, "listening");
  assert.equal(await ask(origin), 1);
  late.close();
  origin.destroy();
});

test("destroying it ends what runs and what waits, and nothing begins any more", async () => {
  const { origin, sockets } = await startRaw(() => undefined, 1);
  const running = ask(origin);
  const waiting = ask(origin);
  await eventually(() => sockets.length === 1);
  origin.destroy();
  await assert.rejects(running);
  await assert.rejects(waiting, withCode("UND_ERR_DESTROYED"));
  await assert.rejects(ask(origin), withCode("UND_ERR_DESTROYED"));
  await eventually(() => sockets[0]?.closed === true);
});

test("over TLS nobody is called whose certificate is not trusted, or is another's", async () => {
  const { key, certificate } = identityFor("localhost");
  const server = createSecureServer({ key, cert: certificate }, (_request, response) => response.end("1"));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const origins = ["localhost", "127.0.0.1"].map(
    (host) => new Origin(new URL(`https://${host}:${port}`), 5_000, 2),
  );
  const [named, other] = origins as [Origin, Origin];
  await assert.rejects(ask(named), withCode("DEPTH_ZERO_SELF_SIGNED_CERT"));
  const trusted = getCACertificates("default");
  setDefaultCACertificates([...trusted, certificate]);
  try {
    assert.deepEqual([await ask(named), await ask(named)], [1, 1]);
    await assert.rejects(ask(other), withCode("ERR_TLS_CERT_ALTNAME_INVALID"));
  } finally {
    setDefaultCACertificates(trusted);
    for (const origin of origins) origin.destroy();
    server.close();
  }
});
