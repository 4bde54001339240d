// New callers come in at several sockets of one port, and nobody can tell: each is answered, counted, and let go at the end.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createNetServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { createListeners } from "../../src/server/listeners.ts";
import { eventually } from "../kit/eventually.ts";

const host = "127.0.0.1";
const many = 40;

async function run(context: TestContext, port = 0) {
  const http = createServer((_request, response) => response.end("hello"));
  const listeners = createListeners(http, { allowHalfOpen: true });
  context.after(() => {
    http.closeAllConnections();
    return listeners.close();
  });
  const address = (await listeners.listen({ host, port })) as AddressInfo;
  return { http, listeners, port: address.port };
}

async function open(port: number): Promise<Socket> {
  const socket = connect(port, host).setEncoding("utf8");
  socket.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [string];
  assert.match(answer, /^HTTP\/1\.1 200 /);
  return socket;
}

test("whoever connects is answered and counted, and gone once it stops", async (context) => {
  const { http, listeners, port } = await run(context);
  const sockets = await Promise.all(Array.from({ length: many }, () => open(port)));
  assert.equal(await listeners.connections(), many);
  for (const socket of sockets.slice(1)) socket.destroy();
  await eventually(async () => (await listeners.connections()) === 1);
  const left = once(sockets[0] as Socket, "close");
  const stopped = listeners.close();
  http.closeIdleConnections();
  await Promise.all([left, stopped]);
  const late = connect(port, host);
  await assert.rejects(once(late, "connect"), { code: "ECONNREFUSED" });
});

test("a port is free again once it stopped, and never shared with another server", async (context) => {
  const first = await run(context);
  await assert.rejects(run(context, first.port), { code: "EADDRINUSE" });
  const foreign = createNetServer();
  foreign.listen({ host, port: first.port });
  await assert.rejects(once(foreign, "listening"), { code: "EADDRINUSE" });
  await first.listeners.close();
  const { port } = await run(context, first.port);
  assert.equal(port, first.port);
});
