// Server-sent events, read from bytes as they come and written as text: the one framing that every
// dialect streams over. https://html.spec.whatwg.org/multipage/server-sent-events.html
// Providers push upstream bytes through the decoder; the doors write with the encoder. It knows no JSON.

import { type EventFraming, type ServerEvent, WireFault } from "../core/dialect.ts";

const defaultLimitBytes = 32 * 1024 * 1024;
const lineFeed = 10;
const carriageReturn = 13;
const nothing: readonly ServerEvent[] = [];

/** No event may be longer than `limitBytes`: a provider must not be able to fill the memory. */
export function createServerEventDecoder(limitBytes = defaultLimitBytes): EventFraming {
  const partial = createPartialLine(limitBytes);
  let first = true;
  let afterCarriageReturn = false;
  let event: string | undefined;
  let data: string | undefined;

  function readLines(text: string): readonly ServerEvent[] {
    const lines = text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
    let events: ServerEvent[] | undefined;
    let start = 0;
    for (let end = lines.indexOf("\n"); end !== -1; end = lines.indexOf("\n", start)) {
      if (end > start) readLine(lines, start, end);
      else if (data === undefined) event = undefined;
      else {
        (events ??= []).push({ event, data });
        event = undefined;
        data = undefined;
      }
      start = end + 1;
    }
    return events ?? nothing;
  }

  function readLine(lines: string, start: number, end: number): void {
    if (lines.startsWith("data", start)) {
      const value = fieldValue(lines, start + 4, end);
      if (value === undefined) return;
      data = data === undefined ? value : `${data}\n${value}`;
      if (data.length > limitBytes) throw tooLong(limitBytes);
    } else if (lines.startsWith("event", start)) {
      event = fieldValue(lines, start + 5, end) ?? event;
    }
  }

  function push(bytes: Uint8Array): readonly ServerEvent[] {
    let buffer = asBuffer(bytes);
    if (buffer.length === 0) return nothing;
    if (afterCarriageReturn && buffer[0] === lineFeed) buffer = buffer.subarray(1);
    if (buffer.length === 0) {
      afterCarriageReturn = false;
      return nothing;
    }
    afterCarriageReturn = buffer[buffer.length - 1] === carriageReturn;
    // No UTF-8 sequence holds a line end, so what lies before the last one decodes whole.
    const cut = lastLineEnd(buffer) + 1;
    if (cut === 0) {
      partial.append(buffer);
      return nothing;
    }
    const text = partial.take(buffer, cut);
    if (cut < buffer.length) partial.append(buffer.subarray(cut));
    return readLines(withoutMark(text));
  }

  function withoutMark(text: string): string {
    if (!first) return text;
    first = false;
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  return {
    push,
    end: () => readLines(`${withoutMark(partial.take(Buffer.alloc(0), 0))}\n\n`),
  };
}

/** One event as it goes on the wire. `data` may span lines; `event` must not. */
export function encodeServerEvent(data: string, event?: string): string {
  const body = /[\r\n]/.test(data) ? data.replace(/\r\n?|\n/g, "\ndata: ") : data;
  return event === undefined ? `data: ${body}\n\n` : `event: ${event}\ndata: ${body}\n\n`;
}

/** Bytes of a line whose end has not come; grows by doubling, so that tiny chunks cost no more. */
function createPartialLine(limitBytes: number) {
  let held: Buffer = Buffer.alloc(0);
  let length = 0;

  function append(bytes: Buffer): void {
    const needed = length + bytes.length;
    if (needed > limitBytes) throw tooLong(limitBytes);
    if (needed > held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, held.length * 2, 1024));
      held.copy(grown, 0, 0, length);
      held = grown;
    }
    bytes.copy(held, length);
    length = needed;
  }

  /** What is held and the first `end` bytes of `bytes`, as text; nothing is held afterwards. */
  function take(bytes: Buffer, end: number): string {
    if (length === 0) return bytes.toString("utf8", 0, end);
    append(bytes.subarray(0, end));
    const text = held.toString("utf8", 0, length);
    length = 0;
    return text;
  }

  return { append, take };
}

/** The value after `name:`, without one leading space; undefined where the field has another name. */
function fieldValue(lines: string, nameEnd: number, end: number): string | undefined {
  if (nameEnd === end) return "";
  if (lines.charCodeAt(nameEnd) !== 58) return undefined;
  const valueStart = lines.charCodeAt(nameEnd + 1) === 32 ? nameEnd + 2 : nameEnd + 1;
  return lines.slice(Math.min(valueStart, end), end);
}

function lastLineEnd(buffer: Buffer): number {
  const feed = buffer.lastIndexOf(lineFeed);
  return feed === buffer.length - 1 ? feed : Math.max(feed, buffer.lastIndexOf(carriageReturn));
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const tooLong = (limitBytes: number): WireFault =>
  new WireFault("malformed", `The provider sent an event longer than ${limitBytes} bytes.`);
