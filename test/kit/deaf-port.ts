// A port on loopback at which connections never come to stand: its queue is full and nobody takes any out.
// For tests of connect timeouts; a thread of its own holds it, so that the test's own goes on.

import { connect, type Socket } from "node:net";
import { once } from "node:events";
import { Worker } from "node:worker_threads";

export interface DeafPort {
  readonly baseUrl: string;
  close(): Promise<void>;
}

const listening = `
const { createServer } = require("node:net");
const { parentPort } = require("node:worker_threads");
const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});`;
/** More than any queue of a backlog of one holds. */
const fillers = 16;

export async function startDeafPort(): Promise<DeafPort> {
  const worker = new Worker(listening, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const sockets: Socket[] = Array.from({ length: fillers }, () => {
    const socket = connect({ port, host: "127.0.0.1" });
    return socket.on("error", () => undefined);
  });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    async close() {
      for (const socket of sockets) socket.destroy();
      await worker.terminate();
    },
  };
}
