// Notices callers who leave, also while nothing is being written, without cutting off those who only
// finished sending. `server.ts` attaches it to every HTTP server.
//
// A closed socket and one closed for sending alone look the same to us: the peer's FIN. Only the answer
// to something we send tells them apart: a closed one resets. So after a FIN we send what every client
// must ignore: `100 Continue` before the head of the answer (RFC 9110 15.2), a comment within an event
// stream; anything else cannot carry a probe, and then a FIN counts as leaving.

import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { isEventStream } from "../core/event-stream.ts";

/** Waits between probes: the first probe draws the reset, the next finds it; the rest is for callers far away. */
const waitMilliseconds = [2, 10, 40, 150, 1_000];

export interface Departures {
  /** Call it for every exchange. */
  watch(response: ServerResponse): void;
}

export function noticeDepartures(server: Server): Departures {
  // Without this Node ends our side as soon as the caller ends theirs.
  Object.assign(server, { httpAllowHalfOpen: true });
  const running = new WeakMap<Socket, ServerResponse>();

  server.on("connection", (socket: Socket) => {
    socket.once("end", () => {
      const response = running.get(socket);
      if (response !== undefined) probe(response, socket, 0);
    });
  });

  return {
    watch(response) {
      if (response.socket !== null) running.set(response.socket, response);
    },
  };
}

function probe(response: ServerResponse, socket: Socket, count: number): void {
  if (response.writableEnded || socket.destroyed) return;
  if (!send(response, socket)) return void socket.destroy();
  const wait = waitMilliseconds[count];
  if (wait === undefined) return;
  const timer = setTimeout(() => {
    response.off("close", forget);
    probe(response, socket, count + 1);
  }, wait);
  const forget = (): void => clearTimeout(timer);
  response.once("close", forget);
}

/** False where nothing can be sent that the caller would ignore. */
function send(response: ServerResponse, socket: Socket): boolean {
  if (!response.headersSent) {
    // HTTP/1.0 knows no interim answers.
    if (response.req.httpVersionMinor === 0) return false;
    socket.write("HTTP/1.1 100 Continue\r\n\r\n");
    return true;
  }
  // Bytes on their way are a probe in themselves.
  if (socket.writableLength > 0) return true;
  if (!isEventStream(response)) return false;
  response.write(":\n\n");
  return true;
}
