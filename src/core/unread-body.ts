// Takes what a refused client still sends and throws it away, for a while, so that it can read its refusal.
// Both doors call it once they have answered before a body was whole.

import type { IncomingMessage } from "node:http";

/** So much more time and room; then the connection is closed on it. */
const mostBytes = 64_000_000;
const mostMilliseconds = 5_000;

/** Closing on a client that still sends would reset the connection before it has read the answer. */
export function discardUnread(request: IncomingMessage): void {
  const { socket } = request;
  let left = mostBytes;
  const giveUp = (): void => void socket.destroy();
  const timer = setTimeout(giveUp, mostMilliseconds);
  const stop = (): void => {
    clearTimeout(timer);
    socket.off("close", stop);
  };
  // Node forgets the request with its answer, so a lost connection shows on the socket alone.
  socket.once("close", stop);
  request.once("end", stop);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) giveUp();
  });
  request.on("error", giveUp);
  request.resume();
}
