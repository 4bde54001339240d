// Reads the answers of one connection from its bytes, by RFC 9112 and strictly: what could be read in two ways is refused.
// `connection.ts` feeds it. It keeps no bytes of a body: what it gives must be used or copied at once.

import { errors } from "undici";
import { answerHead, type AnswerFraming } from "./answer-head.ts";
import type { AnswerHeaders } from "./call.ts";

export interface ReadAnswer {
  onHead(status: number, headers: AnswerHeaders): void;
  onData(bytes: Buffer): void;
  /** `framing` says whether, and for how long, the connection may serve again. */
  onWhole(framing: AnswerFraming): void;
}

type State = "over" | "head" | "counted" | "chunk-size" | "chunk" | "chunk-end" | "trailers" | "until-close";

/** As Node's own most. */
const mostHeadBytes = 16 * 1024;
const headEnd = Buffer.from("\r\n\r\n");
const lineFeed = 0x0a;

export class AnswerReader {
  readonly #to: ReadAnswer;
  #state: State = "over";
  #framing: AnswerFraming | undefined;
  /** Of a head or a line that has not all come. */
  #begun: Buffer | undefined;
  /** Of a body or a chunk, what is still to come. */
  #left = 0;
  #trailerBytes = 0;

  constructor(to: ReadAnswer) {
    this.#to = to;
  }

  /** The head of an answer has come, and its end has not. */
  get hasBegun(): boolean {
    return this.#framing !== undefined;
  }

  /** An answer is awaited from now on. Before, and after it, every byte is one too many. */
  expect(): void {
    this.#state = "head";
  }

  /** Nobody listens any more, also where bytes are being read. */
  stop(): void {
    this.#state = "over";
    this.#framing = undefined;
    this.#begun = undefined;
  }

  /** Throws where the bytes are no answer; nothing more can be read then. */
  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#state === "over") throw malformed("more came than was asked for");
      at = this.#step(bytes, at);
    }
  }

  /** The other side has closed: some bodies end with that. */
  close(): void {
    if (this.#state === "until-close") this.#end();
  }

  /** Answers how far it came. */
  #step(bytes: Buffer, at: number): number {
    switch (this.#state) {
      case "head":
        return this.#readHead(bytes, at);
      case "counted":
      case "chunk":
        return this.#give(bytes, at);
      case "until-close":
        this.#to.onData(at === 0 ? bytes : bytes.subarray(at));
        return bytes.length;
      default:
        return this.#readLine(bytes, at);
    }
  }

  #readHead(chunk: Buffer, from: number): number {
    const bytes = this.#withBegun(chunk, from);
    const end = bytes.indexOf(headEnd);
    if (end > mostHeadBytes || (end < 0 && bytes.length > mostHeadBytes))
      throw new errors.HeadersOverflowError();
    if (end < 0) return this.#keep(bytes, chunk);
    const { status, headers, framing } = answerHead(bytes.toString("latin1", 0, end));
    // An interim answer: another follows.
    if (status >= 200) this.#begin(status, headers, framing);
    return chunk.length - (bytes.length - (end + headEnd.length));
  }

  #begin(status: number, headers: AnswerHeaders, framing: AnswerFraming): void {
    const { body } = framing;
    this.#framing = framing;
    this.#left = typeof body === "number" ? body : 0;
    this.#state = typeof body === "number" ? "counted" : body === "chunked" ? "chunk-size" : "until-close";
    this.#to.onHead(status, headers);
    if (this.#state === "counted" && body === 0) this.#end();
  }

  #give(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    const isWhole = this.#left === 0;
    this.#to.onData(bytes.subarray(at, end));
    if (isWhole && this.#state === "counted") this.#end();
    else if (isWhole && this.#state === "chunk") this.#state = "chunk-end";
    return end;
  }

  /** Of the frame of a chunk, or a trailer. */
  #readLine(chunk: Buffer, from: number): number {
    const bytes = this.#withBegun(chunk, from);
    const end = bytes.indexOf(lineFeed);
    if (end > mostHeadBytes || (end < 0 && bytes.length > mostHeadBytes))
      throw malformed("a line of a chunk is too long");
    if (end < 0) return this.#keep(bytes, chunk);
    if (bytes[end - 1] !== 0x0d) throw malformed("a line of a chunk does not end as it must");
    this.#take(bytes.toString("latin1", 0, end - 1));
    return chunk.length - (bytes.length - (end + 1));
  }

  #take(line: string): void {
    if (this.#state === "chunk-size") {
      this.#left = sizeOf(line);
      this.#state = this.#left === 0 ? "trailers" : "chunk";
      this.#trailerBytes = 0;
    } else if (this.#state === "chunk-end") {
      if (line !== "") throw malformed("a chunk is longer than it says");
      this.#state = "chunk-size";
    } else if (line === "") this.#end();
    else if ((this.#trailerBytes += line.length) > mostHeadBytes) throw new errors.HeadersOverflowError();
  }

  #end(): void {
    const framing = this.#framing;
    this.#state = "over";
    this.#framing = undefined;
    if (framing) this.#to.onWhole(framing);
  }

  #withBegun(chunk: Buffer, from: number): Buffer {
    const rest = from === 0 ? chunk : chunk.subarray(from);
    const begun = this.#begun;
    this.#begun = undefined;
    return begun ? Buffer.concat([begun, rest]) : rest;
  }

  #keep(bytes: Buffer, chunk: Buffer): number {
    this.#begun = Buffer.from(bytes);
    return chunk.length;
  }
}

/** Extensions say nothing that anybody here understands. */
function sizeOf(line: string): number {
  const size = /^([\da-f]{1,12})[ \t]*(?:;|$)/i.exec(line)?.[1];
  if (size === undefined) throw malformed("a chunk does not say how long it is");
  return Number.parseInt(size, 16);
}

const malformed = (why: string): Error => new errors.HTTPParserError(why);
