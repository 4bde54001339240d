// Writes the pieces of an answer that goes out in chunks, each in one write. Node's own `write` hands the socket four for
// each: length, line end, text, line end; `end` one more. Both doors write their streams with it.
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1

import type { ServerResponse } from "node:http";

/** The head, which `writeHead` was given, and the first piece. For what is returned see `writeChunk`. */
export function writeFirst(response: ServerResponse, text: string, onDrain: () => void): boolean {
  const { socket } = response;
  socket?.cork();
  response.flushHeaders();
  const goesOn = writeChunk(response, text, onDrain);
  socket?.uncork();
  return goesOn;
}

/**
 * Not for the first piece, which takes the head along. False where the caller reads more slowly: then `onDrain` is called
 * when it has caught up.
 */
export function writeChunk(response: ServerResponse, text: string, onDrain: () => void): boolean {
  const socket = socketOf(response);
  const goesOn = socket ? socket.write(framed(text)) : response.write(text);
  if (!goesOn) (socket ?? response).once("drain", onDrain);
  return goesOn;
}

/** The last piece, and the end. Not for the first either. */
export function writeLast(response: ServerResponse, text: string): void {
  const socket = socketOf(response);
  if (!socket) return void response.end(text);
  socket.cork();
  socket.write(framed(text));
  // Lets go of what is held back.
  response.end();
}

/** Clients of HTTP/1.0 know no chunks; an answer that waits for the one before it has no socket yet. */
const socketOf = ({ chunkedEncoding, socket }: ServerResponse): ServerResponse["socket"] =>
  chunkedEncoding ? socket : null;

/** Nothing stays nothing: an empty chunk is the end. */
const framed = (text: string): string =>
  text === "" ? "" : `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
