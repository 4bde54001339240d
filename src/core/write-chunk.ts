// Writes one piece of an answer that goes out in chunks, in one piece. Node's own `write` hands the socket four for each:
// length, line end, text, line end. Both doors write their streams with it.
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1

import type { ServerResponse } from "node:http";

/**
 * Not for the first piece, which takes the head along. False where the caller reads more slowly: then `onDrain` is called
 * when it has caught up.
 */
export function writeChunk(response: ServerResponse, text: string, onDrain: () => void): boolean {
  const { socket } = response;
  // Clients of HTTP/1.0 know no chunks; an answer that waits for the one before it has no socket yet.
  const isOwn = response.chunkedEncoding && socket !== null;
  const goesOn = isOwn
    ? socket.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`)
    : response.write(text);
  if (!goesOn) (isOwn ? socket : response).once("drain", onDrain);
  return goesOn;
}
