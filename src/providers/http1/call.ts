// One request to a provider while it waits for a connection and while it runs on one: what is sent, and who hears of the answer.
// `origin.ts` makes it; `http-exchange.ts` listens, and holds it as the way to pause or end what it hears.

import { errors } from "undici";
import type { Source } from "../answer-body.ts";

export interface Outgoing {
  readonly origin: string;
  readonly path: string;
  readonly method: "GET" | "POST";
  /** Name, value, name, value …: nothing is put together to be taken apart again. */
  readonly headers: string[];
  readonly body?: string;
  /** Milliseconds until the head of the answer; absent: five minutes. */
  readonly headersTimeout?: number;
  /** Milliseconds between two pieces of its body; absent: five minutes. */
  readonly bodyTimeout?: number;
}

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface Listener {
  /** Just before anything is sent: aborted now, nothing is. */
  onRequestStart(call: Source): void;
  onResponseStart(call: Source, status: number, headers: AnswerHeaders): void;
  onResponseData(call: Source, chunk: Buffer): void;
  onResponseEnd(call: Source): void;
  /** The call is undefined where it never began. */
  onResponseError(call: Source | undefined, error: Error): void;
}

/** The connection that a call runs on. */
interface Carriage {
  pause(): void;
  resume(): void;
  /** Closes the connection. */
  drop(): void;
}

export class Call implements Source {
  readonly outgoing: Outgoing;
  readonly listener: Listener;
  /** It has ended, failed or been aborted: nobody hears of it any more. */
  isOver = false;
  #carriage: Carriage | undefined;

  constructor(outgoing: Outgoing, listener: Listener) {
    this.outgoing = outgoing;
    this.listener = listener;
  }

  /** From here on `carriage` is its own. False where nobody wants it any more. */
  start(carriage: Carriage): boolean {
    this.listener.onRequestStart(this);
    if (!this.isOver) this.#carriage = carriage;
    return !this.isOver;
  }

  pause(): void {
    if (!this.isOver) this.#carriage?.pause();
  }

  resume(): void {
    if (!this.isOver) this.#carriage?.resume();
  }

  abort(reason: Error): void {
    if (this.isOver) return;
    this.fail(reason);
    this.#carriage?.drop();
  }

  end(): void {
    this.isOver = true;
    this.listener.onResponseEnd(this);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener.onResponseError(this.#carriage && this, error);
  }
}

/** The head of a request as it goes out. Throws where a part of it could end a line. */
export function headOf({ path, method, headers, body }: Outgoing, host: string): string {
  if (!sendablePath.test(path)) throw new errors.InvalidArgumentError("the path cannot be sent");
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n`;
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? "";
    const value = headers[at + 1] ?? "";
    if (!headerName.test(name) || unsendable.test(value))
      throw new errors.InvalidArgumentError(`the header ${name} cannot be sent`);
    head += `${name}: ${value}\r\n`;
  }
  return body === undefined ? `${head}\r\n` : `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
}

const sendablePath = /^\/[\x21-\x7e\x80-\xff]*$/;
const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const unsendable = /[^\t\x20-\x7e\x80-\xff]/;
